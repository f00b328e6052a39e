from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import palettes
from unipixel.color import Palette, PaletteOrder, reduce_palette, sort_palette, to_oklab
from unipixel.errors import PaletteError

WHEEL = ["ff0000", "ffff00", "00ff00", "00ffff", "0000ff", "ff00ff"]


@given(palettes(), st.sampled_from(get_args(PaletteOrder)), st.booleans())
def test_sorting_keeps_every_colour_and_sorts_once(palette, by, reverse):
    done = sort_palette(palette, by, reverse=reverse)

    assert sorted(done.to_hex()) == sorted(palette.to_hex())
    assert done.name == palette.name
    assert sort_palette(done, by) == sort_palette(palette, by)


@given(palettes())
def test_by_lightness_is_from_dark_to_light(palette):
    assert (np.diff(to_oklab(sort_palette(palette, "lightness").colors)[:, 0]) >= 0).all()


def test_by_hue_goes_around_the_wheel_from_red_after_the_greys():
    shuffled = Palette.from_hex([*WHEEL[3:], "ffffff", *WHEEL[:3], "808080"])

    assert sort_palette(shuffled, "hue").to_hex() == tuple("#" + code for code in ["808080", "ffffff", *WHEEL])


def test_by_chroma_is_from_grey_to_vivid():
    done = sort_palette(Palette.from_hex(["ff0000", "ffffff", "aa6666"]), "chroma")

    assert done.to_hex() == ("#ffffff", "#aa6666", "#ff0000")


def test_by_ramp_keeps_hue_families_together_each_from_dark_to_light():
    mixed = Palette.from_hex(["ff4040", "204080", "ffffff", "800000", "4080ff", "000000", "c00000", "102040"])

    assert sort_palette(mixed).to_hex() == (
        "#000000", "#ffffff", "#800000", "#c00000", "#ff4040", "#102040", "#204080", "#4080ff",
    )  # fmt: skip


def test_an_unknown_order_is_refused():
    with pytest.raises(PaletteError, match="lightness, hue, chroma, ramp"):
        sort_palette(Palette.from_hex(["000000"]), "size")  # type: ignore[arg-type]


@given(palettes(), st.integers(1, 16))
def test_reducing_keeps_own_colours_in_their_order(palette, colors):
    done = reduce_palette(palette, colors)
    places = [palette.to_hex().index(code) for code in done.to_hex()]

    assert places == sorted(places)
    assert len(done) == len(set(done.to_hex())) <= colors
    if colors >= len(palette):
        assert done == palette


def test_reducing_leaves_duplicates_out():
    assert reduce_palette(Palette.from_hex(["000000", "ffffff", "000000"]), 8).to_hex() == ("#000000", "#ffffff")


def test_reducing_merges_what_is_near_and_keeps_what_is_alone():
    near = Palette.from_hex(["101010", "00ff00", "111111", "101110", "ff0000"])

    assert {"#00ff00", "#ff0000"} < set(reduce_palette(near, 3).to_hex())
    with pytest.raises(PaletteError):
        reduce_palette(near, 0)
