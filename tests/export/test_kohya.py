"""The TOML is what sd-scripts takes, and under it no image is resized.

Names and types: ``ConfigSanitizer`` in https://github.com/kohya-ss/sd-scripts/blob/main/library/config_util.py, read
2026-11-23 at commit 48d368f. That program itself read such an export on the same day: docs/how-to/export.md.
"""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from export_data import expected, picture, read_pairs
from unipixel.export import EXPORTERS, Collection

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GENERAL = {
    "caption_extension": str, "shuffle_caption": bool, "keep_tokens": int, "enable_wildcard": bool, "flip_aug": bool,
    "color_aug": bool, "random_crop": bool, "resize_interpolation": str,
}  # fmt: skip
DATASET = {
    "resolution": list, "enable_bucket": bool, "bucket_no_upscale": bool, "bucket_reso_steps": int,
    "min_bucket_reso": int, "max_bucket_reso": int, "validation_split": float, "validation_seed": int, "subsets": list,
}  # fmt: skip
SUBSET = {"image_dir": str, "num_repeats": int}
KOHYA = EXPORTERS["kohya"]


def config(folder: Path) -> dict:
    return tomllib.loads((folder / "dataset.toml").read_text("utf-8"))


def require(table: dict, schema: dict) -> None:
    assert {key: type(value) for key, value in table.items()} == {key: schema[key] for key in table}


def test_every_option_is_one_that_it_knows(collection, write):
    said = config(write(KOHYA, collection))

    assert set(said) == {"general", "datasets"}
    require(said["general"], GENERAL)
    for dataset in said["datasets"]:
        require(dataset, DATASET)
        for subset in dataset["subsets"]:
            require(subset, SUBSET)


def test_nothing_moves_or_paints_a_pixel(collection, write):
    general = config(write(KOHYA, collection))["general"]

    assert not any(general[name] for name in ("flip_aug", "color_aug", "random_crop", "shuffle_caption"))
    assert not general["enable_wildcard"], "a brace in a tag would be a wildcard"
    assert (general["caption_extension"], general["keep_tokens"]) == (".txt", 1)


@pytest.mark.parametrize("canvases", [("256x192", "256x256"), ("1152x896", "896x1152", "1024x1024"), ("96x160",)])
def test_every_canvas_is_a_bucket_of_its_own(tmp_path, write, canvases):
    """No image is larger than the area of resolution, and all sides are whole steps: so none is resized or cropped."""
    pictures = [picture(tmp_path / "images", seed, canvas) for seed, canvas in enumerate(canvases)]
    said = config(write(KOHYA, Collection(pictures, "t", 8, ".")))["datasets"][0]
    sides = [[int(side) for side in canvas.split("x")] for canvas in canvases]

    assert said["enable_bucket"]
    assert said["bucket_no_upscale"]
    assert all(w * h <= said["resolution"][0] * said["resolution"][1] for w, h in sides)
    assert all(side % said["bucket_reso_steps"] == 0 for pair in sides for side in pair)
    assert said["min_bucket_reso"] <= min(said["resolution"])
    assert max(max(pair) for pair in sides) <= said["max_bucket_reso"]


def test_folders_hold_what_the_toml_says(collection, write):
    folder = write(KOHYA, collection)
    train, validation = config(folder)["datasets"]

    found = {(subset["num_repeats"], subset["image_dir"]) for subset in train["subsets"]}
    assert found == {(n, f"{collection.root}/train/{n}_nv-p1xel4rt") for n in (1, 2)}
    for repeats, place in found:
        assert read_pairs(Path(place)) == expected(collection, repeats=repeats)
    assert "validation_split" not in train
    assert validation["validation_split"] == 1.0
    assert [subset["num_repeats"] for subset in validation["subsets"]] == [1]
    assert read_pairs(Path(validation["subsets"][0]["image_dir"])) == expected(collection, "validation")


def test_a_root_stands_before_every_folder(collection, write):
    moved = config(write(KOHYA, replace(collection, root="/data/my set/")))
    beside = config(write(KOHYA, replace(collection, root=".")))

    assert moved["datasets"][0]["subsets"][0]["image_dir"] == "/data/my set/train/1_nv-p1xel4rt"
    assert beside["datasets"][0]["subsets"][0]["image_dir"] == "train/1_nv-p1xel4rt"


def test_a_trigger_that_is_no_folder_name_and_odd_canvases_are_named(tmp_path):
    odd = Collection([picture(tmp_path, 1, "200x120")], "a/b:c_d", 8, ".")

    assert {name.split("/")[1] for name in KOHYA.files(odd) if "/" in name} == {"1_a-b-c-d"}
    assert any("multiples of 8 px" in note for note in KOHYA.settings(odd))
