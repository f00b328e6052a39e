"""Are the names and shapes in our LoRA files those that ComfyUI and kohya's trainer have for the real SDXL?

python benchmarks/train/keys.py --comfyui CHECKOUT --sd-scripts CHECKOUT

Imports the key maps of both programs from their checkouts and holds ours against them, module by module, with SDXL at
its true size on the meta device: no weights, no GPU. Needs einops beside the extra [train]; what only drawing and
training need of the two is replaced by hollow modules. Prints Markdown; exits with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import torch
from diffusers import UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import unipixel.diffusion
from unipixel.diffusion import target_modules
from unipixel.lora import UNetLayout, kohya_key

sys.path.insert(0, str(Path(__file__).parents[1] / "exports"))
from reading import bring

RANK = 32
CONFIG = Path(unipixel.diffusion.__file__).parent / "sdxl_config"
TEXTS = ("text_encoder", "text_encoder_2")
SETS = {"attention": 560, "linear": 722, "all": 788, "full": 790, "text encoders": 264}
Shapes = dict[str, tuple[tuple[int, ...], tuple[int, ...]]]
"""Key to the shapes of down and up weight."""


class Row(NamedTuple):
    """One line of the table."""

    reader: str
    targets: str
    ours: int
    theirs: int
    same_names: int
    same_shapes: int

    @property
    def holds(self) -> bool:
        return self.ours == self.theirs == self.same_names == self.same_shapes == SETS[self.targets]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comfyui", type=Path)
    parser.add_argument("--sd-scripts", type=Path)
    arguments = parser.parse_args()
    ours = our_shapes()
    rows: list[Row] = []
    if arguments.comfyui:
        rows += compare_comfyui(arguments.comfyui, ours)
    if arguments.sd_scripts:
        rows += compare_sd_scripts(arguments.sd_scripts, ours)
    print("| reader | targets | our modules | its modules | same names | same shapes |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    sys.exit(not rows or any(not row.holds for row in rows))


def our_shapes() -> dict[str, Shapes]:
    """Names and shapes as our files have them, by set of targets."""
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(CONFIG / "unet"))
        encoders = [
            kind(text_config(name))
            for name, kind in zip(TEXTS, (CLIPTextModel, CLIPTextModelWithProjection), strict=True)
        ]
    found = {
        targets: {
            kohya_key("unet", path, UNetLayout()): lora_shapes(unet, path) for path in target_modules(unet, targets)
        }
        for targets in ("attention", "linear", "all", "full")
    }
    found["text encoders"] = {
        kohya_key(name, path, UNetLayout()): lora_shapes(encoder, path)
        for name, encoder in zip(TEXTS, encoders, strict=True)
        for path, module in encoder.named_modules()
        if isinstance(module, nn.Linear) and ".layers." in path
    }
    return found


def text_config(name: str) -> CLIPTextConfig:
    return CLIPTextConfig(**json.loads((CONFIG / name / "config.json").read_text("utf-8")))


def lora_shapes(model: nn.Module, path: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    outputs, *inputs = model.get_submodule(path).weight.shape
    return (RANK, *inputs), (outputs, RANK, *[1] * (len(inputs) - 1))


def compare_comfyui(checkout: Path, ours: dict[str, Shapes]) -> Iterator[Row]:
    """Load our files as ComfyUI does, and hold the weights that it would patch against the names in the file."""

    def no_gpu() -> None:
        import_module("comfy.cli_args").args.cpu = True

    # one after the other imports the next
    lora = bring("comfy.lora", checkout, prepare=no_gpu)
    models, clip = bring("comfy.supported_models", checkout), bring("comfy.sdxl_clip", checkout)
    config = models.SDXL({**models.SDXL.unet_config, **COMFY_UNET})
    config.custom_operations = bring("comfy.ops", checkout).disable_weight_init
    model = bring("comfy.model_base", checkout).SDXL(config, device="meta")
    texts = clip.SDXLClipModel(device="meta", dtype=torch.float32)
    keys = lora.model_lora_keys_clip(texts, lora.model_lora_keys_unet(model, {}))
    weights = model.state_dict() | texts.state_dict()
    for targets, shapes in ours.items():
        yield comfyui_row(lora.load_lora(lora_file(shapes), keys), targets, shapes, keys, weights)


COMFY_UNET = {
    "image_size": 32,
    "in_channels": 4,
    "out_channels": 4,
    "num_res_blocks": [2, 2, 2],
    "channel_mult": (1, 2, 4),
    "num_head_channels": 64,
    "transformer_depth": [0, 0, 2, 2, 10, 10],
    "transformer_depth_output": [0, 0, 0, 2, 2, 2, 10, 10, 10],
    "transformer_depth_middle": 10,
    "use_spatial_transformer": True,
    "legacy": False,
    "num_classes": "sequential",
    "dtype": torch.float32,
}
"""What ComfyUI finds out about SDXL from its weights (`comfy.model_detection`)."""


def comfyui_row(patches: dict, targets: str, shapes: Shapes, keys: dict, weights: dict) -> Row:
    fitting = 0
    for key, (down, up) in shapes.items():
        if (name := keys.get(key)) in patches:
            outputs, *inputs = weights[name].shape
            fitting += (outputs, *inputs) == (up[0], *down[1:])
    named = {keys[key] for key in shapes if keys.get(key) in patches}
    return Row("ComfyUI", targets, len(shapes), len(patches), len(named), fitting)


def lora_file(shapes: Shapes) -> dict[str, torch.Tensor]:
    """Tensors of a LoRA file without content; alpha has some, since ComfyUI reads it."""
    tensors = {}
    for key, (down, up) in shapes.items():
        tensors[f"{key}.lora_down.weight"] = torch.empty(down, device="meta")
        tensors[f"{key}.lora_up.weight"] = torch.empty(up, device="meta")
        tensors[f"{key}.alpha"] = torch.tensor(float(RANK))
    return tensors


def compare_sd_scripts(checkout: Path, ours: dict[str, Shapes]) -> Iterator[Row]:
    """Build the network that kohya's trainer trains, and hold its tensors against ours."""
    lora = bring("networks.lora", checkout)
    with torch.device("meta"):
        unet = bring("library.sdxl_original_unet", checkout).SdxlUNet2DConditionModel()
        texts = [old_text_model(text_config(TEXTS[0])), CLIPTextModelWithProjection(text_config(TEXTS[1]))]
        for targets, convolutions in (("linear", None), ("all", RANK)):
            network = lora.LoRANetwork(
                texts, unet, lora_dim=RANK, alpha=RANK, conv_lora_dim=convolutions, conv_alpha=RANK, is_sdxl=True
            )
            yield sd_scripts_row(targets, ours[targets], network.unet_loras)
        yield sd_scripts_row("text encoders", ours["text encoders"], network.text_encoder_loras)


def old_text_model(config: CLIPTextConfig) -> nn.Module:
    """First text encoder with the names that it had before transformers 5.6, which sd-scripts is written for."""
    model = CLIPTextModel(config)
    if hasattr(model, "text_model"):
        return model
    holder = nn.Module()
    holder.text_model = model
    return holder


def sd_scripts_row(targets: str, shapes: Shapes, layers: list) -> Row:
    theirs = {
        layer.lora_name: (tuple(layer.lora_down.weight.shape), tuple(layer.lora_up.weight.shape)) for layer in layers
    }
    both = shapes.keys() & theirs.keys()
    return Row("sd-scripts", targets, len(shapes), len(theirs), len(both), sum(shapes[k] == theirs[k] for k in both))


if __name__ == "__main__":
    main()
