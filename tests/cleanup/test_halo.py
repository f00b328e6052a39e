import numpy as np
import pytest

from cleanup.pictures import INKS, disc, draw
from unipixel.cleanup.halo import remove_halo

INK = np.array(INKS["o"], np.float64)


def hard(cover: np.ndarray, ground: np.ndarray) -> np.ndarray:
    return np.where(cover[..., None] >= 0.5, INK, ground).astype(np.uint8)


def off(cleaned: np.ndarray, cover: np.ndarray, ground: np.ndarray) -> float:
    """Pixels that are not what the hard disc has, as a share of its fringe."""
    fringe = (cover > 0.1) & (cover < 0.9)
    return float((cleaned != hard(cover, ground)).any(-1)[fringe].mean())


@pytest.mark.parametrize("ground", [(250, 250, 240, 255), (90, 160, 220, 255)])
def test_a_fringe_before_a_ground_becomes_figure_or_ground(ground):
    cover, ground = disc(), np.array(ground, np.float64)
    native = (cover[..., None] * INK + (1 - cover[..., None]) * ground).round().astype(np.uint8)

    assert off(remove_halo(native), cover, ground) < 0.25 < off(native, cover, ground)


def test_a_translucent_fringe_becomes_figure_or_nothing():
    cover = disc()
    native = np.empty((24, 24, 4), np.uint8)
    native[..., :3], native[..., 3] = INK[:3], (cover * 255).round()
    native[native[..., 3] == 0] = 0
    cleaned = remove_halo(native)

    assert off(cleaned, cover, np.zeros(4)) < 0.25 < off(native, cover, np.zeros(4))


def test_a_white_fringe_of_a_figure_that_was_cut_out_goes():
    cover = disc()
    native = (cover[..., None] * INK + (1 - cover[..., None]) * 255).round().astype(np.uint8)
    native[cover == 0] = 0

    assert off(remove_halo(native), cover, np.zeros(4)) < 0.25 < off(native, cover, np.zeros(4))


def test_single_light_pixels_at_the_rim_stay():
    native = hard(disc(), np.zeros(4))
    row = int(np.flatnonzero(native[:, 12, 3])[0])
    native[row, 12, :3] = (INK[:3] + 255) / 2

    assert np.array_equal(remove_halo(native), native)


def test_outlines_and_shades_that_are_no_mixtures_stay():
    native = draw("""
WWWWWWWWWWWWWW
WWW########WWW
WW##aaaaaa##WW
WW#aaabbbba#WW
WW#aaaaaaaa#WW
WWW########WWW
WWWWWWWWWWWWWW
""")

    assert np.array_equal(remove_halo(native), native)


def test_a_shade_that_fills_areas_stays():
    native = hard(disc(), np.array(INKS["W"], np.float64))
    shade = ((INK + np.array(INKS["W"])) / 2).astype(np.uint8)
    native[11:14, 11:14] = shade
    native[disc() < 0.5] = INKS["W"]
    native[12, 20:22] = shade

    assert np.array_equal(remove_halo(native), native)
