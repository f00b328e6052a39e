"""What converting costs beside decoding and encoding: python benchmarks/convert/run.py; see README.md beside it."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from unipixel.conversion import Options, convert_jobs, convert_with, encode_conversion, plan_jobs

SIDE, CELL = 1024, 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000, help="pictures of the batch")
    parser.add_argument("--rounds", type=int, default=15, help="times each thing is timed; the quickest counts")
    parser.add_argument("--only", choices=["single", "batch", "start"], help="one table alone")
    chosen = parser.parse_args()
    if chosen.only in (None, "single"):
        measure_single(chosen.rounds)
    if chosen.only in (None, "start"):
        measure_start(chosen.rounds)
    if chosen.only in (None, "batch"):
        measure_batch(chosen.images)


def draw_native(seed: int, side: int = SIDE // CELL, colors: int = 24) -> np.ndarray:
    """A native ``(side, side, 3)`` uint8 of flat shapes and a little texture, of about so many colours."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colors, 3)).astype(np.uint8)
    plan = np.zeros((side, side), np.int64)
    rows, cols = np.mgrid[0:side, 0:side]
    for color in range(1, colors):
        row, col = rng.integers(0, side, 2)
        high, wide = rng.integers(2, side // 3, 2)
        inside = (np.abs(rows - row) < high) & (np.abs(cols - col) < wide)
        if color % 2:
            inside = ((rows - row) / high) ** 2 + ((cols - col) / wide) ** 2 < 1
        plan[inside] = color
    speckle = rng.random((side, side)) < 0.04
    plan[speckle] = rng.integers(0, colors, int(speckle.sum()))
    return palette[plan]


def draw_picture(kind: str, seed: int = 0) -> bytes:
    """A PNG of 1024x1024 px: ``clean`` art enlarged by 8, or ``soft`` as an image model draws it."""
    native = draw_native(seed)
    canvas = Image.fromarray(native.repeat(CELL, 0).repeat(CELL, 1))
    if kind == "soft":
        blurred = canvas.filter(ImageFilter.GaussianBlur(1.0))
        noise = np.random.default_rng(seed).normal(0, 3, (SIDE, SIDE, 3))
        canvas = Image.fromarray(np.clip(np.asarray(blurred) + noise, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG")
    return buffer.getvalue()


def quickest(rounds: int, *things: Callable[[], object]) -> list[float]:
    """Least milliseconds of each thing; they take turns, so that a busy machine is unkind to all alike."""
    best = [float("inf")] * len(things)
    for _ in range(rounds):
        for place, thing in enumerate(things):
            start = time.perf_counter()
            thing()
            best[place] = min(best[place], 1e3 * (time.perf_counter() - start))
    return best


def measure_single(rounds: int) -> None:
    print(f"\nOne {SIDE}x{SIDE} PNG, bytes to bytes, warm process, milliseconds\n")
    print("| picture | options | decode + encode with Pillow | convert | ratio |\n|---|---|---|---|---|")
    for kind in ("clean", "soft"):
        source = draw_picture(kind)
        for name, options in (
            ("auto", Options()),
            ("--preset unipixel", Options(preset="unipixel")),
            ("--preset unipixel --cells nearest", Options(preset="unipixel", cells="nearest")),
            ("auto --colors 16", Options(colors=16)),
        ):
            result = Image.open(io.BytesIO(encode_conversion(convert_with(source, options))))
            result.load()

            def floor(source: bytes = source, result: Image.Image = result) -> None:
                with Image.open(io.BytesIO(source)) as image:
                    image.load()
                result.save(io.BytesIO(), "PNG", optimize=True)

            def ours(source: bytes = source, options: Options = options) -> None:
                encode_conversion(convert_with(source, options))

            least, own = quickest(rounds, floor, ours)
            print(f"| {kind} | {name} | {least:.1f} | {own:.1f} | {own / least:.2f} |")


def measure_start(rounds: int) -> None:
    print("\nStarting, whole processes, milliseconds\n\n| what | ms | ratio |\n|---|---|---|")
    base = [sys.executable, "-c", "import numpy, PIL.Image"]
    commands = {
        "python -c 'import numpy, PIL.Image'": base,
        "the same and import unipixel": [*base[:2], "import numpy, PIL.Image, unipixel"],
        "the same and from unipixel import convert": [
            *base[:2],
            "import numpy, PIL.Image; from unipixel import convert",
        ],
        "unipixel --help": [sys.executable, "-m", "unipixel", "--help"],
        "unipixel convert --help": [sys.executable, "-m", "unipixel", "convert", "--help"],
    }
    runs = [lambda args=args: subprocess.run(args, check=True, capture_output=True) for args in commands.values()]
    times = quickest(rounds, *runs)
    for name, value in zip(commands, times, strict=True):
        print(f"| {name} | {value:.0f} | {value / times[0]:.2f} |")


def measure_batch(count: int) -> None:
    cores = os.cpu_count() or 1
    print(
        f"\n{count} pictures of {SIDE}x{SIDE} px, half clean, half soft, seconds\n\n"
        "| workers | s | speed-up |\n|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        pictures = [draw_picture(kind, seed) for seed in range(8) for kind in ("clean", "soft")]
        for index in range(count):
            (folder / f"{index:05d}.png").write_bytes(pictures[index % len(pictures)])
        first = None
        for workers in (1, cores):
            results = Path(place) / f"out{workers}"
            if hasattr(os, "sync"):
                os.sync()  # what was just written is not to be written while we measure
            start = time.perf_counter()
            states = [each.state for each in convert_jobs(plan_jobs([folder], results), Options(), workers=workers)]
            seconds = time.perf_counter() - start
            assert set(states) == {"converted"}, states
            first = first or seconds
            print(f"| {workers} | {seconds:.1f} | {first / seconds:.2f} |")


if __name__ == "__main__":
    main()
