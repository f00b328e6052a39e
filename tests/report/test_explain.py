"""The explaining picture: it shows the grid where it lies, for every kind of answer."""

from __future__ import annotations

import numpy as np
import pytest

from unipixel.grid import recover, upscale
from unipixel.report.explain import GAP, LINE, PANEL, draw_explanation


def draw_art(height: int, width: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 200, (6, 3))[rng.integers(0, 6, (height, width))]
    return art


def test_lines_are_drawn_where_the_grid_is() -> None:
    image = upscale(draw_art(20, 24), 12)
    sheet = draw_explanation(image, recover(image))
    zoom = PANEL // image.shape[1]
    panel = sheet[2 * GAP : 2 * GAP + image.shape[0] * zoom, GAP : GAP + image.shape[1] * zoom, :3]
    marked = (panel == LINE).all(-1)
    assert np.flatnonzero(marked.mean(0) > 0.9).tolist() == [12 * zoom * i for i in range(1, 24)]
    assert np.flatnonzero(marked.mean(1) > 0.9).tolist() == [12 * zoom * i for i in range(1, 20)]


def test_the_native_image_is_shown_as_it_is() -> None:
    art = draw_art(20, 24)
    image = upscale(art, 12)
    sheet = draw_explanation(image, recover(image))
    zoom = PANEL // 24
    left = sheet.shape[1] - GAP - PANEL
    shown = sheet[2 * GAP : 2 * GAP + 20 * zoom, left : left + 24 * zoom]
    np.testing.assert_array_equal(shown, upscale(art, zoom))


@pytest.mark.parametrize(
    "image",
    [
        np.random.default_rng(0).integers(0, 256, (200, 900, 3), dtype=np.uint8),
        draw_art(40, 30),
        np.full((5, 7, 4), 90, np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        upscale(draw_art(700, 500), 2),
    ],
    ids=["noise", "native", "flat", "transparent", "large"],
)
def test_every_kind_of_answer_can_be_drawn(image: np.ndarray) -> None:
    before = image.copy()
    sheet = draw_explanation(image, recover(image), title="a.png")
    assert sheet.shape[2] == 4
    assert (sheet[..., 3] == 255).all()
    np.testing.assert_array_equal(image, before)
