"""Backends are what SimpleTuner takes, each at the size of its own images.

Names: https://github.com/bghira/SimpleTuner/blob/main/documentation/DATALOADER.md, read 2026-11-23 at commit bc8e6ab.
Its configuration classes took such an export on the same day, and :func:`keeps_size` agreed with its own arithmetic on
all 62,001 sizes of 64 to 2048 px in steps of 8: docs/how-to/export.md.
"""

import json
from pathlib import Path

import pytest

from export_data import expected, picture, read_pairs
from unipixel.dataset import Canvas
from unipixel.export import EXPORTERS, Collection
from unipixel.export.simpletuner import keeps_size

SIMPLETUNER = EXPORTERS["simpletuner"]
IMAGES = {
    "id": str, "type": str, "dataset_type": str, "instance_data_dir": str, "caption_strategy": str,
    "resolution_type": str, "resolution": int, "crop": bool, "crop_aspect": str, "crop_style": str,
    "metadata_backend": str, "cache_dir_vae": str, "repeats": int,
}  # fmt: skip


def backends(folder: Path) -> list[dict]:
    return json.loads((folder / "multidatabackend.json").read_text("utf-8"))


def test_every_field_is_one_that_it_knows(collection, write):
    *images, text = backends(write(SIMPLETUNER, collection))

    for backend in images:
        assert {key: type(value) for key, value in backend.items()} == IMAGES
        assert (backend["crop_aspect"], backend["crop_style"]) == ("preserve", "center")
    assert (text["dataset_type"], text["default"]) == ("text_embeds", True)
    assert len({backend["id"] for backend in [*images, text]}) == len(images) + 1


def test_a_backend_is_of_one_size_and_counts_repeats_from_0(collection, write):
    for backend in backends(write(SIMPLETUNER, collection))[:-1]:
        size = Path(backend["instance_data_dir"]).name.split("-")[0]
        split = "validation" if backend["dataset_type"] == "eval" else "train"

        assert backend["resolution"] == min(int(side) for side in size.split("x"))
        found = read_pairs(Path(backend["instance_data_dir"]))
        assert found == expected(collection, split, canvas=size, repeats=backend["repeats"] + 1)
        assert found


def test_all_images_are_in_one_backend(collection, write):
    found = [
        n for one in backends(write(SIMPLETUNER, collection))[:-1] for n in read_pairs(Path(one["instance_data_dir"]))
    ]

    assert sorted(found) == sorted(one.name for one in collection.pictures)


@pytest.mark.parametrize(
    ("size", "kept"),
    [("1152x896", True), ("896x1152", True), ("256x192", True), ("1000x1000", False), ("1152x864", False)],
)
def test_sizes_that_it_rounds_are_known(size, kept):
    """Figures from running SimpleTuner's own ``calculate_new_size_by_pixel_edge``."""
    assert keeps_size(Canvas.parse(size)) == kept


def test_sizes_that_it_rounds_are_named(tmp_path, collection):
    odd = Collection([picture(tmp_path, 1, "1152x864")], "t", 8, ".")

    assert any("1152x864" in note for note in SIMPLETUNER.settings(odd))
    assert not any("will resize" in note for note in SIMPLETUNER.settings(collection))
