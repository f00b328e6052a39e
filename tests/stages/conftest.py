"""A small workspace of drawn pixel art: nine sources at odd scales, with tags by hand."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from unipixel.dataset import read_manifest
from unipixel.image import save_png
from unipixel.stages.adding import add
from unipixel.stages.captioning import write_captions
from unipixel.stages.preparing import prepare, training_file
from unipixel.stages.workspace import Workspace

RECIPE = """extends = "unipixel"
trigger = "w0rd"
[dataset]
canvases = ["128x96", "96x128", "112x112"]
images_per_canvas = 3
"""


def draw(seed: int, height: int = 30, width: int = 34) -> np.ndarray:
    """Pixel art without repeated structure: patches of colour and single pixels."""
    rng = np.random.default_rng(seed)
    colors = 90 if seed % 3 == 1 else 12  # every third one has too many colours, every third one is dark
    palette = rng.integers(0, 256, (colors, 3)) // (6 if seed % 3 == 2 else 1)
    art = palette[rng.integers(0, colors, (height, width))]
    return np.dstack([art, np.full((height, width), 255)]).astype(np.uint8)


def enlarge(art: np.ndarray, height: int, width: int) -> np.ndarray:
    """Nearest neighbour to any size."""
    rows = ((np.arange(height) + 0.5) * art.shape[0] / height).astype(int)
    cols = ((np.arange(width) + 0.5) * art.shape[1] / width).astype(int)
    return art[rows][:, cols]


def write_pictures(folder: Path) -> Path:
    """Nine pictures with tags beside them, one with tags of its parts."""
    for seed in range(9):
        art = draw(seed)
        save_png(
            folder / f"art-{seed}.png", enlarge(art, 30 * (3 + seed % 4) + seed % 3, 34 * (3 + seed % 4) + seed % 3)
        )
        (folder / f"art-{seed}.txt").write_text("cave, bottle, from side\n")
    boxes = [{"box": [0, 0, 30, 30], "tags": ["bottle"]}, {"box": [0, 0, 102, 90], "tags": ["lamp"]}]
    (folder / "art-0.regions.json").write_text(json.dumps(boxes))
    return folder


def make_workspace(root: Path, pictures: Path) -> Workspace:
    """A workspace with all of them."""
    made = Workspace.create(root, preset="unipixel")
    made.recipe_file.write_text(RECIPE)
    add(made, [pictures])
    return made


def settle(workspace):
    """Bring images to where their rows say: those that validate lie apart."""
    for row in read_manifest(workspace.manifest):
        file = training_file(workspace, row)
        for folder in (workspace.training, workspace.validation):
            for ending in (".png", ".txt"):
                there = (folder / row.canvas / file.name).with_suffix(ending)
                if row.canvas and there.exists() and there.parent != file.parent:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    there.rename(file.with_suffix(ending))


@pytest.fixture
def pictures(tmp_path):
    return write_pictures(tmp_path / "pictures")


@pytest.fixture
def workspace(tmp_path, pictures):
    return make_workspace(tmp_path / "workspace", pictures)


def make_captioned(folder):
    """A workspace that is prepared and captioned, in a folder."""
    made = make_workspace(folder / "workspace", write_pictures(folder / "pictures"))
    prepare(made)
    write_captions(made)
    return made


@pytest.fixture(scope="session")
def captioned_once(tmp_path_factory):
    return make_captioned(tmp_path_factory.mktemp("captioned"))


@pytest.fixture
def captioned(captioned_once, tmp_path):
    """A copy of a workspace with captions, which is quicker than to prepare one anew."""
    return Workspace(Path(shutil.copytree(captioned_once.root, tmp_path / "workspace")))


@pytest.fixture
def draw_art():
    return draw
