"""Parts of a picture that have grids of their own are named."""

from __future__ import annotations

import numpy as np

from grid.art import add_noise, draw_native
from unipixel.grid import find_parts, recover, upscale
from unipixel.image import RGBA


def put_on_ground(pieces: list[tuple[int, int, RGBA]], height: int, width: int) -> RGBA:
    canvas = np.full((height, width, 4), 255, np.uint8)
    canvas[..., :3] = (40, 60, 90)
    for top, left, piece in pieces:
        canvas[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
    return add_noise(canvas, 1.5)


def test_a_sprite_between_the_lines_of_the_others_is_named() -> None:
    sprites = [upscale(draw_native(20, 20, seed=seed), 12) for seed in range(4)]
    places = [(24, 24), (24, 336), (324, 24), (324 + 4, 336 + 5)]
    sheet = put_on_ground([(*place, sprite) for place, sprite in zip(places, sprites, strict=True)], 600, 612)
    parts = find_parts(recover(sheet))
    assert len(parts) == 1
    top, left, bottom, right = parts[0].region
    assert abs(top - 328) <= 12
    assert abs(left - 341) <= 12
    assert abs(bottom - 568) <= 12
    assert abs(right - 581) <= 12
    assert np.allclose(parts[0].cell, 12, atol=0.2)
    assert np.allclose(parts[0].offset, (4, 5), atol=1.0)


def test_a_sprite_of_other_cells_is_named() -> None:
    small, large = upscale(draw_native(40, 40, seed=0), 7), upscale(draw_native(28, 28, seed=1), 11)
    sheet = put_on_ground(
        [(14, 14, small), (14, 343, small[::-1]), (343, 14, small[:, ::-1]), (340, 345, large)], 700, 693
    )
    parts = find_parts(recover(sheet))
    assert [tuple(round(side) for side in part.cell) for part in parts] == [(11, 11)]


def test_one_grid_has_no_parts() -> None:
    sprites = [upscale(draw_native(20, 20, seed=seed), 12) for seed in range(4)]
    places = [(24, 24), (24, 336), (324, 24), (324, 336)]
    sheet = put_on_ground([(*place, sprite) for place, sprite in zip(places, sprites, strict=True)], 600, 612)
    assert find_parts(recover(sheet)) == ()
    assert find_parts(recover(add_noise(upscale(draw_native(60, 60, seed=1), 8), 3))) == ()
    assert find_parts(recover(upscale(draw_native(60, 60, seed=1), 8))) == ()
    assert find_parts(recover(np.full((64, 64, 3), 7, np.uint8))) == ()
