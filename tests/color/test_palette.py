import numpy as np
import pytest
from hypothesis import given

from strategies import natives, palettes
from unipixel.color import Palette, snap, to_oklab
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


@given(natives(), palettes())
def test_snap_is_exact(native, palette):
    """Brute force over every pair, in another formula and in double precision."""
    indices = snap(native, palette)

    pixels, goals = (to_oklab(rgb).astype(np.float64) for rgb in (native, palette.colors))
    all_distances = np.sqrt(((pixels[:, :, None] - goals) ** 2).sum(axis=-1))
    chosen = np.take_along_axis(all_distances, indices[..., None].astype(np.int64), axis=2)[..., 0]
    assert np.allclose(chosen, all_distances.min(axis=2), rtol=0, atol=1e-9)


@given(natives(), palettes())
def test_snap_changes_nothing_twice(native, palette):
    snapped = palette.colors[snap(native, palette)]

    assert np.array_equal(palette.colors[snap(snapped, palette)], snapped)


def test_of_equal_colours_the_first_is_taken_and_chunks_do_not_show():
    palette = Palette.from_hex(["ff0000", "00ff00", "00ff00"])
    codes = np.arange(0, 1 << 24, 41)[: 720 * 560].reshape(720, 560)
    image = np.stack([codes >> 16, codes >> 8, codes], axis=-1).astype(np.uint8)

    indices = snap(image, palette)
    assert 2 not in indices
    assert np.array_equal(indices[500:510], snap(image[500:510], palette))
