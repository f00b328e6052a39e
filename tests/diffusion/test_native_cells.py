"""Blocks of latent cells and native pixels: x4, x8 and x16 by the same rule."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffusion.native_art import draw
from unipixel.diffusion.native_cells import CellLayout
from unipixel.errors import GridMismatch


@pytest.mark.parametrize(
    ("scale", "values", "colours", "native"),
    [(8, 4 * 3 * 3, 3, (6, 4)), (16, 4 * 4 * 4, 3, (3, 2)), (4, 4 * 3 * 3, 12, (12, 8)), (32, 4 * 6 * 6, 3, None)],
)
def test_a_block_is_whole_cells_and_whole_pixels(
    scale: int, values: int, colours: int, native: tuple[int, int] | None
) -> None:
    layout = CellLayout(4, scale, 8)

    assert (layout.values, layout.colours) == (values, colours)
    if native is None:
        with pytest.raises(GridMismatch, match="4x6 cells is not whole x32 native pixels, which are 4x4 cells each"):
            layout.native_size(torch.zeros(4, 6, 4))
    else:
        assert layout.native_size(torch.zeros(4, 6, 4)) == native


@pytest.mark.parametrize("scale", [12, 3, 0])
def test_a_scale_that_shares_no_lines_with_the_cells_is_refused(scale: int) -> None:
    with pytest.raises(GridMismatch, match=f"x{scale} native pixels and latent cells of 8 px share no lines"):
        CellLayout(4, scale, 8)


def test_latents_of_another_model_are_refused() -> None:
    with pytest.raises(GridMismatch, match=r"shape \(16, 2, 2\): this native decoder reads one latent of \(4, rows"):
        CellLayout(4, 8, 8).native_size(torch.zeros(16, 2, 2))
    with pytest.raises(GridMismatch, match="shape"):
        CellLayout(4, 8, 8).native_size(torch.zeros(1, 4, 2, 2))


def test_a_pixel_is_read_from_its_cell_and_those_around_the_outermost_repeated() -> None:
    latent = torch.arange(6.0).reshape(1, 2, 3)  # 0 1 2 / 3 4 5
    seen = CellLayout(1, 8, 8).neighbourhoods(latent)

    assert seen.shape == (6, 9)
    assert seen[0].tolist() == [0, 0, 1, 0, 0, 1, 3, 3, 4]
    assert seen[4].tolist() == [0, 1, 2, 3, 4, 5, 3, 4, 5]


def test_a_pixel_of_2x2_cells_is_read_from_4x4() -> None:
    latent = torch.arange(16.0).reshape(1, 4, 4)
    seen = CellLayout(1, 16, 8).neighbourhoods(latent)

    assert seen.shape == (4, 16)
    assert seen[3].tolist() == [5, 6, 7, 7, 9, 10, 11, 11, 13, 14, 15, 15, 13, 14, 15, 15]


@given(st.sampled_from([4, 8, 16]), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_a_native_taken_apart_and_joined_is_the_same(scale: int, rows: int, cols: int, seed: int) -> None:
    layout = CellLayout(4, scale, 8)
    native = draw(seed, rows * layout.pixels, cols * layout.pixels)

    assert layout.split(native).shape == (rows * cols, layout.colours)
    assert np.array_equal(layout.join(layout.split(native), native.shape[:2]), native)


def test_blocks_of_pixels_and_of_cells_come_in_the_same_order() -> None:
    native = draw(0, 4, 6)
    red = torch.from_numpy(native[..., 0].astype(np.float32) / 255)
    latent = torch.nn.functional.pixel_unshuffle(red[None], 2)  # what each cell of 8 px holds at x4
    layout = CellLayout(4, 4, 8)
    middle = layout.neighbourhoods(latent).reshape(6, 4, 3, 3)[:, :, 1, 1]

    assert torch.equal(middle, layout.split(native).reshape(6, 4, 3)[..., 0])


def test_colours_beyond_black_and_white_are_those() -> None:
    native = CellLayout(4, 8, 8).join(torch.tensor([[-0.3, 0.5, 7.0], [0.0, 1.0, 1.01]]), (1, 2))

    assert native.tolist() == [[[0, 128, 255, 255], [0, 255, 255, 255]]]
