import numpy as np
import pytest
from hypothesis import given

from strategies import palettes
from unipixel.color import distance, to_oklab, to_srgb


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (1.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        # Ottosson's own figures for the primaries, to the third place.
        ((255, 0, 0), (0.628, 0.225, 0.126)),
        ((0, 255, 0), (0.866, -0.234, 0.179)),
        ((0, 0, 255), (0.452, -0.032, -0.312)),
    ],
)
def test_known_colours(rgb, lab):
    assert to_oklab(np.array(rgb, np.uint8)) == pytest.approx(lab, abs=6e-4)


def test_every_grey_and_every_edge_of_the_cube_comes_back():
    steps = np.array([0, 1, 10, 11, 64, 127, 128, 200, 254, 255], np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1)

    assert np.array_equal(to_srgb(to_oklab(cube)), cube)


def test_alpha_is_left_out_and_shape_kept():
    image = np.zeros((2, 3, 4), np.uint8)

    assert to_oklab(image).shape == (2, 3, 3)
    assert to_oklab(image).dtype == np.float32


@given(palettes(min_size=2))
def test_distance_is_a_metric(palette):
    first, second = palette.colors[:-1], palette.colors[1:]

    assert (distance(first, second) > 0).all()
    assert np.array_equal(distance(first, second), distance(second, first))
    assert (distance(first, first) == 0).all()
