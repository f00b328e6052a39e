"""Pixels, palette, order, times and loops of an animation survive in every format, also as another program reads it."""

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from unipixel.errors import ImageError
from unipixel.image import encode_animation, open_frames

COLORS = np.array([[9, 8, 7], [1, 2, 3], [200, 100, 50], [9, 8, 7], [0, 0, 0]], np.uint8)
"""One colour twice: formats must not merge what the palette keeps apart."""
FORMATS = ["gif", "apng", "webp"]


def shown(indices: np.ndarray, transparent: int | None) -> np.ndarray:
    alpha = np.where(indices == transparent, 0, 255).astype(np.uint8)
    return np.dstack([COLORS[indices] * (alpha > 0)[..., None], alpha])


SIDES = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 6), SIDES, SIDES, st.sampled_from([None, 0, 4]), st.sampled_from(FORMATS)
)
def test_indexed_frames_come_back(seed, count, height, width, transparent, format):
    rng = np.random.default_rng(seed)
    frames = [rng.integers(0, 5, (height, width)).astype(np.uint8) for _ in range(count)]
    for before, after in pairwise(frames):  # mostly what was there before, as animations are
        after[:] = np.where(rng.random(after.shape) < 0.8, before, after)

    data = encode_animation(frames, 50, format=format, palette=COLORS, transparent=transparent)

    merged: list[tuple[np.ndarray, float]] = []
    for frame in frames:
        picture = shown(frame, transparent)
        if format == "webp" and merged and (merged[-1][0] == picture).all():  # it makes one of equal frames in a row
            merged[-1] = (picture, merged[-1][1] + 50)
        else:
            merged.append((picture, 50))
    read = open_frames(data)
    assert all((got == picture).all() for got, (picture, _) in zip(read, merged, strict=True))
    assert len(merged) == 1 or read.durations == tuple(time for _, time in merged)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 4]), st.sampled_from(FORMATS))
def test_true_colour_frames_come_back(seed, channels, format):
    rng = np.random.default_rng(seed)
    frames = [rng.integers(0, 256, (6, 7, channels)).astype(np.uint8) for _ in range(3)]
    if channels == 4:
        for frame in frames:
            frame[..., 3] = rng.choice([0, 255] if format == "gif" else [0, 99, 255], (6, 7))
            frame[frame[..., 3] == 0] = 0

    read = list(open_frames(encode_animation(frames, 100, format=format)))

    assert all((picture[..., :channels] == frame).all() for picture, frame in zip(read, frames, strict=True))


@pytest.mark.parametrize("format", ["gif", "apng"])
def test_the_palette_keeps_its_order(format):
    frame = np.array([[4, 1, 0, 3]], np.uint8)

    with Image.open(io.BytesIO(encode_animation([frame, frame[:, ::-1]], 100, format=format, palette=COLORS))) as read:
        assert read.getpalette()[:15] == COLORS.ravel().tolist()
        assert np.asarray(read).tolist() == frame.tolist()


@pytest.mark.parametrize("format", ["gif", "apng"])
def test_equal_frames_are_all_kept(format):
    frame = np.zeros((3, 3), np.uint8)

    assert open_frames(encode_animation([frame] * 4, 100, format=format, palette=COLORS)).durations == (100.0,) * 4


@pytest.mark.parametrize(("format", "unit"), [("gif", 10), ("apng", 1), ("webp", 1)])
def test_times_are_rounded_without_drift(format, unit):
    asked = [1000 / 60] * 7 + [33.3, 66.7, 1234.5, 100_000]
    frames = [np.full((2, 2), index % 5, np.uint8) for index in range(len(asked))]

    times = open_frames(encode_animation(frames, asked, format=format, palette=COLORS[[0, 1, 2, 4, 4]] + 1)).durations

    if format != "webp":
        assert len(times) == len(asked)
        least = [20 if format == "gif" else 0] * len(asked)
        assert all(abs(time - goal) <= unit or time == low for time, goal, low in zip(times, asked, least, strict=True))
    assert abs(sum(times) - sum(asked)) <= (30 if format == "gif" else 1)


def test_a_gif_writes_a_hundredth_only_where_it_was_asked_for():
    frames = [np.full((2, 2), index, np.uint8) for index in range(4)]

    data = encode_animation(frames, [10, 15, 16, 16], format="gif", palette=COLORS)

    assert open_frames(data).durations == (10.0, 20.0, 20.0, 20.0)


@pytest.mark.parametrize("loop", [0, 1, 5])
@pytest.mark.parametrize("format", FORMATS)
def test_the_loop_count_is_kept(format, loop):
    frames = [np.full((2, 2), index, np.uint8) for index in range(2)]

    assert open_frames(encode_animation(frames, 100, format=format, palette=COLORS, loop=loop)).loop == loop


@pytest.mark.parametrize("format", ["apng", "webp"])
def test_translucent_palettes(format):
    palette = np.array([[9, 8, 7, 255], [1, 2, 3, 77], [5, 5, 5, 0]], np.uint8)
    frames = [np.array([[0, 1, 2]], np.uint8), np.array([[1, 2, 0]], np.uint8)]

    read = list(open_frames(encode_animation(frames, 100, format=format, palette=palette)))

    expected = palette * (palette[:, 3:] > 0)
    assert all((picture == expected[frame]).all() for picture, frame in zip(read, frames, strict=True))


def test_two_clear_entries_are_both_clear_in_a_gif():
    palette = np.array([[9, 8, 7, 255], [1, 2, 3, 0], [5, 5, 5, 0]], np.uint8)
    frames = [np.array([[0, 1, 2]], np.uint8), np.array([[2, 0, 1]], np.uint8)]

    read = list(open_frames(encode_animation(frames, 100, format="gif", palette=palette)))

    assert [picture[0, :, 3].tolist() for picture in read] == [[255, 0, 0], [0, 255, 0]]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_frames_give_the_same_bytes(format):
    frames = [np.random.default_rng(0).integers(0, 5, (9, 9)).astype(np.uint8) for _ in range(2)]

    once, twice = (encode_animation(iter(frames), 100, format=format, palette=COLORS) for _ in range(2))

    assert once == twice


@pytest.mark.parametrize(
    ("frames", "options", "sentence"),
    [
        ([], {"format": "gif"}, "at least one"),
        ([np.zeros((2, 2, 3), np.uint8)], {"format": "mng"}, "gif, apng, webp"),
        ([np.zeros((2, 2), np.uint8)], {"format": "gif"}, r"\(H, W, 3\)"),
        ([np.full((2, 2), 9, np.uint8)], {"format": "apng", "palette": COLORS}, "do not fit"),
        ([np.zeros((2, 2), np.uint8)] * 2, {"format": "webp", "palette": COLORS, "durations": [1]}, "1 durations"),
        ([np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)], {"format": "apng"}, "frame 2 is"),
        ([np.full((2, 2, 4), 99, np.uint8)], {"format": "gif"}, "half transparent"),
        ([np.zeros((2, 2), np.uint8)], {"format": "gif", "palette": np.full((2, 4), 9, np.uint8)}, "half transparent"),
        ([np.arange(900, dtype=np.uint32).view(np.uint8).reshape(30, 30, 4)[..., :3]], {"format": "gif"}, "900 col"),
    ],
)
def test_what_does_not_fit_is_refused(frames, options, sentence):
    with pytest.raises(ImageError, match=sentence):
        encode_animation(frames, **{"durations": 100, **options})
