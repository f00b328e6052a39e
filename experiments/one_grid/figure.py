"""The picture of the experiment: a training image and samples of each arm, and a window of one with the grid's lines.

python experiments/one_grid/figure.py build/experiment docs/pictures/experiment.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from lattices import ARMS, SCALE, picture
from PIL import Image, ImageDraw, ImageFont
from plan import NO_LORA, SIZES, Job
from work import sample_file

from unipixel.image import load_image, save_png

SAMPLES = 4
ZOOM = 4
WINDOW = 32
"""Canvas px of each side of the window."""
GAP, LABEL = 8, 22
LINE = (230, 30, 120, 255)


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    save_png(options.output, draw(options.folder))


def draw(folder: Path) -> np.ndarray:
    """One row an arm: ``(H, W, 4)`` uint8."""
    height, width = (SCALE * side for side in SIZES[0])
    columns = ["training image", *(f"sample {number + 1}" for number in range(SAMPLES)), "sample 1, x8 lines"]
    size = (len(columns) * (width + GAP) + GAP, (height + LABEL + GAP) * (len(ARMS) + 1) + LABEL)
    sheet = Image.new("RGBA", size, (250, 249, 246, 255))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, name in enumerate(columns):
        pen.text((GAP + place * (width + GAP), 4), name, (110, 108, 112, 255), font)
    for row, arm in enumerate((*ARMS, NO_LORA)):
        top = LABEL + row * (height + LABEL + GAP)
        pen.text((GAP, top), arm, (32, 30, 36, 255), font)
        for place, image in enumerate(_pictures(arm, folder)):
            if image is not None:
                sheet.paste(Image.fromarray(image), (GAP + place * (width + GAP), top + LABEL))
    return np.asarray(sheet)


def _pictures(arm: str, folder: Path) -> list[np.ndarray | None]:
    job = Job(arm=arm)
    train = next((number, scene) for number, scene in enumerate(job.scenes()) if scene.size == SIZES[0])
    first = None if arm == NO_LORA else picture(train[1], arm, train[0])
    wanted = [index for index, (scene, _) in enumerate(job.wanted()) if scene.size == SIZES[0]][:SAMPLES]
    samples = [load_image(sample_file(folder / job.name, index)) for index in wanted]
    return [first, *samples, _window(samples[0])]


def _window(image: np.ndarray) -> np.ndarray:
    """The middle of a picture, enlarged, with the lines of the grid."""
    row, col = ((length - WINDOW) // 2 // SCALE * SCALE for length in image.shape[:2])
    large = image[row : row + WINDOW, col : col + WINDOW + SCALE].repeat(ZOOM, 0).repeat(ZOOM, 1)
    large[:: SCALE * ZOOM] = LINE
    large[:, :: SCALE * ZOOM] = LINE
    return large


if __name__ == "__main__":
    main()
