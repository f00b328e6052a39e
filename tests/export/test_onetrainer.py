"""Concepts are what OneTrainer takes, each at the size of its own images.

Names and types: https://github.com/Nerogar/OneTrainer/blob/master/modules/util/config/ConceptConfig.py, read 2026-11-23
at commit 23df383. OneTrainer's classes and its loader read such an export on the same day: docs/how-to/export.md.
"""

import json
from pathlib import Path

from export_data import expected, picture, read_pairs
from unipixel.export import EXPORTERS, Collection

ONETRAINER = EXPORTERS["onetrainer"]
CONCEPT = {
    "__version": int, "name": str, "path": str, "seed": int, "enabled": bool, "type": str,
    "include_subdirectories": bool, "image_variations": int, "text_variations": int, "balancing": float,
    "balancing_strategy": str, "loss_weight": float, "image": dict, "text": dict,
}  # fmt: skip
TEXT = {
    "__version": int, "prompt_source": str, "prompt_path": str, "enable_tag_shuffling": bool, "tag_delimiter": str,
    "keep_tags_count": int, "tag_dropout_enable": bool, "caps_randomize_enable": bool,
}  # fmt: skip
AUGMENTATIONS = {
    f"enable_{how}_{what}"
    for how in ("random", "fixed")
    for what in ("flip", "rotate", "brightness", "contrast", "saturation", "hue")
} | {"enable_crop_jitter", "enable_random_circular_mask_shrink", "enable_random_mask_rotate_crop"}


def concepts(folder: Path) -> list[dict]:
    return json.loads((folder / "concepts.json").read_text("utf-8"))


def test_every_field_is_one_that_it_knows(collection, write):
    for concept in concepts(write(ONETRAINER, collection)):
        assert {key: type(value) for key, value in concept.items()} == CONCEPT
        assert {key: type(value) for key, value in concept["text"].items()} == TEXT
        assert set(concept["image"]) == AUGMENTATIONS | {
            "__version", "enable_resolution_override", "resolution_override"
        }  # fmt: skip
        assert concept["type"] in ("STANDARD", "VALIDATION")


def test_all_that_moves_or_paints_a_pixel_is_off(collection, write):
    """Crop jitter is on by default, so it has to be said."""
    for concept in concepts(write(ONETRAINER, collection)):
        assert not any(concept["image"][name] for name in AUGMENTATIONS)
        assert not any(concept["text"][name] for name in TEXT if name.endswith(("enable", "shuffling")))


def test_a_concept_is_of_one_size_and_overrides_the_resolution_with_it(collection, write):
    for concept in concepts(write(ONETRAINER, collection)):
        size, repeats = concept["path"].rsplit("/", 1)[1].split("-")
        split = "validation" if concept["type"] == "VALIDATION" else "train"

        assert concept["image"]["enable_resolution_override"]
        assert concept["image"]["resolution_override"] == size
        assert (concept["balancing_strategy"], concept["balancing"]) == ("REPEATS", float(repeats))
        found = read_pairs(Path(concept["path"]))
        assert found == expected(collection, split, canvas=size, repeats=repeats)
        assert found


def test_all_images_are_in_one_concept(collection, write):
    found = [name for concept in concepts(write(ONETRAINER, collection)) for name in read_pairs(Path(concept["path"]))]

    assert sorted(found) == sorted(one.name for one in collection.pictures)


def test_sizes_that_it_rounds_are_named(tmp_path, collection):
    odd = Collection([picture(tmp_path, 1, "256x160")], "t", 8, ".")

    assert any("256x160" in note for note in ONETRAINER.settings(odd))
    assert not any("256x192" in note for note in ONETRAINER.settings(collection))
