"""Names of the models that are no SDXL base, by the tensors that give them away.

The keys are facts of the published checkpoints; each was compared with the list by which diffusers 0.42 tells them
(``loaders/single_file_utils.py``).
"""

from __future__ import annotations

from unipixel.lora.file import Header

_INSIDE = "model.diffusion_model."
_STARTS = (
    (("lora_", "lycoris_", "base_model.model."), "a LoRA or the like, not a base model"),
    (("control_model.", "controlnet_", "input_hint_block.", "zero_convs."), "a ControlNet, not a base model"),
    (("double_stream_blocks.",), "a HiDream model"),
    (("double_blocks.", "single_blocks."), "a Flux or Hunyuan model"),
    (("joint_blocks.",), "a Stable Diffusion 3 model"),
    (("double_layers.", "cond_seq_linear."), "an AuraFlow model"),
    (("noise_refiner.", "cap_embedder."), "a Lumina or Z-Image model"),
    (("head.modulation", "patchify_proj."), "a video model"),
    (("y_embedder.", "adaln_single.", "t_block."), "a PixArt or Sana model"),
    (("clip_txt_mapper.", "down_blocks.1.0.channelwise."), "a Stable Cascade model"),
    (("single_transformer_blocks.", "transformer_blocks."), "a diffusion transformer (such as Flux or PixArt)"),
    (("down_blocks.", "conv_in."), "a bare diffusers UNet; give the folder of the whole pipeline"),
    (("input_blocks.",), "a bare UNet without text encoders and autoencoder"),
    (("first_stage_model.", "encoder.", "decoder."), "an autoencoder alone"),
    (("text_model.", "transformer.resblocks."), "a text encoder alone"),
)
_EMBEDDINGS = {"emb_params", "clip_l", "clip_g"}
_LORA_ENDINGS = (".lora_down.weight", ".lora_up.weight", ".lora_A.weight", ".hada_w1_a", ".lokr_w1", ".dora_scale")


def other_kind(header: Header) -> str:
    """What a file without a UNet in Stable Diffusion's layout is.

    Parameters
    ----------
    header : Header

    Returns
    -------
    str
        The end of a sentence that says what the file holds.
    """
    names = [name.removeprefix(_INSIDE) for name in header.tensors]
    if any(name.endswith(_LORA_ENDINGS) for name in names):
        return "this is a LoRA or the like, not a base model"
    if _EMBEDDINGS & set(names):
        return "this is an embedding (textual inversion), not a base model"
    for starts, kind in _STARTS:
        if any(name.startswith(starts) for name in names):
            return f"this is {kind}"
    return "no UNet of Stable Diffusion's layout is in the file"
