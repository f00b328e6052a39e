import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from strategies import seeds
from unipixel.evaluation import measure_discipline
from unipixel.evaluation.blocks import find_block_size


def art(seed: int = 0, height: int = 20, width: int = 24) -> np.ndarray:
    colors = np.array([(20, 20, 40), (230, 220, 190), (190, 40, 50), (40, 150, 80)], np.uint8)
    return colors[np.random.default_rng(seed).integers(0, 4, (height, width))]


def upscaled(native: np.ndarray, scale: int = 8) -> np.ndarray:
    return native.repeat(scale, axis=0).repeat(scale, axis=1)


@given(seeds, st.integers(4, 9), st.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_the_share_of_cells_with_a_quarter_of_another_colour_is_counted(seed, scale, count):
    image, half = upscaled(art(seed), scale), scale // 2
    hit = np.random.default_rng(seed).permutation(20 * 24)[:count]
    for cell in hit:
        row, col = cell // 24 * scale, cell % 24 * scale
        image[row : row + half, col : col + half] = 255 - image[row + scale - 1, col + scale - 1]
    found = measure_discipline(image, scale)

    assert found.block_size == 1
    if found.is_on_grid:
        assert found.mixels == pytest.approx(count / 480)


def test_a_row_of_strips_changes_nothing():
    native = art(1, 40, 400)  # 3200 px wide: several strips
    image = upscaled(native)
    image[8 * 17 + 4 : 8 * 18, :] = 255 - image[8 * 17 + 4 : 8 * 18, :]

    assert measure_discipline(image, 8).mixels == pytest.approx(1 / 40)


@pytest.mark.parametrize("soften", [0.4, 0.8, 1.5, 3])
def test_soft_edges_are_no_mixels(soften):
    image = np.asarray(Image.fromarray(upscaled(art())).filter(ImageFilter.GaussianBlur(soften)))

    assert measure_discipline(image, 8).mixels == 0


def test_soft_edges_between_strips_are_none_either():
    image = np.asarray(Image.fromarray(upscaled(art(1, 40, 400))).filter(ImageFilter.GaussianBlur(0.8)))

    assert measure_discipline(image, 8).mixels == 0


@pytest.mark.parametrize("sigma", [1, 2, 4, 8])
def test_noise_is_hardly_a_mixel(sigma):
    noise = np.random.default_rng(0).normal(0, sigma, (160, 192, 3))
    image = np.clip(upscaled(art()) // 2 + 60 + noise, 0, 255).astype(np.uint8)

    assert measure_discipline(image, 8).mixels < 0.02


def test_a_grid_that_is_shifted_has_none():
    image = upscaled(art())[3:, 5:]

    assert measure_discipline(image, 8).mixels == 0


def test_mixels_in_alpha_alone_count():
    image = np.dstack([upscaled(art()), np.full((160, 192), 255, np.uint8)])
    for cell in (1, 5):
        image[8 * cell : 8 * cell + 4, 8 * cell : 8 * cell + 4, 3] = 100

    assert measure_discipline(image, 8).mixels == pytest.approx(2 / 480)


@pytest.mark.parametrize("size", [2, 3])
def test_all_in_larger_blocks_is_all_mixels(size):
    native = upscaled(art(0, 48, 48), size)
    perfect, marked = upscaled(native), upscaled(native)
    marked[0, 0] ^= 1

    for image in (perfect, marked):
        found = measure_discipline(image, 8)
        assert (found.block_size, found.mixels) == (size, 1.0)
    assert measure_discipline(perfect, 8).score == 1.0


def test_few_edges_prove_no_blocks():
    assert find_block_size([np.array([0, 5] * 6), np.array([0, 5] * 5)]) == 1
    assert find_block_size([np.array([0, 5] * 40), np.zeros(80, np.int64)]) == 1
    assert find_block_size([np.array([0, 5] * 40), np.array([0, 5] * 40)]) == 2
