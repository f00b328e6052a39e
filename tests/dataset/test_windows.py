import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import natives, seeds
from unipixel.dataset import busyness, propose_windows, tile_period


def tile_map(seed: int, period: int, rows: int = 12, cols: int = 12, phase: tuple[int, int] = (0, 0)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    tiles = rng.integers(0, 256, (3, period, period, 3)).astype(np.uint8)
    lines = [np.hstack([tiles[kind] for kind in rng.integers(0, 3, cols)]) for _ in range(rows)]
    native = np.vstack(lines)[-phase[0] % period :, -phase[1] % period :]
    return np.dstack([native, np.full(native.shape[:2], 255, np.uint8)])


@given(natives(alpha=True))
def test_busyness_is_shared_out_whole(native):
    worth = busyness(native)

    assert worth.shape == native.shape[:2]
    assert worth.sum() == pytest.approx(1)
    assert (worth >= 0).all()


@given(natives(max_side=20), st.integers(1, 16), st.integers(1, 16))
def test_windows_lie_inside_and_best_keep_most(native, height, width):
    found = propose_windows(native, (height, width), count=3, tiles=(None, None))
    worth = busyness(native)

    for window in found:
        assert (window.height, window.width) == (min(height, len(native)), min(width, native.shape[1]))
        assert 0 <= window.row <= len(native) - window.height
        assert 0 <= window.col <= native.shape[1] - window.width
    best = max(
        worth[row : row + found[0].height, col : col + found[0].width].sum()
        for row in range(len(native) - found[0].height + 1)
        for col in range(native.shape[1] - found[0].width + 1)
    )
    assert found[0].kept == pytest.approx(best)


def test_a_flat_picture_is_cropped_in_the_middle():
    window = propose_windows(np.full((11, 21, 4), 255, np.uint8), (5, 5))[0]

    assert (window.row, window.col) == (3, 8)


def test_several_windows_show_different_things():
    native = np.full((40, 80, 4), 255, np.uint8)
    for at in (5, 60):
        native[10:20, at : at + 10, :3] = np.random.default_rng(at).integers(0, 256, (10, 10, 3))
    first, second = propose_windows(native, (20, 20), count=2)

    assert abs(first.col - second.col) >= 20


def test_no_second_window_where_there_is_nothing_new():
    native = np.full((40, 80, 4), 255, np.uint8)
    native[10:20, 5:15, :3] = 0

    assert len(propose_windows(native, (20, 20), count=5)) == 1


@settings(max_examples=15)
@given(seeds, st.sampled_from([5, 8, 16]), st.integers(0, 15), st.integers(0, 15))
def test_tiles_are_found_with_period_and_phase(seed, period, row, col):
    row, col = row % period, col % period
    native = tile_map(seed, period, phase=(row, col))

    assert tile_period(native, 0) == (period, row)
    assert tile_period(native, 1) == (period, col)
    for window in propose_windows(native, (2 * period, 3 * period), count=3):
        assert window.row % period == row
        assert window.col % period == col


@given(seeds)
def test_noise_has_no_tiles(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (48, 48, 4)).astype(np.uint8)

    assert tile_period(noise, 0) is None
    assert tile_period(noise[:3, :3], 1) is None


def test_known_tiles_are_obeyed_where_they_can_be():
    noise = np.random.default_rng(0).integers(0, 256, (50, 50, 4)).astype(np.uint8)
    window = propose_windows(noise, (16, 49), tiles=((16, 2), (16, 9)))[0]

    assert window.row % 16 == 2
    assert window.col in (0, 1)  # no place with phase 9 is left, so any will do
