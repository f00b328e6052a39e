"""Tags: what is in view, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from unipixel.demo.crafter_game import Scene
from unipixel.demo.tags import light_tags, scene_tags


def _scene(daylight: float = 1.0) -> Scene:
    return Scene(
        frame=np.full((64, 48, 4), 255, np.uint8),
        ground=(("tree", "grass", "water"), ("grass", "grass", "stone")),
        beings=(("", "", ""), ("player", "cow", "")),
        items=("wood_pickaxe",),
        daylight=daylight,
        seed=0,
        step=0,
    )


def test_the_whole_frame_names_all_of_it() -> None:
    assert scene_tags(_scene(), (0, 0, 64, 48)) == (
        "player", "cow", "tree", "water", "stone", "grass", "wood pickaxe", "user interface", "day", "from above",
    )  # fmt: skip


def test_a_part_names_only_that_part() -> None:
    assert scene_tags(_scene(), (0, 16, 32, 48)) == ("cow", "water", "stone", "grass", "day", "from above", "no humans")


@pytest.mark.parametrize(("left", "seen"), [(8, True), (9, False)])
def test_a_tile_counts_from_its_half(left: int, seen: bool) -> None:
    assert ("player" in scene_tags(_scene(), (0, left, 32, 48))) is seen


def test_what_the_night_hides_is_not_named() -> None:
    ground = (("grass",) * 9,) * 7
    beings = (("cow", *[""] * 8), *((("",) * 9,) * 2), ("",) * 9, *((("",) * 9,) * 3))
    frame = np.zeros((144, 144, 4), np.uint8)
    day, night = (Scene(frame, ground, beings, (), light, 0, 0) for light in (1.0, 0.0))
    assert "cow" in scene_tags(day, (0, 0, 112, 144))
    assert "cow" not in scene_tags(night, (0, 0, 112, 144))


@pytest.mark.parametrize(
    ("daylight", "tags"), [(1.0, ["day"]), (0.6, ["day"]), (0.45, ["dark"]), (0.1, ["night", "dark"])]
)
def test_light_follows_the_game(daylight: float, tags: list[str]) -> None:
    assert light_tags(daylight) == tags


def test_a_place_needs_more_than_one_tile_of_it() -> None:
    forest = Scene(
        np.zeros((32, 48, 4), np.uint8), (("tree",) * 3, ("tree", "grass", "grass")), (("",) * 3,) * 2, (), 1.0, 0, 0
    )
    assert "forest" in scene_tags(forest, (0, 0, 32, 48))
    assert "forest" not in scene_tags(forest, (0, 0, 16, 48))
