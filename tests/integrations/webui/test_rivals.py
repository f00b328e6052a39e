"""What sd-webui-pixelart and sd-palettize do in the web UI, UniPixel does; docs/how-to/webui.md has the same rows."""

import numpy as np
import pytest

from host_pictures import draw, enlarged
from unipixel.color import builtin_palette
from unipixel.image import load_image
from webui_host import ROOT

PAGE = (ROOT / "docs" / "how-to" / "webui.md").read_text("utf-8")
GREYS = "#000000,#555555,#aaaaaa,#ffffff"


def colors_of(picture):
    return {tuple(color) for color in load_image(picture)[..., :3].reshape(-1, 3)}


def has_five(made, *_):
    return len(colors_of(made)) <= 5


ROWS = {
    "smaller by a factor that is known": ({"scale": 8.0}, lambda made, *_: made.size == (24, 20)),
    "back to the size it had": ({"scale": 8.0, "zoom": 8}, lambda made, *_: made.size == (192, 160)),
    "so many colours, median cut": ({"colors": 5, "quantizer": "median-cut"}, has_five),
    "so many colours, maximum coverage": ({"colors": 5, "quantizer": "max-coverage"}, has_five),
    "so many colours, octree": ({"colors": 5, "quantizer": "fast-octree"}, has_five),
    "so many colours, k-means": ({"colors": 5, "quantizer": "k-means"}, has_five),
    "as many colours as the picture needs": ({"colors": -1}, lambda made, *_: len(colors_of(made)) <= 24),
    "grey": ({"palette": GREYS}, lambda made, *_: all(len(set(color)) == 1 for color in colors_of(made))),
    "black and white": ({"palette": "1-bit"}, lambda made, *_: colors_of(made) <= {(0, 0, 0), (255, 255, 255)}),
    "Floyd-Steinberg": ({"palette": GREYS, "dither": "floyd-steinberg"}, lambda made, *_: len(colors_of(made)) > 1),
    "Bayer, with a strength": (
        {"palette": GREYS, "dither": "bayer-8", "dither_strength": 0.5},
        lambda made, *_: len(colors_of(made)) > 1,
    ),
    "a named palette": (
        {"palette": "sweetie-16"},
        lambda made, *_: colors_of(made) <= {tuple(color) for color in builtin_palette("sweetie-16").colors},
    ),
    "the most frequent colour of each cell": ({"scale": 8.0, "cells": "mode"}, lambda made, *_: made.size == (24, 20)),
    "the native as a file of its own": (
        {"scale": 8.0, "zoom": 8},
        lambda made, original, native: native.size == (24, 20),
    ),
    "a sheet that shares one palette": (
        {"sheet": "2x1", "scale": 8.0, "colors": 5},
        has_five,
    ),
    "transparent backgrounds": (
        {"background": "corner", "background_tolerance": 0.1},
        lambda made, *_: made.mode == "RGBA",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_page_says_yes_to(webui, txt2img, row):
    given, holds = ROWS[row]
    picture = enlarged(draw(3, colors=12), soft=True)

    _, shown = webui.draw([picture], given, script=txt2img)

    assert shown.infotexts[0].count("not converted") == 0
    assert holds(*shown.images)
    assert not np.array_equal(load_image(shown.images[0]), load_image(picture))
    assert f"| {row} |" in PAGE
