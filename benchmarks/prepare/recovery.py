"""How many screenshots reach a data set with every native pixel right and nobody asked, and whether a wrong one does.

    python benchmarks/prepare/recovery.py              300 clean or lightly damaged screenshots
    python benchmarks/prepare/recovery.py --kinds jpeg,cursor,noise,bar

The picture goes through ``unipixel add`` and ``prepare`` as files. Right: the native is the truth, pixel for pixel; of
cut pictures the cells that the cut leaves in part may be there or not.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image
from screens import KINDS, LIGHT, Shot, draw_shots

from unipixel.image import load_image
from unipixel.stages.adding import add
from unipixel.stages.engine import Engine
from unipixel.stages.preparing import read_natives
from unipixel.stages.recovering import recover_sources
from unipixel.stages.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--kinds", help=f"in turn, in place of the usual ones; also {', '.join(LIGHT)}")
    parser.add_argument("--out", type=Path, default=Path("build/prepare-benchmark/recovery"))
    options = parser.parse_args()
    kinds = tuple(options.kinds.split(",")) if options.kinds else KINDS
    shutil.rmtree(options.out, ignore_errors=True)
    pictures = options.out / "pictures"
    pictures.mkdir(parents=True)
    truth: dict[str, Shot] = {}
    for shot in draw_shots(options.images, kinds):
        picture = Image.fromarray(shot.image)
        picture.save(pictures / f"{shot.name}.jpg", quality=92) if shot.kind == "jpeg" else picture.save(
            pictures / f"{shot.name}.png"
        )
        truth[shot.name] = shot
    workspace = Workspace.create(options.out / "workspace", preset="unipixel")
    add(workspace, [pictures])
    recover_sources(workspace, Engine(), lambda event: None)
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for name, (file, state) in read_natives(workspace).items():
        right = file is not None and is_right(load_image(file), truth[name])
        entered = state == "sure"
        counts[truth[name].kind, ("entered" if entered else "asked") + (" right" if right else " wrong")] += 1
        if entered and not right:
            wrong.append(name)
    outcomes = ("entered right", "entered wrong", "asked right", "asked wrong")
    print("| kind | pictures | " + " | ".join(outcomes) + " |\n|---|--:|" + "--:|" * len(outcomes))
    for kind in [*dict.fromkeys(kinds), "all"]:
        row = [sum(n for (k, o), n in counts.items() if o == outcome and kind in (k, "all")) for outcome in outcomes]
        print(f"| {kind} | {sum(row)} | " + " | ".join(map(str, row)) + " |")
    print(f"wrong and not asked: {wrong or 'none'}")


def is_right(native: np.ndarray, shot: Shot) -> bool:
    """Whether a native is the truth, but for cells at the border that a cut left in part."""
    cuts = (0, 1) if "cut" in shot.kind else (0,)
    for top, left, bottom, right in product(cuts, repeat=4):
        part = shot.native[top : shot.native.shape[0] - bottom, left : shot.native.shape[1] - right]
        if np.array_equal(part, native[..., :3]):
            return True
    return False


if __name__ == "__main__":
    main()
