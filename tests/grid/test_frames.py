"""Frames that share one grid, and grids looked for in a part of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from grid.art import add_noise, draw_native, draw_photo, encode_jpeg
from unipixel.errors import GridMismatch
from unipixel.grid import recover, recover_frames, upscale
from unipixel.grid.pixels import take_lines
from unipixel.image import RGBA


def draw_animation(count: int, *, seed: int = 0) -> list[RGBA]:
    """A small sprite that walks over a flat ground."""
    sprite = draw_native(6, 6, seed=seed)
    frames = []
    for number in range(count):
        frame = np.full((24, 40, 4), 255, np.uint8)
        frame[..., :3] = (60, 120, 90)
        frame[2 + 3 * (number % 5) : 8 + 3 * (number % 5), 1 + 5 * number : 7 + 5 * number] = sprite
        frames.append(frame)
    return frames


def test_frames_together_know_what_none_of_them_knows_alone() -> None:
    natives = []
    for number in range(8):
        native = np.full((20, 20, 4), 255, np.uint8)
        native[1 + 7 * number % 18, 1 + 5 * number % 17, :3] = (200, 60, 30)
        natives.append(native)
    frames = [upscale(native, 6) for native in natives]
    together = recover_frames(frames)
    assert len({id(answer.grid) for answer in together}) == 1
    for answer, native, frame in zip(together, natives, frames, strict=True):
        assert answer.is_sure
        assert answer.native is not None
        np.testing.assert_array_equal(answer.native, native)
        assert not recover(frame).is_sure


def test_clean_frames_are_exact_and_sure() -> None:
    natives = draw_animation(6, seed=3)
    for answer, native in zip(recover_frames([upscale(native, 5) for native in natives]), natives, strict=True):
        assert answer.native is not None
        np.testing.assert_array_equal(answer.native, native)
        assert answer.is_sure


def test_nothing_flickers_over_noisy_frames() -> None:
    native = draw_native(24, 30, seed=4)
    frames = [add_noise(upscale(native, 8), 4.0, seed=seed) for seed in range(4)]
    found = [answer.native for answer in recover_frames(frames, scale=8, offset=(0, 0))]
    alone = [recover(frame, scale=8, offset=(0, 0), cells="median").native for frame in frames]
    assert share_same(found) > 0.97
    assert share_same(alone) < 0.5


def share_same(natives: list[RGBA | None]) -> float:
    """Share of cells that have the very same colour in all frames."""
    stack = np.stack([native for native in natives if native is not None])
    assert len(stack) == len(natives)
    return float((stack == stack[0]).all((0, 3)).mean())


def test_one_frame_is_a_picture() -> None:
    canvas = encode_jpeg(upscale(draw_native(30, 30, seed=1), 7), 85)
    alone, (framed,) = recover(canvas), recover_frames([canvas])
    assert alone.native is not None
    assert framed.native is not None
    np.testing.assert_array_equal(alone.native, framed.native)
    assert alone.confidence == framed.confidence


@pytest.mark.parametrize("frames", [[], [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8)]])
def test_frames_must_be_alike(frames: list[np.ndarray]) -> None:
    with pytest.raises(GridMismatch, match="all of one size"):
        recover_frames(frames)


def test_a_region_leaves_out_what_is_no_pixel_art() -> None:
    native = draw_native(40, 40, seed=2)
    canvas = upscale(native, 8)
    canvas[:96] = draw_photo(96, 320, seed=1)
    answer = recover(canvas, region=(96, 0, 320, 320))
    assert answer.grid is not None
    assert answer.grid.scale == 8
    assert answer.native is not None
    np.testing.assert_array_equal(answer.native[12:], native[12:])
    assert not answer.is_sure
    assert "not exactly" in answer.reason


def test_a_region_gives_the_lines_of_the_whole() -> None:
    native = draw_native(40, 44, seed=2)
    canvas = upscale(native, 7)[3:, 5:]
    answer = recover(canvas, region=(50, 61, 200, 250))
    assert answer.is_sure
    assert answer.native is not None
    np.testing.assert_array_equal(answer.native, native)


@pytest.mark.parametrize("region", [(0, 0, 0, 8), (0, 0, 65, 8), (-1, 0, 8, 8), (9, 0, 8, 8)])
def test_a_region_must_lie_in_the_picture(region: tuple[int, int, int, int]) -> None:
    with pytest.raises(GridMismatch, match="does not lie in 64x64 px"):
        recover(upscale(draw_native(8, 8), 8), region=region)


def test_a_region_and_a_known_grid_are_refused() -> None:
    with pytest.raises(GridMismatch, match="leave it out"):
        recover(upscale(draw_native(8, 8), 8), region=(0, 0, 8, 8), scale=8)


def test_lines_that_are_looked_at_meet_cells_at_every_place() -> None:
    rows = np.arange(1024, dtype=np.uint8) % 8
    stack = np.full((4, 1024, 32, 4), 255, np.uint8)
    stack[..., 0] = rows[:, None]
    for lines in (take_lines(stack, 1), take_lines(stack.swapaxes(1, 2), 0)):
        counts = np.bincount(lines[:, 0, 0], minlength=8)
        assert counts.min() > 0.8 * counts.mean()
