"""Is the memory plan right? Predicted against measured, for real training steps on the CPU.

    python benchmarks/train/memory.py                   models of SDXL's layout, small, at several settings
    python benchmarks/train/memory.py --true-size       the UNet of SDXL itself, 256x256 px, random numbers (13 GB)

Each case runs in a process of its own: one training step in float32 of a UNet with random weights and a LoRA. Measured
is the most that torch's allocator gave out beside the weights (its own events, ``profile_memory``), and by how much the
process grew (VmHWM, the most it ever held); predicted is `trace_step`, from shapes alone. Writes a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from torch.profiler import ProfilerActivity, profile
from transformers import CLIPTextConfig

from unipixel.diffusion.adapter import add_lora
from unipixel.diffusion.quantized import quantize_unet
from unipixel.diffusion.traced_step import TOKENS, Shapes, Step, count_weights, trace_step

SMALL = {"channels": (64, 128, 256), "width": 256, "height": 256}
CASES: dict[str, dict[str, Any]] = {
    "small, 256x256": {},
    "without checkpointing": {"checkpointing": False},
    "batch of 4": {"batch": 4},
    "batch of 4, without checkpointing": {"batch": 4, "checkpointing": False},
    "512x384": {"width": 512, "height": 384},
    "512x384, without checkpointing": {"width": 512, "height": 384, "checkpointing": False},
    "1152x896": {"width": 1152, "height": 896},
    "every module": {"targets": "full"},
    "attention alone, rank 4": {"targets": "attention", "rank": 4},
    "half as wide": {"channels": (32, 64, 128)},
    "half as wide, without checkpointing": {"channels": (32, 64, 128), "checkpointing": False},
    "base in fp8": {"precision": "fp8"},
    "base in fp8, without checkpointing": {"precision": "fp8", "checkpointing": False},
}
TRUE_SIZE = {"SDXL, 256x256": {"channels": (320, 640, 1280), "cross": 2048}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--true-size", action="store_true", help="the UNet of SDXL itself")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        json.dump(measure({**SMALL, **(CASES | TRUE_SIZE)[asked.case]}), sys.stdout)
        return
    print("| case | predicted, MiB | measured | predicted / measured | process grew |")
    print("|---|---|---|---|---|")
    for name in TRUE_SIZE if asked.true_size else CASES:
        command = [sys.executable, __file__, "--case", name]
        row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        ratio = row["predicted"] / row["measured"]
        numbers = [row[key] / 2**20 for key in ("predicted", "measured", "grew")]
        print(f"| {name} | {numbers[0]:.1f} | {numbers[1]:.1f} | {ratio:.3f} | {numbers[2]:.0f} |", flush=True)


def measure(case: dict[str, Any]) -> dict[str, int]:
    """Predict a step, run it, and count: bytes beside the weights."""
    shapes, step = shapes_of(case), step_of(case)
    weights = count_weights(shapes, torch.float32, case.get("precision", "full"))
    predicted = trace_step(shapes, step).peak + 2 * weights.widest
    unet, run = real_step(shapes, step, case.get("precision", "full"))
    before = most_held()
    run()
    grew = most_held() - before
    unet.zero_grad(set_to_none=True)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as events:
        run()
    return {"predicted": predicted, "measured": peak_of(events), "grew": grew}


def shapes_of(case: dict[str, Any]) -> Shapes:
    """SDXL's own layout in other widths, 64 channels a head as there."""
    true = Shapes.of(Path("sdxl.safetensors"))
    channels, cross = case["channels"], case.get("cross", 128)
    pooled = int(true.text_encoder_2["projection_dim"]) if cross == 2048 else 64
    changes = {
        "block_out_channels": channels,
        "attention_head_dim": [max(width // 64, 1) for width in channels],
        "cross_attention_dim": cross,
        "projection_class_embeddings_input_dim": pooled + 6 * 256,
    }
    text_2 = CLIPTextConfig(hidden_size=64, projection_dim=pooled).to_dict()
    return Shapes({**true.unet, **changes}, true.vae, {}, text_2)


def step_of(case: dict[str, Any]) -> Step:
    return Step(
        rank=case.get("rank", 32),
        targets=case.get("targets", "linear"),
        batch_size=case.get("batch", 1),
        width=case["width"],
        height=case["height"],
        dtype=torch.float32,
        gradient_checkpointing=case.get("checkpointing", True),
    )


def real_step(shapes: Shapes, step: Step, precision: str) -> tuple[UNet2DConditionModel, Callable[[], None]]:
    """Build a UNet of random numbers, and what runs one training step of its LoRA."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_config(dict(shapes.unet)).requires_grad_(False)
    quantize_unet(unet, precision)
    add_lora(unet, rank=step.rank, alpha=step.rank, targets=step.targets)
    if step.gradient_checkpointing:
        unet.enable_gradient_checkpointing()
    unet.train()
    count, cells = step.batch_size, (4, step.height // 8, step.width // 8)
    inputs = torch.randn(count, *cells), torch.full((count,), 500), torch.randn(count, *cells)
    words = torch.randn(count, TOKENS, int(shapes.unet["cross_attention_dim"]))
    added = {
        "text_embeds": torch.randn(count, int(shapes.text_encoder_2["projection_dim"])),
        "time_ids": torch.tensor([[step.height, step.width, 0, 0, step.height, step.width]]).expand(count, -1),
    }

    def run() -> None:
        noisy, timesteps, target = inputs
        said = unet(noisy, timesteps, encoder_hidden_states=words, added_cond_kwargs=added, return_dict=False)[0]
        (said - target).square().mean().backward()

    return unet, run


def peak_of(events: profile) -> int:
    """Most bytes that torch's allocator had given out at once, beside those from before."""
    now = peak = 0
    for event in events.profiler.kineto_results.events():
        if event.name() == "[memory]":
            now += event.nbytes()
            peak = max(peak, now)
    return peak


def most_held() -> int:
    """Most bytes that this process ever held (Linux)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
