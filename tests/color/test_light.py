import numpy as np
from hypothesis import given

from strategies import palettes, seeds
from unipixel.color import Palette, snap
from unipixel.color.light import HIGH, LOW, NearestLight
from unipixel.color.oklab import linear_to_oklab, to_linear, to_oklab


@given(palettes(), seeds)
def test_it_is_exact(palette, seed):
    """Against every distance, for light within a screen's and beyond it."""
    rng = np.random.default_rng(seed)
    inside, beyond = rng.random((40, 3)) ** 2, rng.uniform(LOW, HIGH, (40, 3))
    near = to_linear(palette.colors) + rng.normal(0, 1e-3, palette.colors.shape)
    light = np.concatenate([inside, beyond, near])
    nearest = NearestLight(palette)

    found = np.array([nearest.find(*point) for point in light.tolist()])

    away = np.sqrt(((linear_to_oklab(light)[:, None] - linear_to_oklab(to_linear(palette.colors))) ** 2).sum(axis=-1))
    assert np.allclose(away[np.arange(len(light)), found], away.min(axis=1), rtol=0, atol=1e-7)


@given(palettes())
def test_colours_of_the_palette_are_themselves(palette):
    nearest = NearestLight(palette)

    assert [nearest.find(*light) for light in nearest.light] == list(range(len(palette)))


def test_of_equal_colours_the_first_is_taken():
    palette = Palette.from_hex(["000000", "ff8040", "ff8040", "ffffff"])

    assert NearestLight(palette).find(*to_linear(palette.colors[2]).tolist()) == 1


def test_it_agrees_with_snap_on_8_bit_colours():
    rng = np.random.default_rng(5)
    palette = Palette(rng.integers(0, 256, (40, 3)).astype(np.uint8))
    image = rng.integers(0, 256, (30, 30, 3)).astype(np.uint8)
    nearest = NearestLight(palette)

    found = [[nearest.find(*light) for light in row] for row in to_linear(image).tolist()]

    assert np.array_equal(found, snap(image, palette))


def test_light_and_oklab_belong_together():
    image = np.random.default_rng(2).integers(0, 256, (9, 9, 4)).astype(np.uint8)

    assert np.allclose(linear_to_oklab(to_linear(image)), to_oklab(image), atol=1e-6)
    assert to_linear(np.array([0, 128, 255], np.uint8)).round(4).tolist() == [0.0, 0.2159, 1.0]
