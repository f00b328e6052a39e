"""What anyone can rely on when they hand a picture to `recover`, tried on pictures that nobody chose."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from grid.art import Pixels, add_noise, draw_native, draw_photo, encode_jpeg, resize_nearest, resize_smooth
from unipixel.grid import Recovery, recover, to_native, upscale

few = settings(max_examples=12)
SEEDS = st.integers(0, 10**6)
RISE = 0.02
"""Confidence that stronger noise may add by chance: at most .017 in 570 pictures, at 15x9 native px of 2 px each."""

TELLING = 32
"""Canvas px on the shorter side from which that holds: of 283 pictures of 8 to 11 native px 21 rose by more, by
.034 at most; another by .053."""

Damage = Callable[[Pixels], Pixels]
DAMAGE: dict[str, Damage] = {
    "jpeg 90": lambda canvas: encode_jpeg(canvas, 90),
    "jpeg 70": lambda canvas: encode_jpeg(canvas, 70),
    "blur": lambda canvas: np.asarray(Image.fromarray(canvas).filter(ImageFilter.GaussianBlur(0.8))).copy(),
    "resize": lambda canvas: resize_smooth(canvas, canvas.shape[0] * 9 // 8, canvas.shape[1] * 9 // 8, 3),
    "noise": lambda canvas: add_noise(canvas, 5),
}
STATES: dict[str, Damage] = {"clean": lambda canvas: canvas, **DAMAGE}


def same(recovery: Recovery, native: Pixels) -> bool:
    """Whether the answer is this native image, pixel for pixel."""
    found = recovery.native
    return found is not None and found.shape == native.shape and bool((found == native).all())


def natives(least: int = 8, most: int = 32) -> st.SearchStrategy[Pixels]:
    """Opaque art of 6 to 40 colours without repeated structure."""
    sides = st.integers(least, most)
    return st.builds(draw_native, sides, sides, seed=SEEDS, colors=st.integers(6, 40))


def enlarge(native: Pixels, scale: float) -> Pixels:
    """Art of half the contrast, so that there is room below and above its colours, by any scale."""
    native[..., :3] = native[..., :3] // 2 + 50
    return resize_nearest(native, round(native.shape[0] * scale), round(native.shape[1] * scale))


CANVASES = st.builds(enlarge, natives(16, 26), st.sampled_from([3, 4, 5, 6, 6.3, 8, 9.5]))


def largest(side: int) -> int:
    """The largest cell to try, 64 px at most: no picture needs more than 800 px to make its point."""
    return min(64, 800 // side)


# ---- Clean pictures come back exactly


@settings(max_examples=30)
@given(natives(), st.data())
def test_any_whole_scale_is_undone(native: Pixels, data: st.DataObject) -> None:
    """Art of 8x8 px and more, drawn with square cells of up to 64 px, comes back pixel for pixel, and surely."""
    scale = data.draw(st.integers(2, largest(max(native.shape[:2]))))
    answer = recover(upscale(native, scale))
    assert same(answer, native)
    assert answer.is_sure
    assert answer.grid is not None
    assert answer.grid.scale == scale


@settings(max_examples=30)
@given(natives(), st.data())
def test_cells_need_not_be_square(native: Pixels, data: st.DataObject) -> None:
    """Whole scales that differ between the axes are undone too."""
    tall, wide = (data.draw(st.integers(2, largest(side))) for side in native.shape[:2])
    answer = recover(native.repeat(tall, 0).repeat(wide, 1))
    assert same(answer, native)
    assert answer.grid is not None
    assert answer.grid.cell == (tall, wide)


@settings(max_examples=30)
@given(natives(), st.data())
def test_any_fractional_scale_is_undone(native: Pixels, data: st.DataObject) -> None:
    """Nearest-neighbour enlargements by any factor from 2.5 up, another one on each axis, are undone."""
    tall, wide = (data.draw(st.floats(2.5, largest(side))) for side in native.shape[:2])
    canvas = resize_nearest(native, round(native.shape[0] * tall), round(native.shape[1] * wide))
    assert same(recover(canvas), native)


@settings(max_examples=30)
@given(natives(16, 40), st.floats(1.5, 3))
def test_small_fractional_scales_are_undone(native: Pixels, scale: float) -> None:
    """From 16x16 px up, one factor for both axes may be as small as 1.5."""
    answer = recover(resize_nearest(native, *(round(side * scale) for side in native.shape[:2])))
    assert same(answer, native)


@settings(max_examples=30)
@given(natives(16, 40), st.integers(2, 12), st.data())
def test_any_crop_is_undone(native: Pixels, scale: int, data: st.DataObject) -> None:
    """A crop gives every cell that it shows, those at the border that it cuts included."""
    height, width = (side * scale for side in native.shape[:2])
    top, left, bottom, right = (data.draw(st.integers(0, 4 * scale)) for _ in range(4))
    answer = recover(upscale(native, scale)[top : height - bottom, left : width - right])
    assert same(answer, native[top // scale : -(bottom // scale) or None, left // scale : -(right // scale) or None])
    assert answer.is_sure


@settings(max_examples=30)
@given(natives(16, 40), st.floats(3, 12), st.data())
def test_crops_of_fractional_scales_are_cut_where_they_were(native: Pixels, scale: float, data: st.DataObject) -> None:
    """Every cell but those next to the border is found, pixel for pixel."""
    cells = [
        ((np.arange(round(side * scale)) + 0.5) * side / round(side * scale)).astype(int) for side in native.shape[:2]
    ]
    rows, cols = (cell[data.draw(st.integers(0, 5)) : len(cell) - data.draw(st.integers(0, 5))] for cell in cells)
    canvas = native[rows][:, cols]
    answer = recover(canvas)
    assert answer.grid is not None
    for cell, found in ((rows, answer.grid.rows), (cols, answer.grid.cols)):
        drawn = np.flatnonzero(np.diff(cell)) + 1
        inner = (drawn > scale) & (drawn < len(cell) - scale)
        assert [line for line in found if scale < line < len(cell) - scale] == drawn[inner].tolist()
    np.testing.assert_array_equal(to_native(canvas, answer.grid, rule="nearest"), answer.native)


@settings(max_examples=25)
@given(natives(), st.integers(2, 16), SEEDS)
def test_alpha_counts_and_hidden_colour_never_leaks(native: Pixels, scale: int, seed: int) -> None:
    """Transparent pixels come back as transparent black, whatever colour a canvas hides below them."""
    rng = np.random.default_rng(seed)
    native[..., 3] = rng.choice(np.array([0, 90, 255], np.uint8), native.shape[:2], p=[0.2, 0.1, 0.7])
    canvas = upscale(native, scale)
    hidden = canvas[..., 3] == 0
    canvas[hidden, :3] = rng.integers(0, 256, (int(hidden.sum()), 3))
    native[native[..., 3] == 0] = 0
    answer = recover(canvas)
    assert same(answer, native)
    assert answer.is_sure


# ---- A known grid is used


@few
@given(natives(), st.integers(2, 16), st.data())
def test_a_known_scale_undoes_any_crop(native: Pixels, scale: int, data: st.DataObject) -> None:
    """With a whole scale given, cropped art comes back whole, and surely; with a grid line given as well."""
    top, left, bottom, right = (data.draw(st.integers(0, scale - 1)) for _ in range(4))
    canvas = upscale(native, scale)
    canvas = canvas[top : canvas.shape[0] - bottom, left : canvas.shape[1] - right]
    for answer in (recover(canvas, scale=scale), recover(canvas, scale=scale, offset=(-top, -left))):
        assert same(answer, native)
        assert answer.is_sure


@few
@given(natives(), st.floats(1.1, 12), st.floats(1.1, 12))
def test_a_known_size_undoes_any_resize(native: Pixels, tall: float, wide: float) -> None:
    """With the native size given, or both scales of a whole picture, art comes back, and surely."""
    height, width = round(native.shape[0] * tall), round(native.shape[1] * wide)
    canvas, scale = resize_nearest(native, height, width), (height / native.shape[0], width / native.shape[1])
    for answer in (
        recover(canvas, native_size=(native.shape[0], native.shape[1])),
        recover(canvas, scale=scale),
        recover(canvas, scale=scale, offset=(0, 0)),
    ):
        assert same(answer, native)
        assert answer.is_sure


@few
@given(natives(), st.floats(2, 12), st.floats(2, 12), st.data())
def test_a_known_line_undoes_any_fractional_crop(native: Pixels, tall: float, wide: float, data: st.DataObject) -> None:
    """With a fractional scale and the place of one grid line given, cropped art comes back whole, and surely."""
    size = round(native.shape[0] * tall), round(native.shape[1] * wide)
    top, left, bottom, right = (data.draw(st.integers(0, int(least) - 1)) for least in (tall, wide) * 2)
    canvas = resize_nearest(native, *size)[top : size[0] - bottom, left : size[1] - right]
    scale = (size[0] / native.shape[0], size[1] / native.shape[1])
    answer = recover(canvas, scale=scale, offset=(-top, -left))
    assert same(answer, native)
    assert answer.is_sure


# ---- Answers do not depend on what is no part of the picture


@pytest.mark.parametrize("state", STATES)
@few
@given(canvas=CANVASES)
def test_flips_and_transposition_change_nothing(state: str, canvas: Pixels) -> None:
    """A turned picture has the turned native: the same pixels if it is clean, the same size if it is damaged."""
    canvas = STATES[state](canvas)
    plain = recover(canvas)
    assert plain.native is not None
    for turn in (lambda a: a[::-1], lambda a: a[:, ::-1], lambda a: a.transpose(1, 0, 2)):
        turned = recover(np.ascontiguousarray(turn(canvas)))
        assert turned.native is not None
        assert turned.native.shape == turn(plain.native).shape
        assert turned.confidence == pytest.approx(plain.confidence, abs=0.02)
        if state == "clean":
            np.testing.assert_array_equal(turned.native, turn(plain.native))


@pytest.mark.parametrize("state", STATES)
@settings(max_examples=8)
@given(canvas=CANVASES)
def test_the_order_of_the_channels_changes_nothing(state: str, canvas: Pixels) -> None:
    """All six orders of red, green and blue give the same grid, and the same native in that order."""
    canvas, cells = STATES[state](canvas), "auto" if state == "clean" else "median"
    plain = recover(canvas, cells=cells)  # type: ignore[arg-type]
    assert plain.native is not None
    for order in itertools.permutations(range(3)):
        mixed = recover(np.ascontiguousarray(canvas[..., [*order, 3]]), cells=cells)  # type: ignore[arg-type]
        assert (mixed.grid, mixed.confidence) == (plain.grid, plain.confidence)
        np.testing.assert_array_equal(mixed.native, plain.native[..., [*order, 3]])


@pytest.mark.parametrize("state", STATES)
@few
@given(canvas=CANVASES, data=st.data())
def test_a_lighter_or_darker_picture_has_the_same_grid(state: str, canvas: Pixels, data: st.DataObject) -> None:
    """A constant added to all colours is added to those of the native; medians of damaged cells may round anew."""
    canvas, cells = STATES[state](canvas), "auto" if state == "clean" else "median"
    colors = canvas[..., :3]
    shift = data.draw(st.integers(-int(colors.min()), 255 - int(colors.max())))
    moved = np.dstack([(colors + np.int16(shift)).astype(np.uint8), canvas[..., 3]])
    plain, answer = (recover(image, cells=cells) for image in (canvas, moved))  # type: ignore[arg-type]
    assert (answer.grid, answer.confidence) == (plain.grid, plain.confidence)
    assert plain.native is not None
    assert answer.native is not None
    off = answer.native[..., :3].astype(int) - plain.native[..., :3] - shift
    assert np.abs(off).max() <= (0 if state == "clean" else 1)


@pytest.mark.parametrize("state", STATES)
@settings(max_examples=6)
@given(canvas=CANVASES)
def test_same_picture_same_answer(state: str, canvas: Pixels) -> None:
    """The order in memory, a lock against writing and an opaque alpha change nothing, and no input is written to."""
    canvas = STATES[state](canvas)
    locked = canvas.copy()
    locked.flags.writeable = False
    spaced = np.zeros((canvas.shape[0] * 2, canvas.shape[1] * 3, 4), np.uint8)
    spaced[::2, ::3] = canvas
    views = [canvas.copy(), locked, np.asfortranarray(canvas), spaced[::2, ::3], canvas[::-1].copy()[::-1]]
    plain, before = recover(canvas), canvas.copy()
    for view in (*views, canvas[..., :3], canvas[..., :3].copy()):
        answer = recover(view)
        assert (answer.grid, answer.confidence, answer.reason) == (plain.grid, plain.confidence, plain.reason)
        assert answer.alternatives == plain.alternatives
        np.testing.assert_array_equal(answer.native, plain.native)
        np.testing.assert_array_equal(answer.doubt, plain.doubt)
    np.testing.assert_array_equal(canvas, before)


# ---- Damage is told


@settings(max_examples=15)
@given(natives(), st.data(), SEEDS)
def test_noise_never_makes_a_grid_surer(native: Pixels, data: st.DataObject, seed: int) -> None:
    """At whole scales, confidence in a grid falls as the same noise grows, or stays, but for tiny pictures."""
    least_scale = max(2, -(-TELLING // min(native.shape[:2])))
    scale = data.draw(st.integers(least_scale, max(least_scale, min(16, 256 // max(native.shape[:2])))))
    least = 1.0
    for sigma in (0, 2, 5, 10, 20, 40, 80):
        answer = recover(add_noise(upscale(native, scale), sigma, seed))
        found = answer.grid is not None and answer.grid.scale != 1
        in_a_grid = answer.confidence if found else 1 - answer.confidence
        assert in_a_grid <= least + RISE
        least = min(least, in_a_grid)


@settings(max_examples=15)
@given(natives(), st.integers(3, 8), SEEDS)
def test_doubt_is_zero_on_clean_pictures_and_grows_with_noise(native: Pixels, scale: int, seed: int) -> None:
    """The doubt map has a value from 0 to 1 for each native pixel, and its mean grows with the noise."""
    means = []
    for sigma in (0, 2, 5, 10, 20):
        answer = recover(add_noise(upscale(native, scale), sigma, seed))
        assert answer.native is not None
        assert answer.doubt.shape == answer.native.shape[:2] == native.shape[:2]
        assert answer.doubt.min() >= 0
        assert answer.doubt.max() <= 1
        means.append(float(answer.doubt.mean()))
    assert means[0] == 0
    assert (np.diff(means) > 0).all()


# ---- What it costs


@pytest.mark.parametrize("kind", ["jpeg", "resize", "photo"])
def test_memory_stays_within_eight_times_the_picture(kind: str) -> None:
    """A soft megapixel of 3 MB takes no more than 24 MB on top of itself."""
    native = draw_native(128, 128, seed=1)
    pictures: dict[str, Callable[[], Pixels]] = {
        "jpeg": lambda: encode_jpeg(upscale(native, 8), 85),
        "resize": lambda: resize_smooth(upscale(native, 7), 1024, 1024, 3),
        "photo": lambda: draw_photo(1024, 1024),
    }
    image = np.ascontiguousarray(pictures[kind]()[..., :3])
    tracemalloc.start()
    try:
        recover(image)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 8 * image.nbytes
