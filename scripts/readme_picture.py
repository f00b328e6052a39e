"""Make docs/pictures/before-after.png from a demo: its first samples, and the same as true pixel art.

python scripts/readme_picture.py build/demo/crafter
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from unipixel.files import write_atomic
from unipixel.grid import upscale
from unipixel.image import encode_png, load_image
from unipixel.stages.workspace import Workspace

COLUMNS = 4
GAP = 8
TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "before-after.png"


def main(root: Path) -> None:
    workspace = Workspace.open(root)
    run, scale = workspace.run(), workspace.recipe().scale
    canvas = str(workspace.recipe().dataset.canvases[0])
    names = [f"{index:03d}.png" for index in range(COLUMNS)]
    drawn = [load_image(run.samples / canvas / "with" / name) for name in names]
    art = [upscale(load_image(run.pixel_art / canvas / name), scale) for name in names]
    plain = [load_image(run.samples / canvas / "without" / name) for name in names]
    rows = [np.hstack([np.pad(image, ((0, GAP), (0, GAP), (0, 0))) for image in row]) for row in (plain, drawn, art)]
    write_atomic(TARGET, encode_png(np.vstack(rows)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
