import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import seeds
from unipixel.evaluation import measure_discipline
from unipixel.evaluation.drift import find_offsets
from unipixel.evaluation.edges import sum_edges


def blocks(seed: int = 0, height: int = 64, width: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def laid(native: np.ndarray, pitch: float) -> np.ndarray:
    """Nearest neighbour at any pitch."""
    rows, cols = ((np.arange(round(side * pitch)) + 0.5) / pitch for side in native.shape[:2])
    return native[np.minimum(rows.astype(int), len(native) - 1)][:, np.minimum(cols.astype(int), native.shape[1] - 1)]


@given(seeds, st.integers(3, 12))
@settings(max_examples=20, deadline=None)
def test_lines_on_the_grid_do_not_drift(seed, scale):
    image = laid(blocks(seed, 40, 40), scale)
    image[0, 0] ^= 255  # not perfect, so that it is measured

    found = measure_discipline(image, scale)
    assert found.drift == pytest.approx(0, abs=0.01)
    assert found.pitch == pytest.approx((scale, scale), abs=0.01)


@pytest.mark.parametrize("pitch", [7.9, 7.96, 8.04, 8.1, 8.15])
def test_pitch_is_measured_and_lines_drift_by_what_it_is_off(pitch):
    found = measure_discipline(laid(blocks(), pitch), 8)

    assert found.pitch == pytest.approx((pitch, pitch), abs=0.02)
    assert found.drift == pytest.approx(0.9 * 64 * abs(pitch - 8), rel=0.25)


@given(st.integers(0, 7), st.integers(0, 7))
@settings(max_examples=10, deadline=None)
def test_a_shift_of_the_whole_is_no_drift(row, col):
    image = laid(blocks(), 8)[row : row + 400, col : col + 400]
    found = measure_discipline(image, 8)

    assert found.drift == pytest.approx(0, abs=0.05)
    assert found.pitch == pytest.approx((8, 8), abs=0.01)


def test_drift_grows_with_the_pitch_and_passes_a_whole_cell():
    drifts = [measure_discipline(laid(blocks(), 8 * (1 + off)), 8).drift for off in (0, 0.003, 0.006, 0.012, 0.022)]

    assert (np.diff(drifts) > 0).all()
    assert drifts[-1] > 8


def test_a_part_that_runs_off_alone_is_a_drift():
    image = laid(blocks(), 8)
    image[:256] = np.roll(image[:256], 3, axis=1)

    assert measure_discipline(image, 8).drift == pytest.approx(3, abs=0.3)


def test_each_place_says_its_offset():
    image = np.roll(laid(blocks(), 8), 2, axis=1)
    offsets = find_offsets(sum_edges(image.transpose(2, 0, 1), 8)[1], 8)

    assert set(offsets.band) == {0, 1, 2, 3}
    assert np.median(offsets.offset) == pytest.approx(2, abs=0.01)
    assert (offsets.weight > 0).all()


def test_where_there_are_no_lines_none_are_followed():
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, np.arange(256) // 8 % 2 == 1] = 200
    stripes[0, 0] = 9

    assert measure_discipline(noise, 8).drift is None
    assert measure_discipline(noise, 8).pitch == (None, None)
    assert measure_discipline(stripes, 8).pitch[0] is None
    assert measure_discipline(stripes, 8).pitch[1] == pytest.approx(8, abs=0.01)
