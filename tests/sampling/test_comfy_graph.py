"""The graph that ComfyUI opens: every input that its nodes ask for, every link from an output of that kind."""

from pathlib import Path

import pytest

from unipixel.sampling import SAMPLER_NAMES, Drawing, Lora, Model, comfy_graph

# Inputs with their kinds, and outputs; written down from ComfyUI 0.3.64: nodes.py, and for the last
# comfy_extras/nodes_model_advanced.py.
NODES = {
    "CheckpointLoaderSimple": ({"ckpt_name": "file"}, ("MODEL", "CLIP", "VAE")),
    "LoraLoader": (
        {"model": "MODEL", "clip": "CLIP", "lora_name": "file", "strength_model": float, "strength_clip": float},
        ("MODEL", "CLIP"),
    ),
    "CLIPTextEncode": ({"text": str, "clip": "CLIP"}, ("CONDITIONING",)),
    "EmptyLatentImage": ({"width": int, "height": int, "batch_size": int}, ("LATENT",)),
    "KSampler": (
        {
            "model": "MODEL", "seed": int, "steps": int, "cfg": float, "sampler_name": "sampler",
            "scheduler": "scheduler", "positive": "CONDITIONING", "negative": "CONDITIONING",
            "latent_image": "LATENT", "denoise": float,
        },
        ("LATENT",),
    ),
    "VAEDecode": ({"samples": "LATENT", "vae": "VAE"}, ("IMAGE",)),
    "SaveImage": ({"images": "IMAGE", "filename_prefix": str}, ()),
    "ModelSamplingDiscrete": ({"model": "MODEL", "sampling": "kind", "zsnr": bool}, ("MODEL",)),
}  # fmt: skip
CHOICES = {
    "sampler": {"euler", "euler_ancestral", "heun", "ddim", "dpmpp_2m", "dpmpp_2m_sde", "uni_pc_bh2", "lcm"},
    "scheduler": {"simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal"},
    "kind": {"eps", "v_prediction", "lcm", "x0"},
}
HOW = {"width": 1152, "height": 896, "seed": 7, "steps": 24, "guidance": 6.0}
V = Model("noob", "noob.safetensors", "0" * 64, predicts_v=True, zero_terminal_snr=True, spacing="trailing")
LORAS = (Lora(Path("a.safetensors"), 0.8, "a", "0" * 64), Lora(Path("b.safetensors"), -0.5, "b", "1" * 64))


def check(graph):
    """Hold a graph against the nodes' inputs; every node but the last is used."""
    used = set()
    for node in graph.values():
        wanted, _ = NODES[node["class_type"]]
        assert set(node["inputs"]) == set(wanted)
        for name, value in node["inputs"].items():
            kind = wanted[name]
            if isinstance(value, list):
                source, output = value
                assert NODES[graph[source]["class_type"]][1][output] == kind
                used.add(source)
            elif kind == "file":
                assert value.endswith(".safetensors")
            elif isinstance(kind, str):
                assert value in CHOICES[kind]
            else:
                assert type(value) is kind
    assert set(graph) - used == {str(len(graph))}


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
@pytest.mark.parametrize("model", [Model("xl", "xl.safetensors", "0" * 64), V, Model("folder", "", "")])
@pytest.mark.parametrize("loras", [(), LORAS])
def test_comfyui_can_open_it(sampler, model, loras):
    check(comfy_graph(Drawing("cat", "blurry", sampler=sampler, loras=loras, **HOW), model))


def test_loras_are_a_chain_in_their_order_and_both_prompts_see_the_last():
    graph = comfy_graph(Drawing("cat", "blurry", sampler="euler", loras=LORAS, **HOW), V)
    first, second, *texts = [
        key for key, node in graph.items() if node["class_type"] in ("LoraLoader", "CLIPTextEncode")
    ]

    assert graph[first]["inputs"]["model"] == ["1", 0]
    assert graph[second]["inputs"]["model"] == [first, 0]
    assert graph[second]["inputs"]["lora_name"] == "b.safetensors"
    assert graph[second]["inputs"]["strength_model"] == -0.5
    assert [graph[key]["inputs"]["clip"] for key in texts] == [[second, 1]] * 2
    assert [graph[key]["inputs"]["text"] for key in texts] == ["cat", "blurry"]


def test_brackets_are_letters_there_too():
    graph = comfy_graph(Drawing("mario (series) [x]", "", sampler="euler", **HOW), V)

    assert graph["2"]["inputs"]["text"] == r"mario \(series\) [x]"


def test_a_model_that_predicts_velocity_says_so():
    graph = comfy_graph(Drawing("cat", "", sampler="euler", **HOW), V)
    (node,) = [node for node in graph.values() if node["class_type"] == "ModelSamplingDiscrete"]
    (sampler,) = [node for node in graph.values() if node["class_type"] == "KSampler"]

    assert node["inputs"]["sampling"] == "v_prediction"
    assert node["inputs"]["zsnr"] is True
    assert graph[sampler["inputs"]["model"][0]] is node
    assert sampler["inputs"]["scheduler"] == "sgm_uniform"
