"""The final check: it passes what is right, and catches what is sure but wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from unipixel.demo import TruthReport, compare_with_truth
from unipixel.demo.screenshots import source_index
from unipixel.demo.truth import JPEG_BOUND
from unipixel.errors import WorkspaceError
from unipixel.image import RGBA, load_image, save_png

if TYPE_CHECKING:
    from conftest import Taken


def _perfect(taken: Taken, *, whole: bool = False) -> dict[str, RGBA]:
    """Mean colour of each cell on the true grid: all cells in view, or only the whole ones."""
    return {path.stem: _reduce(taken, path, whole) for path in sorted(taken.truth.glob("*.json"))}


def _reduce(taken: Taken, path: Path, whole: bool) -> RGBA:
    truth = json.loads(path.read_text())
    frame = load_image(path.with_suffix(".png"))
    picture = load_image(taken.folder / truth["file"]).astype(np.float64)
    for axis in (0, 1):
        window, first, end = truth["window"][axis], truth["crop"][axis], truth["crop"][axis + 2]
        full = source_index(np.arange(window), frame.shape[axis], window)
        starts = np.flatnonzero(np.diff(full[first:end], prepend=-1))
        counts = np.diff(np.append(starts, end - first))
        shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
        picture = np.add.reduceat(picture, starts, axis=axis) / counts.reshape(shape)
        if whole:
            sizes = np.bincount(full)
            keep = counts == sizes[full[first + starts]]
            picture = picture.compress(keep, axis=axis)
    return np.rint(picture).astype(np.uint8)


def _all_sure(natives: dict[str, RGBA]) -> dict[str, bool]:
    return dict.fromkeys(natives, True)


def _first(taken: Taken, *, jpeg: bool) -> str:
    return next(shot.name for shot in taken.shots if (shot.path.suffix == ".jpg") == jpeg and shot.width > 300)


def _judge(taken: Taken, name: str, native: RGBA) -> TruthReport:
    return compare_with_truth({name: native}, {name: True}, taken.truth)


@pytest.mark.parametrize("whole", [False, True])
def test_the_true_grid_passes(taken: Taken, whole: bool) -> None:
    natives = _perfect(taken, whole=whole)
    report = compare_with_truth(natives, _all_sure(natives), taken.truth)
    pngs = [check for check in report.pictures if not check.jpeg]
    assert all(check.exact_cells == 1 for check in pngs)
    assert [check for check in pngs if not check.right] == []
    assert [check.name for check in report.pictures if not check.exact_size] == []
    counts = report.counts()
    assert counts["pictures"] == counts["found"] == counts["sure"] == 40
    assert counts["right_png"] == counts["pictures_png"] == 30
    assert counts["sure_wrong_png"] == 0


def test_most_jpegs_come_close_on_the_true_grid(taken: Taken) -> None:
    natives = _perfect(taken)
    report = compare_with_truth(natives, _all_sure(natives), taken.truth)
    shares = [check.close_cells for check in report.pictures if check.jpeg]
    assert np.median(shares) > 0.9
    assert not any(check.displaced for check in report.pictures if check.jpeg)


def test_one_wrong_pixel_of_a_png_is_caught(taken: Taken) -> None:
    name = _first(taken, jpeg=False)
    native = _perfect(taken)[name]
    native[5, 5, 0] ^= 1
    report = _judge(taken, name, native)
    assert report.wrong == (name,)
    assert name in report.complaints[0]
    assert "%" in report.complaints[0]


def test_an_unsure_native_may_be_wrong(taken: Taken) -> None:
    name = _first(taken, jpeg=False)
    native = _perfect(taken)[name][:, ::-1]
    report = compare_with_truth({name: native}, {name: False}, taken.truth)
    assert report.wrong == ()
    assert report.counts()["right"] == 0


@pytest.mark.parametrize("jpeg", [False, True])
def test_another_size_is_caught(taken: Taken, jpeg: bool) -> None:
    name = _first(taken, jpeg=jpeg)
    native = _perfect(taken)[name]
    report = _judge(taken, name, np.concatenate([native, native[-1:]]))
    assert report.wrong == (name,)
    assert "the game drew" in report.complaints[0]
    assert _judge(taken, name, native[3:]).wrong == (name,)


def test_a_row_lost_near_the_end_of_a_jpeg_is_caught(taken: Taken) -> None:
    name = _first(taken, jpeg=True)
    native = _perfect(taken)[name]
    lost = len(native) * 4 // 5
    report = _judge(taken, name, np.concatenate([native[:lost], native[lost + 1 :], native[-1:]]))
    check = next(check for check in report.pictures if check.name == name)
    assert check.close_cells > JPEG_BOUND
    assert check.displaced > 3
    assert report.wrong == (name,)
    assert "one cell from their place" in report.complaints[0]


def test_wrong_colours_of_a_jpeg_are_caught(taken: Taken) -> None:
    name = _first(taken, jpeg=True)
    native = _perfect(taken)[name]
    native[..., :3] = native[..., :3] // 2
    assert _judge(taken, name, native).wrong == (name,)


def test_see_through_pixels_are_not_the_games(taken: Taken) -> None:
    for jpeg in (False, True):
        name = _first(taken, jpeg=jpeg)
        native = _perfect(taken)[name]
        native[..., 3] = 254
        assert _judge(taken, name, native).wrong == (name,)


def test_sure_without_a_native_is_wrong(taken: Taken) -> None:
    name = taken.shots[0].name
    report = compare_with_truth({name: None}, {name: True}, taken.truth)
    assert report.complaints == (f"{name}: no native was found.",)
    assert report.counts()["found"] == 0


def test_strange_names_and_empty_folders_are_errors(taken: Taken, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="without ending"):
        compare_with_truth({"crafter-000.png": None}, {}, taken.truth)
    with pytest.raises(WorkspaceError, match="no truth in this folder"):
        compare_with_truth({}, {}, tmp_path)


def test_the_shift_says_which_border_cells_were_left_out(tmp_path: Path) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (12, 10, 4), dtype=np.uint8)
    frame[..., 3] = 255
    save_png(tmp_path / "a.png", frame)
    truth = {"window": [36, 30], "crop": [4, 0, 36, 28], "quality": 0}
    (tmp_path / "a.json").write_text(json.dumps(truth))
    for part, shift in ((frame[1:], (1, 0)), (frame[2:, :9], (2, 0)), (frame[1:, :9], (1, 0))):
        (check,) = compare_with_truth({"a": part}, {"a": True}, tmp_path).pictures
        assert (check.right, check.shift) == (True, shift)
        assert (check.least, check.most) == ((10, 9), (11, 10))
    (check,) = compare_with_truth({"a": frame[2:11]}, {"a": True}, tmp_path).pictures
    assert not check.exact_size
    assert check.shift is None
