"""The exported LoRA, loaded by the stock pipeline of diffusers, beside the trained one where it was trained.

python benchmarks/train/export.py

A LoRA is trained for a few steps at a high rate. At the last one, while it is still in the models, the UNet's answer
to a fixed input and the latents of a whole sampling run are noted; then the file is loaded into a fresh pipeline by
``load_lora_weights``, which is asked the same. Everything is float32 on the CPU.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
from diffusers import StableDiffusionXLPipeline
from pictures import SCALE, read_pictures, write_pictures
from speed import base_folder

from unipixel.diffusion import TARGETS, load_base, train_lora
from unipixel.diffusion.quiet import quiet_libraries
from unipixel.image import load_image
from unipixel.lora.settings import TrainingSettings
from unipixel.progress import Event

BOUND = 1e-5
SIZE = 64
STEPS = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["micro", "tiny"], choices=["micro", "tiny"])
    parser.add_argument("--out", type=Path, default=Path("build/train-benchmark"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| base | LoRA on | UNet's output, max abs difference | sampled latents | what the LoRA changes in them |")
    print("|---|---|---|---|---|")
    worst = 0.0
    for model in options.models:
        folder = base_folder(model, options.out.resolve())
        for targets, text_rate in _cases():
            output, latents, effect = compare(folder, targets, text_rate)
            worst = max(worst, output, latents)
            what = targets + (" and both text encoders" if text_rate else "")
            print(f"| {model} | {what} | {output:.2g} | {latents:.2g} | {effect:.2g} |", flush=True)
    print(f"\nlargest difference {worst:.2g}, to stay below {BOUND:g}")
    raise SystemExit(worst >= BOUND)


def _cases() -> Iterator[tuple[str, float]]:
    for targets in TARGETS:
        yield targets, 0.0
    yield "linear", 1e-2


def compare(folder: Path, targets: str, text_rate: float) -> tuple[float, float, float]:
    """Largest differences of output and latents, and how far the LoRA moves the latents at all."""
    base = load_base(folder, device="cpu", dtype="float32")
    without = answers(base.pipeline)
    in_place: list[tuple[torch.Tensor, torch.Tensor]] = []

    def watch(event: Event) -> None:
        if event.stage == "train" and event.done == event.total and not in_place:
            parts = (base.pipeline.unet, base.pipeline.text_encoder, base.pipeline.text_encoder_2)
            modes = [part.training for part in parts]
            for part in parts:
                part.eval()
            in_place.append(answers(base.pipeline))
            for part, mode in zip(parts, modes, strict=True):
                part.train(mode)

    with tempfile.TemporaryDirectory() as place:
        files, captions = read_pictures(write_pictures(Path(place) / "pictures", 4, SIZE))
        file = train_lora(
            base,
            [load_image(file) for file in files],
            captions,
            _settings(targets, text_rate),
            out=Path(place) / "run",
            checkpoint_every=0,
            progress=watch,
        )
        with quiet_libraries():
            stock = StableDiffusionXLPipeline.from_pretrained(folder, dtype=torch.float32, add_watermarker=False)
            stock.load_lora_weights(file)
        loaded = answers(stock)
    (output, latents), (output_there, latents_there) = in_place[0], loaded
    return _apart(output, output_there), _apart(latents, latents_there), _apart(latents, without[1])


def _settings(targets: str, text_rate: float) -> TrainingSettings:
    return TrainingSettings(
        scale=SCALE,
        rank=8,
        alpha=4.0,
        targets=targets,
        steps=STEPS,
        batch_size=2,
        learning_rate=1e-2,
        text_encoder_learning_rate=text_rate,
        seed=0,
        save_dtype="float32",
    )


@torch.no_grad()
def answers(pipeline: StableDiffusionXLPipeline) -> tuple[torch.Tensor, torch.Tensor]:
    """Output of the UNet for a fixed input, and latents of four steps of sampling with guidance."""
    unet, rng = pipeline.unet, torch.Generator().manual_seed(1)
    pooled = unet.config.projection_class_embeddings_input_dim - 6 * unet.config.addition_time_embed_dim
    output = unet(
        torch.randn(2, unet.config.in_channels, SIZE // 8, SIZE // 8, generator=rng),
        torch.tensor([100, 900]),
        encoder_hidden_states=torch.randn(2, 77, unet.config.cross_attention_dim, generator=rng),
        added_cond_kwargs={
            "text_embeds": torch.randn(2, pooled, generator=rng),
            "time_ids": torch.tensor([[SIZE, SIZE, 0, 0, SIZE, SIZE]] * 2),
        },
    ).sample
    pipeline.set_progress_bar_config(disable=True)
    latents = pipeline(
        prompt="nv-p1xel4rt, red house, night",
        negative_prompt="",
        width=SIZE,
        height=SIZE,
        num_inference_steps=4,
        guidance_scale=5.0,
        generator=torch.Generator().manual_seed(2),
        output_type="latent",
    ).images
    return output.clone(), latents.clone()


def _apart(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).abs().max())


if __name__ == "__main__":
    main()
