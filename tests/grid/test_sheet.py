"""Sprite sheets whose frames have a known layout."""

from __future__ import annotations

import numpy as np
import pytest

from grid.art import draw_native, encode_jpeg
from unipixel.errors import GridMismatch
from unipixel.grid import recover, recover_sheet, split_sheet, upscale
from unipixel.image import RGBA


def draw_sheet(rows: int, cols: int) -> tuple[RGBA, RGBA]:
    """A sheet of 8 px cells whose frames are cut in the middle of cells, and its native: 50x42 px a frame."""
    natives = [[draw_native(6, 7, seed=10 * row + col) for col in range(cols)] for row in range(rows)]
    frames = [[upscale(native, 8)[3:45, 2:52] for native in row] for row in natives]
    return np.vstack([np.hstack(row) for row in frames]), np.vstack([np.hstack(row) for row in natives])


def test_frames_are_cut_row_by_row() -> None:
    sheet, _ = draw_sheet(2, 3)
    frames = split_sheet(sheet, (2, 3))
    assert len(frames) == 6
    np.testing.assert_array_equal(frames[4], sheet[42:, 50:100])


def test_each_frame_begins_anew() -> None:
    sheet, native = draw_sheet(3, 4)
    answer = recover_sheet(sheet, (3, 4))
    assert answer.is_sure
    assert answer.native is not None
    np.testing.assert_array_equal(answer.native, native)
    assert answer.grid is not None
    assert answer.grid.canvas_size == sheet.shape[:2]
    assert {50, 100, 150} <= set(answer.grid.cols)
    assert answer.doubt.max() == 0
    whole = recover(sheet)
    assert whole.native is None or whole.native.shape != native.shape


def test_a_damaged_sheet_keeps_its_size() -> None:
    sheet, native = draw_sheet(3, 4)
    answer = recover_sheet(encode_jpeg(sheet, 90), (3, 4), scale=8)
    assert answer.native is not None
    assert answer.native.shape == native.shape
    assert answer.doubt.shape == native.shape[:2]


def test_a_sheet_without_a_grid_has_none() -> None:
    noise = np.random.default_rng(0).normal(128, 30, (96, 128, 3)).clip(0, 255).astype(np.uint8)
    answer = recover_sheet(noise, (2, 2))
    assert answer.native is None
    assert answer.doubt.shape == (96, 128)


@pytest.mark.parametrize("layout", [(0, 1), (5, 1), (1, 7)])
def test_a_layout_must_fit(layout: tuple[int, int]) -> None:
    with pytest.raises(GridMismatch, match="frames of one size"):
        split_sheet(np.zeros((42, 50, 3), np.uint8), layout)
