"""One palette for all frames; alpha stays; an artist's dither stays one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives, palettes
from unipixel.color import Palette
from unipixel.conversion import Options
from unipixel.conversion.recolor import as_palette, recolor


@given(natives(alpha=True), palettes(), st.sampled_from(["none", "bayer-4", "floyd-steinberg"]))
def test_colours_are_the_palettes_and_alpha_is_the_frames(native, palette, method):
    shown, chosen = recolor(native[None], Options(palette=palette, dither=method))

    assert chosen == palette
    assert np.array_equal(shown[0, ..., 3], native[..., 3])
    seen = shown[0][native[..., 3] > 0][:, :3]
    assert {bytes(color) for color in seen} <= {bytes(color) for color in palette.colors}
    assert not shown[0][native[..., 3] == 0].any()


@given(natives(), natives(), st.integers(1, 4))
def test_frames_share_one_automatic_palette(first, second, colors):
    height, width = (min(a, b) for a, b in zip(first.shape[:2], second.shape[:2], strict=True))
    frames = np.stack([first[:height, :width], second[:height, :width]])

    shown, palette = recolor(frames, Options(colors=colors))

    assert len(palette) <= colors
    assert {bytes(c) for c in shown[..., :3].reshape(-1, 3)} <= {bytes(c) for c in palette.colors}


def test_colours_that_are_kept_stand_among_the_automatic_ones():
    frames = np.random.default_rng(0).integers(0, 256, (1, 9, 9, 4)).astype(np.uint8)

    _, palette = recolor(frames, Options(colors=4, keep="#010203,#fefdfc"))

    assert len(palette) == 4
    assert {"#010203", "#fefdfc"} <= set(palette.to_hex())


def test_nothing_is_done_unless_asked():
    frames = np.random.default_rng(0).integers(0, 256, (2, 5, 6, 4)).astype(np.uint8)

    shown, palette = recolor(frames, Options())

    assert palette is None
    assert np.array_equal(shown, frames)


def test_an_artists_checkerboard_stays_two_colours():
    native = np.full((16, 16, 4), 255, np.uint8)
    native[..., :3] = (90, 90, 90)
    native[(np.indices((16, 16)).sum(0) % 2).astype(bool), :3] = (110, 110, 110)
    palette = Palette.from_hex(["000000", "555555", "777777", "ffffff"])

    shown, _ = recolor(native[None], Options(palette=palette))

    assert len({bytes(color) for color in shown[0, ..., :3].reshape(-1, 3)}) == 2


@pytest.mark.parametrize("given_as", ["pico-8", "#000000,#1d2b53", Palette.from_hex(["000000"])])
def test_a_palette_is_known_by_name_colours_or_itself(given_as):
    assert as_palette(given_as).colors[0].tolist() == [0, 0, 0]
