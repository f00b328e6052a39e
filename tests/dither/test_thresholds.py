import numpy as np
import pytest

from unipixel.dither.thresholds import THRESHOLDS, bayer, blue_noise, thresholds, tiled


def test_bayers_matrix_as_printed():
    assert bayer(4).tolist() == [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]


@pytest.mark.parametrize("ranks", [bayer(2), bayer(16), blue_noise()], ids=["bayer-2", "bayer-16", "blue-noise"])
def test_every_rank_comes_once(ranks):
    assert np.array_equal(np.sort(ranks, axis=None), np.arange(ranks.size))


@pytest.mark.parametrize("name", THRESHOLDS)
def test_thresholds_are_even_and_never_plain_black_or_white(name):
    matrix = thresholds(name)

    assert 0 < matrix.min() < matrix.max() < 1
    assert matrix.mean() == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 0.9])
def test_blue_noise_is_blue(share):
    """Of the light and dark at a share, nearly nothing is coarse: less than a tenth of what white noise has."""
    is_on = blue_noise() < share * 4096
    power = np.abs(np.fft.fft2(is_on - is_on.mean())) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64)))
    coarse = (frequency > 0) & (frequency < 0.35 * np.sqrt(min(share, 1 - share)))

    assert power[coarse].mean() < 0.1 * power[frequency > 0].mean()


def test_blue_noise_has_no_direction():
    power = np.abs(np.fft.fft2((blue_noise() < 1024) - 0.25)) ** 2

    assert power[0].sum() == pytest.approx(power[:, 0].sum(), rel=0.5)


def test_tiles_begin_at_the_top_left_corner():
    assert tiled(bayer(2), (3, 5)).tolist() == [[0, 2, 0, 2, 0], [3, 1, 3, 1, 3], [0, 2, 0, 2, 0]]
