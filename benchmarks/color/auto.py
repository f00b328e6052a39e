"""How many colours `colors="auto"` finds, in art and in damaged art: python benchmarks/color/auto.py; see README.md."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import numpy as np
from motifs import FOLDER, Pixels, add_cell_noise, load_natives
from suites import open_suite

from unipixel.color import count_colors, distance, enough, quantize
from unipixel.grid import recover

VALUES = (0.02, 0.025, 0.03, 0.035, 0.04)
LOSSY = ("E", "F", "G", "H", "I")
"""Kinds of damage of the folder that leave noise in the colours: JPEG, WebP, smooth enlargement, blur, uneven cells."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--natives", type=int, default=100)
    parser.add_argument("--set", choices=["fast", "full"], default="fast", dest="which")
    chosen = parser.parse_args()
    natives = {name: native for name, native in load_natives(chosen.natives).items() if count_colors(native) <= 256}
    groups = {
        "art as it is": [(native, native) for native in natives.values()],
        "art, noise in each cell": [(add_cell_noise(native, name), native) for name, native in natives.items()],
    }
    if os.environ.get(FOLDER):
        groups["damaged, then recovered"] = list(recovered(chosen.which))
    print(
        "| one colour | picture | number | found / true, geometric mean | half to twice | right cells before | after |"
    )
    print("|--:|---|--:|--:|--:|--:|--:|")
    for value in VALUES:
        enough.ONE_COLOR = value
        for group, pairs in groups.items():
            ratio, before, after = np.array([judge(image, native) for image, native in pairs]).T
            near = np.mean((ratio >= 0.5) & (ratio <= 2))
            found = f"{np.exp(np.log(ratio).mean()):.2f} | {near:.0%} | {before.mean():.1%} | {after.mean():.1%}"
            print(f"| {value} | {group} | {len(pairs)} | {found} |", flush=True)


def recovered(which: str) -> Iterator[tuple[Pixels, Pixels]]:
    """Natives taken off damaged pictures, where the size is right, and the true ones."""
    suite = open_suite("gridbench", which)
    for family, source in suite.cases():
        if family.startswith(LOSSY):
            case, image = suite.make(family, source)
            native = recover(image).native
            if native is not None and native.shape[:2] == case["native"].shape[:2]:
                yield native[..., :3], case["native"]


def judge(image: Pixels, native: Pixels) -> tuple[float, float, float]:
    """Colours found for each true one; cells in the right colour before and after."""
    indices, palette = quantize(image, "auto")
    shares = [float((distance(shown, native) < enough.NEAR).mean()) for shown in (image, palette.colors[indices])]
    return len(palette) / count_colors(native), shares[0], shares[1]


if __name__ == "__main__":
    main()
