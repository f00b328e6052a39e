"""The same picture as ComfyUI's nodes: dragged into ComfyUI, a picture opens as the graph that draws it.

Written under ``prompt`` in the form of ComfyUI's API: node number to ``class_type`` and ``inputs``, where a link is
``[node number, output number]``. Nodes and inputs are those of ComfyUI's nodes.py and, for v-prediction,
comfy_extras/nodes_model_advanced.py.
"""

from __future__ import annotations

from typing import Any

from unipixel.sampling.drawing import Drawing, Model
from unipixel.sampling.host_text import for_comfy

Graph = dict[str, dict[str, Any]]


def comfy_graph(drawing: Drawing, model: Model) -> Graph:
    """Build the graph: checkpoint, LoRAs in a chain, two prompts, empty latent, sampler, decoder, file.

    Parameters
    ----------
    drawing : Drawing
    model : Model

    Returns
    -------
    dict
        JSON. Names of files are as here: ComfyUI asks for those that it has under other names.
    """
    graph: Graph = {}
    file = model.file or f"{model.name}.safetensors"
    checkpoint = _add(graph, "CheckpointLoaderSimple", ckpt_name=file)
    unet, clip = [checkpoint, 0], [checkpoint, 1]
    for lora in drawing.loras:
        name = f"{lora.name}.safetensors"
        weights = {"strength_model": lora.weight, "strength_clip": lora.weight}
        node = _add(graph, "LoraLoader", lora_name=name, **weights, model=unet, clip=clip)
        unet, clip = [node, 0], [node, 1]
    positive = _add(graph, "CLIPTextEncode", text=for_comfy(drawing.prompt), clip=clip)
    negative = _add(graph, "CLIPTextEncode", text=for_comfy(drawing.negative_prompt), clip=clip)
    if model.predicts_v:  # many checkpoints do not say so themselves
        kind = {"sampling": "v_prediction", "zsnr": model.zero_terminal_snr}
        unet = [_add(graph, "ModelSamplingDiscrete", model=unet, **kind), 0]
    latent = _add(graph, "EmptyLatentImage", width=drawing.width, height=drawing.height, batch_size=1)
    names = drawing.host_names(model)
    sampled = _add(
        graph,
        "KSampler",
        seed=drawing.seed,
        steps=drawing.steps,
        cfg=float(drawing.guidance),
        sampler_name=names.comfy,
        scheduler=names.comfy_schedule,
        denoise=1.0,
        model=unet,
        positive=[positive, 0],
        negative=[negative, 0],
        latent_image=[latent, 0],
    )
    image = _add(graph, "VAEDecode", samples=[sampled, 0], vae=[checkpoint, 2])
    _add(graph, "SaveImage", filename_prefix="unipixel", images=[image, 0])
    return graph


def _add(graph: Graph, class_type: str, **inputs: Any) -> str:
    number = str(len(graph) + 1)
    graph[number] = {"class_type": class_type, "inputs": inputs}
    return number
