"""Ten pictures on three canvases, with repeats and a split."""

from dataclasses import replace

import pytest

from export_data import CANVASES, SCALE, TRIGGER, picture
from unipixel.export import Collection, hash_content, write_folder


@pytest.fixture
def collection(tmp_path):
    """Three for training on each canvas, the second of each seen twice; one for validation."""
    pictures = [
        picture(tmp_path / "images", 3 * row + col, canvas, repeats=1 + (col == 1))
        for row, canvas in enumerate(CANVASES)
        for col in range(3)
    ]
    pictures.append(picture(tmp_path / "images", 9, split="validation", repeats=3))
    return Collection(pictures, TRIGGER, SCALE, (tmp_path / "out").as_posix())


@pytest.fixture
def write(tmp_path):
    """Write an export of a collection to ``out``."""

    def call(exporter, collection):
        files = exporter.files(collection)
        folder = tmp_path / "out"
        write_folder(folder, files, {}, {name: hash_content(content) for name, content in files.items()})
        return folder

    return call


@pytest.fixture
def write_run(tmp_path):
    """Write a run with the data set of a collection to ``out``."""

    def call(exporter, plan, collection):
        shown = replace(collection, showing=plan.showing)
        files = {**exporter.files(plan, shown), **exporter.data.files(shown)}
        folder = tmp_path / "out"
        write_folder(folder, files, {}, {name: hash_content(content) for name, content in files.items()})
        return folder

    return call
