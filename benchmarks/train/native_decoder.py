"""The native decoder beside autoencoder decode + convert: python benchmarks/train/native_decoder.py; see README.md."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from diffusers import AutoencoderKL
from small_autoencoder import measure_psnr, open_autoencoder
from third_party import Collection, open_collections

from unipixel import convert
from unipixel.color import distance, to_oklab, to_srgb
from unipixel.color.oklab import to_linear
from unipixel.diffusion import Base, load_base
from unipixel.diffusion.adapter import loras_on
from unipixel.diffusion.latents import decode_latent, encode_images
from unipixel.diffusion.native_cells import CellLayout
from unipixel.diffusion.native_decoder import NativeDecoder
from unipixel.diffusion.native_fit import NOISE, fit_native_decoder, fit_ridge
from unipixel.grid import Grid, to_native
from unipixel.image import RGBA, save_png
from unipixel.recipe import load_recipe
from unipixel.stages.base import base_path

NOISES = (0.0, 0.05, 0.1)
OURS, SHARED, USUAL = "native decoder", "native decoder, shared colours", "decode + convert"
MEDIAN, MEAN = "decode + cell median", "decode + cell mean"
Way = Callable[[torch.Tensor], RGBA]
Reading = Callable[[RGBA], RGBA]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, default=Path("build/demo"), help="folder of `unipixel demo`")
    parser.add_argument("--out", type=Path, default=Path("build/native-decoder"), help="pictures and the autoencoder")
    parser.add_argument("--steps", type=int, default=300, help="of the small autoencoder's training")
    parser.add_argument("--fit", type=int, default=120, help="pictures to fit to, of each collection")
    parser.add_argument("--judge", type=int, default=40, help="pictures to judge by, of each collection")
    parser.add_argument("--scales", default="8,16,4", help="canvas px per native px, with commas between")
    parser.add_argument("--base", choices=["micro", "small"], help="one autoencoder alone")
    parser.add_argument("--samples", type=int, default=16, help="drawn with the demo's LoRA")
    parser.add_argument("--only", choices=["cells", "choices", "samples", "time"], help="one part alone")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    whole = open_collections(chosen.demo)
    collections = [dataclasses.replace(c, fit=c.fit[: chosen.fit], judged=c.judged[: chosen.judge]) for c in whole]
    micro = load_base(base_path("micro"), device="cpu")
    natives = [native for collection in whole for native in collection.fit]
    small = open_autoencoder(chosen.out / "autoencoder", natives, steps=chosen.steps, seed=0)
    bases = {"micro": micro, "small AutoencoderKL": wear(micro, small)}
    bases = {name: base for name, base in bases.items() if name.startswith(chosen.base or "")}
    scales = [int(scale) for scale in chosen.scales.split(",")]
    parts = {
        "cells": lambda: measure_cells(bases, collections, scales, chosen.out),
        "choices": lambda: measure_choices(bases, collections),
        "samples": lambda: measure_samples(micro, collections[0], chosen.demo, chosen.samples, chosen.out),
        "time": lambda: measure_time(bases, collections[0]),
    }
    for name, part in parts.items():
        if chosen.only in (None, name):
            part()


def wear(base: Base, autoencoder: AutoencoderKL) -> Base:
    """A base with another autoencoder and nothing else, for encoding and decoding."""
    return dataclasses.replace(base, pipeline=SimpleNamespace(vae=autoencoder), hash="small autoencoder")


def enlarge(native: RGBA, scale: int) -> RGBA:
    return native.repeat(scale, 0).repeat(scale, 1)


def encode(base: Base, natives: Sequence[RGBA], scale: int) -> list[torch.Tensor]:
    return encode_images(base, [enlarge(native, scale) for native in natives], scale=scale)


def fit(base: Base, latents: list[torch.Tensor], natives: list[RGBA], scale: int, **how: object) -> NativeDecoder:
    return fit_native_decoder(latents, natives, scale=scale, stride=base.stride, base_hash=base.hash, **how)


def readings(scale: int) -> dict[str, Reading]:
    """Ways from a decoded picture to a native."""

    def by_rule(rule: str) -> Reading:
        return lambda image: to_native(image, Grid.regular(scale, image.shape[:2], offset=(0, 0)), rule=rule)

    def by_convert(image: RGBA) -> RGBA:
        return convert(image, scale=scale, offset=(0, 0)).frames[0]

    return {USUAL: by_convert, MEDIAN: by_rule("median"), MEAN: by_rule("mean")}


def all_ways(base: Base, decoder: NativeDecoder, latents: Sequence[torch.Tensor]) -> dict[str, list[RGBA]]:
    """What each way makes of the same latents."""
    images = [decode_latent(base, latent) for latent in latents]
    return {
        OURS: [decoder.decode(latent) for latent in latents],
        SHARED: [decoder.decode(latent, share=True) for latent in latents],
        **{name: [read(image) for image in images] for name, read in readings(decoder.scale).items()},
    }


def score(shown: Sequence[RGBA], truth: Sequence[RGBA]) -> list[float]:
    """Shares of pixels in % that are exact, within 1, 4 and 8 levels, and the mean OKLab error."""
    pairs = list(zip(shown, truth, strict=True))
    off = np.concatenate([np.abs(a[..., :3].astype(int) - b[..., :3]).max(-1).ravel() for a, b in pairs])
    error = np.concatenate([distance(a, b).ravel() for a, b in pairs])
    return [*(100 * float((off <= level).mean()) for level in (0, 1, 4, 8)), float(error.mean())]


def add_noise(latents: Sequence[torch.Tensor], noise: float) -> list[torch.Tensor]:
    rng = torch.Generator().manual_seed(1)
    return [latent + noise * torch.randn(latent.shape, generator=rng) for latent in latents]


def measure_cells(bases: dict[str, Base], collections: list[Collection], scales: Sequence[int], out: Path) -> None:
    """Held-out pictures, as they are and with noise on their latents: the truth is known."""
    for base_name, base in bases.items():
        for collection in collections:
            truth = collection.judged
            if isinstance(base.vae, AutoencoderKL):
                psnr = measure_psnr(base.vae, [enlarge(native, 8) for native in truth])
                print(f"\n{base_name}, {collection.name} at x8: round trip {psnr:.1f} dB")
            for scale in scales:
                latents, judged = encode(base, collection.fit, scale), encode(base, truth, scale)
                begun = time.process_time()
                decoder = fit(base, latents, collection.fit, scale)
                print(f"\n### {base_name}, {collection.name}, x{scale}: {decoder.method}, fitted to "
                      f"{len(latents)} pictures in {time.process_time() - begun:.1f} s of CPU time\n")  # fmt: skip
                print("| noise on latents | way | exact, % | within 1 | within 4 | within 8 | OKLab error |")
                print("|--:|---|--:|--:|--:|--:|--:|")
                for noise in NOISES:
                    shown = all_ways(base, decoder, add_noise(judged, noise))
                    for name, pictures in shown.items():
                        print(f"| {noise:g} | {name} | {as_cells(score(pictures, truth))} |", flush=True)
                draw_proof(out / f"{base_name} {collection.name} x{scale}.png".replace(" ", "-"), shown, truth)


def as_cells(figures: Sequence[float]) -> str:
    return " | ".join([*(f"{value:.1f}" for value in figures[:4]), f"{figures[4]:.4f}"])


def measure_choices(bases: dict[str, Base], collections: list[Collection]) -> None:
    """Colour space and strength of the ridge; ridge and network."""
    for base_name, base in bases.items():
        for collection in collections:
            truth = collection.judged
            latents, judged = encode(base, collection.fit, 8), encode(base, truth, 8)
            layout = CellLayout(latents[0].shape[0], 8, base.stride)
            values = torch.cat([layout.neighbourhoods(latent)[::4] for latent in latents])
            print(f"\n### {base_name}, {collection.name}, x8\n\n| choice | noise on latents: 0 | 0.05 | 0.1 |")
            print("|---|--:|--:|--:|")
            for space, (there, back) in SPACES.items():
                goal = np.concatenate([there(native[..., :3].reshape(-1, 3)[::4]) for native in collection.fit])
                reader = fit_ridge(values, torch.from_numpy(goal.astype(np.float32)), NOISE)

                def way(latent: torch.Tensor, reader=reader, back=back, layout=layout) -> RGBA:
                    shown = back(reader(layout.neighbourhoods(latent)).numpy().astype(np.float64))
                    return shown.reshape(*layout.native_size(latent), 3)

                row(f"ridge, {space}", way, judged, truth)
            for method in ("ridge", "network"):
                for noise in (0.0, 0.02, 0.05, 0.1):
                    decoder = fit(base, latents, collection.fit, 8, method=method, noise=noise)
                    row(f"{method}, reckons with noise {noise:g}", decoder.decode, judged, truth)


def row(name: str, way: Way, judged: Sequence[torch.Tensor], truth: Sequence[RGBA]) -> None:
    figures = [score([way(latent) for latent in add_noise(judged, noise)], truth) for noise in NOISES]
    print(f"| {name} | " + " | ".join(f"{each[4]:.4f} ({each[2]:.0f} %)" for each in figures) + " |", flush=True)


def _from_linear(light: np.ndarray) -> np.ndarray:
    light = light.clip(0, 1)
    curve = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * curve).astype(np.uint8)


SPACES = {
    "sRGB": (lambda rgb: rgb / 255.0, lambda value: np.rint(255 * value.clip(0, 1)).astype(np.uint8)),
    "linear light": (to_linear, _from_linear),
    "OKLab": (to_oklab, to_srgb),
}


def measure_samples(base: Base, collection: Collection, demo: Path, count: int, out: Path) -> None:
    """Latents drawn with the demo's LoRA: there is no truth, so ways are compared with each other."""
    latents = sample_latents(base, demo, count)
    natives = collection.fit
    decoder = fit(base, encode(base, natives, 8), natives, 8)
    shown = all_ways(base, decoder, latents)
    usual = shown[USUAL]
    off = torch.stack([latent - encode(base, [native], 8)[0] for latent, native in zip(latents, usual, strict=True)])
    print(f"\n### {len(latents)} latents sampled with the demo's LoRA, x8, against decode + convert\n")
    print(f"Latents are off those of the art they stand for by a deviation of {float(off.std()):.3f}.\n")
    print(
        "| way | same, % | within 1 | within 4 | within 8 | OKLab difference | colours |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for name, pictures in shown.items():
        colours = np.mean([len(np.unique(image.reshape(-1, 4), axis=0)) for image in pictures])
        print(f"| {name} | {as_cells(score(pictures, usual))} | {colours:.0f} |", flush=True)
    draw_proof(out / "samples.png", shown, usual)


@torch.no_grad()
def sample_latents(base: Base, demo: Path, count: int) -> list[torch.Tensor]:
    """Latents of the demo's own prompts at one of its canvases."""
    recipe = load_recipe("demo")
    prompts = [recipe.sample.prompts[index % len(recipe.sample.prompts)] for index in range(count)]
    canvas = recipe.dataset.canvases[0]
    (lora,) = (demo / "crafter").rglob("lora.safetensors")
    with loras_on(base, [(lora, 1.0)]):
        return list(
            base.pipeline(
                prompt=[f"{recipe.trigger}, {prompt}" for prompt in prompts],
                negative_prompt=[""] * count,
                width=canvas.width,
                height=canvas.height,
                num_inference_steps=recipe.sample.steps,
                guidance_scale=recipe.sample.guidance,
                generator=[torch.Generator().manual_seed(seed) for seed in range(count)],
                output_type="latent",
            ).images
        )


def measure_time(bases: dict[str, Base], collection: Collection) -> None:
    """CPU time of one picture of 1152x896 px, the ways in turn, the least of three rounds."""
    native = np.tile(collection.judged[0], (2, 2, 1))[:112, :144]
    print("\n### One picture of 1152x896 px at x8, one thread, seconds of CPU time\n")
    print("| base | native decoder | decode | decode + convert | ratio |\n|---|--:|--:|--:|--:|")
    for name, base in bases.items():
        latent = encode(base, [native], 8)[0]
        for method in ("ridge", "network"):
            decoder = fit(base, encode(base, collection.fit[:16], 8), collection.fit[:16], 8, method=method)
            ways = [
                decoder.decode,
                partial(decode_latent, base),
                lambda z, base=base: readings(8)[USUAL](decode_latent(base, z)),
            ]
            rounds = [[cpu_time(way, latent) for way in ways] for _ in range(3)]
            ours, decode, usual = (min(values) for values in zip(*rounds, strict=True))
            print(f"| {name}, {method} | {ours:.3f} | {decode:.2f} | {usual:.2f} | {ours / usual:.3f} |", flush=True)
    print(f"\nSDXL's own decoder (random weights of its shape) on a quarter of it, 576x448 px: {time_sdxl():.0f} s")


def time_sdxl() -> float:
    channels = (128, 256, 512, 512)
    down, up = ("DownEncoderBlock2D",) * 4, ("UpDecoderBlock2D",) * 4
    model = AutoencoderKL(block_out_channels=channels, down_block_types=down, up_block_types=up, layers_per_block=2)
    with torch.no_grad():
        return cpu_time(model.decode, torch.zeros(1, 4, 56, 72))


def cpu_time(way: Callable[[torch.Tensor], object], latent: torch.Tensor) -> float:
    begun = time.process_time()
    way(latent)
    return time.process_time() - begun


def draw_proof(file: Path, shown: dict[str, list[RGBA]], truth: Sequence[RGBA]) -> None:
    """Corners of four pictures: a row each, the truth first, then each way."""
    rows = []
    for index in range(min(4, len(truth))):
        corners = [picture[:48, :48] for picture in (truth[index], *(pictures[index] for pictures in shown.values()))]
        framed = [np.pad(c, [(0, 50 - len(c)), (0, 50 - c.shape[1]), (0, 0)]) for c in corners]
        rows.append(np.concatenate(framed, axis=1))
    file.parent.mkdir(parents=True, exist_ok=True)
    save_png(file, enlarge(np.concatenate(rows), 3))


if __name__ == "__main__":
    main()
