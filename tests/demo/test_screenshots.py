"""Screenshots: many kinds, and each is its native frame, enlarged and cut."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.demo.crafter_game import Scene
from unipixel.demo.screenshots import SCALES, choose, enlarge, source_index
from unipixel.demo.tags import BEINGS, GROUND
from unipixel.image import load_image

if TYPE_CHECKING:
    from conftest import Taken

WORDS = {*BEINGS, *GROUND, "day", "night", "dark", "from above", "no humans", "user interface", "forest", "cave"}
ITEMS = {"sapling", "wood", "stone", "coal", "iron", "diamond"}


def _truths(taken: Taken) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in taken.truth.glob("*.json")}


def test_every_screenshot_has_its_files(taken: Taken) -> None:
    names = [f"crafter-{index:03d}" for index in range(40)]
    assert [shot.name for shot in taken.shots] == names
    assert {path.name.split(".")[0] for path in taken.folder.iterdir()} == set(names)
    for name in names:
        assert (taken.folder / f"{name}.txt").is_file()
        assert (taken.folder / f"{name}.regions.json").is_file()
    assert {path.name for path in taken.truth.iterdir()} == {
        f"{name}.{end}" for name in names for end in ("png", "json")
    }
    assert all(load_image(shot.path).shape[:2] == (shot.height, shot.width) for shot in taken.shots)


def test_a_quarter_is_jpeg_of_both_samplings(taken: Taken) -> None:
    jpegs = [truth for truth in _truths(taken).values() if truth["quality"]]
    assert len(jpegs) == 10
    assert {truth["subsampling"] for truth in jpegs} == {"4:4:4", "4:2:0"}
    assert all(85 <= truth["quality"] <= 95 and truth["file"].endswith(".jpg") for truth in jpegs)


def test_worlds_times_and_things_vary(taken: Taken) -> None:
    truths = _truths(taken).values()
    tags = Counter(tag for shot in taken.shots for tag in shot.tags)
    assert len({truth["seed"] for truth in truths}) >= 4
    assert min(tags["day"], tags["night"]) >= 5
    assert {"grass", "water", "sand", "tree", "stone", "cow", "zombie", "player", "no humans"} <= set(tags)
    assert len({tuple(truth["window"]) for truth in truths}) > 20


def test_scales_are_odd_and_in_range(taken: Taken) -> None:
    scales = [scale for truth in _truths(taken).values() for scale in truth["scale"]]
    assert all(SCALES[0] - 0.01 <= scale <= SCALES[1] + 0.01 for scale in scales)
    whole = [scale for scale in scales if scale == int(scale)]
    assert 0 < len(whole) < len(scales) / 2


def test_a_png_is_its_truth_enlarged_and_cut(taken: Taken) -> None:
    for name, truth in _truths(taken).items():
        top, left, bottom, right = truth["crop"]
        expected = enlarge(load_image(taken.truth / f"{name}.png"), tuple(truth["window"]))[top:bottom, left:right]
        picture = load_image(taken.folder / truth["file"])
        if truth["quality"]:
            assert np.abs(picture.astype(int) - expected).mean() < 12
        else:
            assert np.array_equal(picture, expected)


def test_sidecars_hold_the_tags_in_plain_words(taken: Taken) -> None:
    for shot in taken.shots:
        text = (taken.folder / f"{shot.name}.txt").read_text(encoding="utf-8")
        assert text == ", ".join(shot.tags) + "\n"
        assert len(set(shot.tags)) == len(shot.tags)
        assert all(tag in WORDS | ITEMS or tag.split()[-1] in ("pickaxe", "sword") for tag in shot.tags)
        assert ("player" in shot.tags) != ("no humans" in shot.tags)


def test_progress_counts_up_to_the_end(taken: Taken) -> None:
    done = [event.done for event in taken.events]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 40)
    assert {event.total for event in taken.events} == {40}


def test_choose_prefers_the_rare_and_keeps_apart() -> None:
    def scene(step: int, being: str) -> Scene:
        return Scene(np.zeros((16, 16, 4), np.uint8), (("grass",),), ((being,),), (), 1.0, 0, step)

    scenes = [scene(step, "cow" if step == 20 else "") for step in range(40)]
    chosen = choose(scenes, 3, Counter())
    steps = [moment.step for moment in chosen]
    assert 20 in steps
    assert steps == sorted(steps)
    assert min(np.diff(steps)) >= 6
    assert len(choose(scenes[:5], 3, Counter())) == 1


def test_choose_leaves_out_the_edge_of_the_world() -> None:
    outside = Scene(np.zeros((16, 32, 4), np.uint8), (("", "grass"),), (("", ""),), (), 1.0, 0, 0)
    assert choose([outside], 1, Counter()) == []


@given(native=st.integers(1, 200), extra=st.integers(0, 1400))
def test_enlarging_shows_every_cell_as_evenly_as_it_can(native: int, extra: int) -> None:
    window = native + extra
    index = source_index(np.arange(window), native, window)
    widths = np.bincount(index, minlength=native)
    assert len(widths) == native
    assert widths.max() - widths.min() <= 1
    assert np.array_equal(index, np.sort(index))


def test_enlarge_is_what_pillow_calls_nearest() -> None:
    from PIL import Image

    native = np.random.default_rng(0).integers(0, 256, (11, 7, 4), dtype=np.uint8)
    expected = Image.fromarray(native).resize((24, 61), Image.Resampling.NEAREST)
    assert np.array_equal(enlarge(native, (61, 24)), np.asarray(expected))


def test_a_folder_that_is_a_file_is_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unipixel.demo import take_screenshots

    pytest.importorskip("crafter", reason="the extra [demo] is not installed")
    monkeypatch.setattr("unipixel.demo.screenshots.STEPS", 2)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        take_screenshots(tmp_path / "file", tmp_path / "truth", count=1)


def test_boxes_name_what_lies_in_them(taken: Taken) -> None:
    tiles = 0
    for shot in taken.shots:
        truth = json.loads((taken.truth / f"{shot.name}.json").read_text("utf-8"))
        top, left = truth["crop"][:2]
        for region in json.loads(shot.path.with_name(f"{shot.name}.regions.json").read_text("utf-8")):
            x, y, width, height = region["box"]
            row = int((y + height / 2 + top) / truth["scale"][0]) // 16
            column = int((x + width / 2 + left) / truth["scale"][1]) // 16
            if "user interface" not in region["tags"]:
                assert set(region["tags"]) <= {truth["ground"][row][column], truth["beings"][row][column]}
                tiles += 1
    assert tiles > 200
