"""Time the mapping of 1024x1024 px to 64 colours against Pillow's: python benchmarks/color/mapping.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from motifs import draw_native, draw_shaded
from PIL import Image

from unipixel.color import Palette, count_colors, distance, snap
from unipixel.color.nearest import _answers

Pixels = npt.NDArray[np.uint8]
SIDE = 1024
CALLS = 9


def pictures() -> dict[str, Pixels]:
    """Enlarged art, a soft picture of very many colours, and noise."""
    rng = np.random.default_rng(0)
    soft = Image.fromarray(draw_shaded(3)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return {
        "pixel art x8": draw_native(3, (SIDE // 8, SIDE // 8)).repeat(8, 0).repeat(8, 1),
        "soft, with noise": (np.asarray(soft) + rng.normal(0, 3, (SIDE, SIDE, 3)))
        .round()
        .clip(0, 255)
        .astype(np.uint8),
        "random": rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8),
    }


def best(call: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Least of some calls in ms, wall clock."""
    spent = []
    for _ in range(CALLS):
        before()
        start = time.perf_counter()
        call()
        spent.append(1e3 * (time.perf_counter() - start))
    return min(spent)


def main() -> None:
    palette = Palette(np.random.default_rng(1).integers(0, 256, (64, 3), dtype=np.uint8))
    theirs = Image.new("P", (1, 1))
    theirs.putpalette(palette.colors.tobytes())
    print("| picture | colours | Pillow, ms | ours, ms | times | first picture, ms | not the nearest: Pillow |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, picture in pictures().items():
        quantize = partial(Image.fromarray(picture).quantize, palette=theirs, dither=Image.Dither.NONE)
        pillow, first = best(quantize), best(partial(snap, picture, palette), _answers.cache_clear)
        ours = best(partial(snap, picture, palette))
        nearest = distance(palette.colors[snap(picture, palette)], picture)
        wrong = (distance(np.asarray(quantize().convert("RGB")), picture) > nearest + 1e-6).mean()
        print(
            f"| {name} | {count_colors(picture):,} | {pillow:.1f} | {ours:.1f} | {ours / pillow:.1f} | {first:.0f} "
            f"| {wrong:.0%} |"
        )


if __name__ == "__main__":
    main()
