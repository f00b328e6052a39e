"""The YAML is what ai-toolkit takes, and under it no image is resized.

Names: ``DatasetConfig`` in https://github.com/ostris/ai-toolkit/blob/main/toolkit/config_modules.py, read 2026-11-23 at
commit 27a03a9. Its ``AiToolkitDataset`` read such an export on the same day: docs/how-to/export.md.
"""

from pathlib import Path

import pytest

from export_data import expected, picture, read_pairs
from unipixel.export import EXPORTERS, Collection

yaml = pytest.importorskip("yaml")

AI_TOOLKIT = EXPORTERS["ai-toolkit"]
KNOWN = {
    "folder_path": str, "caption_ext": str, "resolution": int, "buckets": bool, "bucket_tolerance": int,
    "num_repeats": int, "keep_tokens": int, "shuffle_tokens": bool, "token_dropout_rate": float,
    "caption_dropout_rate": float, "random_crop": bool,
    "random_scale": bool, "square_crop": bool, "flip_x": bool, "flip_y": bool, "scale": float, "alpha_mask": bool,
}  # fmt: skip


def datasets(folder: Path) -> list[dict]:
    return yaml.safe_load((folder / "datasets.yaml").read_text("utf-8"))["datasets"]


def test_every_option_is_one_that_it_knows(collection, write):
    for dataset in datasets(write(AI_TOOLKIT, collection)):
        assert {key: type(value) for key, value in dataset.items()} == KNOWN


def test_nothing_moves_or_paints_a_pixel(collection, write):
    for dataset in datasets(write(AI_TOOLKIT, collection)):
        assert not any(dataset[name] for name in KNOWN if name.startswith(("random", "square", "flip", "shuffle")))
        assert (dataset["scale"], dataset["buckets"]) == (1.0, True)


@pytest.mark.parametrize("canvases", [("256x192", "256x256"), ("1152x896", "1024x1024"), ("520x504",)])
def test_no_canvas_has_more_pixels_than_the_resolution(tmp_path, write, canvases):
    pictures = [picture(tmp_path / "images", seed, canvas) for seed, canvas in enumerate(canvases)]
    dataset = datasets(write(AI_TOOLKIT, Collection(pictures, "t", 8, ".")))[0]
    sides = [[int(side) for side in canvas.split("x")] for canvas in canvases]

    assert all(w * h <= dataset["resolution"] ** 2 for w, h in sides)
    assert any(w * h > (dataset["resolution"] - 1) ** 2 for w, h in sides)
    assert all(side % dataset["bucket_tolerance"] == 0 for pair in sides for side in pair)


def test_folders_hold_what_the_yaml_says(collection, write):
    said = datasets(write(AI_TOOLKIT, collection))

    assert {dataset["num_repeats"] for dataset in said} == {1, 2}
    for dataset in said:
        found = read_pairs(Path(dataset["folder_path"]))
        assert found == expected(collection, repeats=dataset["num_repeats"])


def test_validation_images_lie_outside_of_all_data_sets_and_are_named(collection, write):
    folder = write(AI_TOOLKIT, collection)

    assert read_pairs(folder / "validation") == expected(collection, "validation")
    assert not any(dataset["folder_path"].endswith("validation") for dataset in datasets(folder))
    assert any("validation_items" in note for note in AI_TOOLKIT.settings(collection))
