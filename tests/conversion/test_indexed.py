"""Indices and their table are the frames, in the palette's order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, palettes
from unipixel.color import Palette, snap, to_oklab
from unipixel.conversion.indexed import index_frames


@given(natives(alpha=True))
def test_the_table_at_the_indices_is_the_frames(native):
    found = index_frames(native[None])

    assert np.array_equal(found.table[found.indices][0], native)
    assert len(np.unique(found.table, axis=0)) == len(found.table)


@given(natives(), palettes())
def test_a_palette_comes_first_whole_and_in_order(native, palette):
    native[..., :3] = palette.colors[snap(native, palette)]

    found = index_frames(native[None], palette)

    assert np.array_equal(found.table[: len(palette), :3], palette.colors)
    assert np.array_equal(found.table[found.indices][0], native)


@given(natives(alpha=True))
def test_without_a_palette_opaque_colours_come_first_dark_to_light(native):
    table = index_frames(native[None]).table
    opaque = table[: np.count_nonzero(table[:, 3] == 255)]

    assert (opaque[:, 3] == 255).all()
    assert (np.diff(to_oklab(opaque)[:, 0]) >= -1e-4).all()


def test_what_is_transparent_is_one_entry_behind_the_palette():
    native = np.zeros((2, 2, 4), np.uint8)
    native[0] = (255, 255, 255, 255)

    found = index_frames(native[None], Palette.from_hex(["000000", "ffffff"]))

    assert found.transparent == 2
    assert found.indices[0].tolist() == [[1, 1], [2, 2]]


def test_an_opaque_picture_has_no_transparent_entry():
    assert index_frames(np.full((1, 1, 1, 4), 255, np.uint8)).transparent is None


@given(st.integers(257, 300))
def test_more_than_256_colours_are_no_table(count):
    codes = np.arange(count)
    native = np.dstack([codes % 256, codes // 256, codes * 0, codes * 0 + 255]).astype(np.uint8)

    assert index_frames(native[None]) is None


def test_a_full_palette_has_no_room_for_transparency():
    codes = np.arange(256, dtype=np.uint8)
    palette = Palette(np.stack([codes, codes, codes], 1))
    native = np.zeros((1, 1, 1, 4), np.uint8)

    assert index_frames(native, palette) is None
