import sys
from types import ModuleType

import numpy as np
import pytest

from unipixel.color import distance, quantize
from unipixel.color.others import OTHERS
from unipixel.errors import MissingExtra

PILLOW = [name for name in OTHERS if name != "libimagequant"]


def four_fields() -> tuple[np.ndarray, np.ndarray]:
    """A picture of four colours, and a fifth where the mask says that pixels don't count."""
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:10, :10], picture[:10, 10:], picture[10:, :10] = (250, 10, 10), (10, 250, 10), (10, 10, 250)
    picture[5:8, 5:8] = 255
    return picture, ~(picture == 255).all(axis=2)


@pytest.mark.parametrize("method", PILLOW)
def test_pixels_that_do_not_count_have_no_say(method):
    picture, shown = four_fields()
    chosen = OTHERS[method](picture, shown, 4)

    assert chosen.dtype == np.uint8
    assert chosen.shape == (4, 3)
    for pixel in picture[shown]:
        assert distance(chosen, pixel).min() < 0.02


@pytest.mark.parametrize("method", PILLOW)
def test_no_more_than_wanted(method):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)

    for wanted in (1, 2, 9, 256):
        assert 1 <= len(OTHERS[method](noise, np.ones((40, 40), bool), wanted)) <= wanted


@pytest.mark.parametrize("method", PILLOW)
def test_places_that_a_method_leaves_empty_are_no_colours(method):
    bright = np.random.default_rng(0).integers(200, 256, (20, 20, 3), dtype=np.uint8)

    assert OTHERS[method](bright, np.ones((20, 20), bool), 256).min() > 150


def test_k_means_is_not_median_cut():
    noise = np.random.default_rng(0).normal(120, 40, (40, 40, 3)).clip(0, 255).astype(np.uint8)
    shown = np.ones((40, 40), bool)

    assert not np.array_equal(OTHERS["k-means"](noise, shown, 8), OTHERS["median-cut"](noise, shown, 8))


def test_libimagequant_is_asked_for_by_the_name_of_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagequant", None)
    noise = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)

    with pytest.raises(MissingExtra, match=r"libimagequant needs imagequant.*unipixel-kit\[imagequant\]"):
        quantize(noise, 8, method="libimagequant")


def test_libimagequant_is_told_which_pixels_count_and_leaves_a_place_for_the_others(monkeypatch):
    picture, shown = four_fields()
    told = {}

    def quantize_raw_rgba_bytes(data, width, height, dithering_level, max_colors):
        pixels = np.frombuffer(data, np.uint8).reshape(height, width, 4)
        told.update(hidden=pixels[..., 3] == 0, colors=max_colors, dithering=dithering_level)
        colors, indices = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
        table = np.zeros((256, 4), np.uint8)
        table[: len(colors)] = colors
        return indices.astype(np.uint8).tobytes(), table.ravel().tolist()

    stand_in = ModuleType("imagequant")
    stand_in.quantize_raw_rgba_bytes = quantize_raw_rgba_bytes
    monkeypatch.setitem(sys.modules, "imagequant", stand_in)
    chosen = OTHERS["libimagequant"](picture, shown, 4)

    assert np.array_equal(told["hidden"], ~shown)
    assert (told["colors"], told["dithering"]) == (5, 0.0)
    assert sorted(map(tuple, chosen.tolist())) == sorted(set(map(tuple, picture[shown].tolist())))
    assert len(OTHERS["libimagequant"](picture, shown, 3)) == 3  # also where no place went to hidden pixels


def test_the_real_libimagequant():
    pytest.importorskip("imagequant")
    picture, shown = four_fields()
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)

    assert sorted(map(tuple, OTHERS["libimagequant"](picture, shown, 4).tolist())) == sorted(
        set(map(tuple, picture[shown].tolist()))
    )
    for wanted in (1, 2, 9, 256):
        assert 1 <= len(OTHERS["libimagequant"](noise, np.ones((40, 40), bool), wanted)) <= wanted
