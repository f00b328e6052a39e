import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import palettes, seeds
from unipixel.color import Palette, builtin_palette, nearest_colors
from unipixel.color.oklab import linear_to_oklab, to_linear
from unipixel.dither import dither
from unipixel.dither.diffuse import diffuse
from unipixel.dither.kernels import KERNELS

BLACK_WHITE = builtin_palette("1-bit")
GREY = 137  # a quarter of white's light, .2502


def plainly(image, palette, kernel, strength, serpentine, still):
    """Diffuse pixel by pixel, as books tell it."""
    colors, light = to_linear(palette.colors), to_linear(image).copy()
    height, width = still.shape
    chosen = np.zeros((height, width), int)
    for y in range(height):
        way = -1 if serpentine and y % 2 else 1
        for x in range(width)[::way]:
            if still[y, x]:
                continue
            chosen[y, x] = ((linear_to_oklab(light[y, x]) - linear_to_oklab(colors)) ** 2).sum(axis=1).argmin()
            error = (light[y, x] - colors[chosen[y, x]]) * strength / kernel.divisor
            parts = [(0, 1, kernel.ahead[0]), (0, 2, kernel.ahead[1])]
            parts += [(dy, dx, row[dx + 2]) for dy, row in enumerate(kernel.below, 1) for dx in range(-2, 3)]
            for dy, dx, part in parts:
                if y + dy < height and 0 <= x + way * dx < width:
                    light[y + dy, x + way * dx] += part * error
    return chosen


@pytest.mark.parametrize("serpentine", [True, False])
@pytest.mark.parametrize("name", KERNELS)
def test_it_is_what_books_tell(name, serpentine):
    rng = np.random.default_rng(4)
    image = np.repeat(rng.integers(0, 256, (14, 17, 1)), 3, axis=2).astype(np.uint8)
    still = rng.random((14, 17)) < 0.1
    given = {"strength": 0.9, "serpentine": serpentine, "still": still}

    assert np.array_equal(
        diffuse(image, BLACK_WHITE, KERNELS[name], **given), plainly(image, BLACK_WHITE, KERNELS[name], **given)
    )


def test_floyd_steinberg_by_hand():
    """Light .25 is nearer to white (OKLab .63); white owes .75, of which 7/16 make the next -.08: black; and so on.

    First row: .25 is white and owes -.75; -.078 is black and owes that; .216 is white and owes -.784. Second row, from
    the right: .000, .032 and .015, all nearer to black.
    """
    image = np.full((2, 3, 3), GREY, np.uint8)

    assert dither(image, BLACK_WHITE).tolist() == [[1, 0, 1], [0, 0, 0]]


def flat(color, side=48):
    return np.broadcast_to(np.array(color, np.uint8), (side, side, 3))


def srgb(light):
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)


WHOLE = [name for name in KERNELS if name != "atkinson"]


@given(palettes(min_size=2, max_size=8), seeds, st.sampled_from(WHOLE), st.booleans())
def test_any_mix_of_the_palettes_colours_keeps_its_brightness(palette, seed, method, serpentine):
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(palette)))
    color = srgb(shares @ to_linear(palette.colors))

    shown = to_linear(palette.colors[dither(flat(color), palette, method=method, serpentine=serpentine)])

    weights = [0.2126, 0.7152, 0.0722]
    assert shown.mean(axis=(0, 1)) @ weights == pytest.approx(to_linear(color) @ weights, abs=0.04)


@pytest.mark.parametrize("color", [(255, 0, 0), (0, 0, 255), (240, 168, 96)])
def test_what_greys_cannot_show_keeps_its_brightness(color):
    shown = dither(flat(color), BLACK_WHITE)

    assert shown.mean() == pytest.approx(to_linear(np.array(color, np.uint8)) @ [0.2126, 0.7152, 0.0722], abs=0.02)


def test_error_from_what_can_not_be_shown_does_not_run_over():
    """A grey below a field of blue that a palette of warm greys can't show comes out as if it were alone."""
    palette = Palette.from_hex(["201810", "807060", "e0d0c0"])
    image = np.full((40, 24, 3), palette.colors[1], np.uint8)
    image[:20] = (0, 0, 255)

    assert (dither(image, palette)[23:] == 1).mean() > 0.97


@given(palettes(), seeds)
def test_colours_of_the_palette_stay_what_they_are(palette, seed):
    indices = np.random.default_rng(seed).integers(0, len(palette), (7, 9))
    image = palette.colors[indices]

    assert np.array_equal(
        dither(image, palette, keep=None), nearest_colors(image.reshape(-1, 3), palette.colors).reshape(7, 9)
    )


@pytest.mark.parametrize("value", [40, 235])
def test_atkinson_keeps_lights_and_darks_clean(value):
    assert len(np.unique(dither(flat((value,) * 3), BLACK_WHITE, method="atkinson"))) == 1
    assert len(np.unique(dither(flat((value,) * 3), BLACK_WHITE, method="floyd-steinberg"))) == 2
