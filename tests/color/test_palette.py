import numpy as np
import pytest
from hypothesis import given

from strategies import palettes
from unipixel.color import Palette
from unipixel.errors import PaletteError


@given(palettes())
def test_hex_round_trip_keeps_order(palette):
    again = Palette.from_hex(palette.to_hex(), "other name")

    assert again == palette
    assert hash(again) == hash(palette)


def test_order_matters():
    assert Palette.from_hex(["000000", "ffffff"]) != Palette.from_hex(["ffffff", "000000"])


@pytest.mark.parametrize("codes", [[], ["12345"], ["12345g"], ["#1234567"], ["٠٠٠٠٠٠"], ["000000"] * 257])
def test_what_is_no_palette_is_refused(codes):
    with pytest.raises(PaletteError):
        Palette.from_hex(codes)


def test_a_palette_cannot_be_changed_from_outside():
    colors = np.zeros((2, 3), np.uint8)
    palette = Palette(colors)
    colors[:] = 9

    assert (palette.colors == 0).all()
    with pytest.raises(ValueError, match="read-only"):
        palette.colors[0] = 1
