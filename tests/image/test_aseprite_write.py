"""A written ``.aseprite`` file reads back the same: indices by the palette's order, layers, times, text."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from unipixel.errors import ImageError
from unipixel.image.aseprite import decode_aseprite, decode_aseprite_palette
from unipixel.image.aseprite_write import encode_aseprite

COLORS = np.array([[9, 8, 7], [1, 2, 3], [200, 100, 50]], np.uint8)
INDICES = np.array([[2, 0, 1], [1, 1, 0]], np.uint8)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4))))
def test_rgba_round_trip(picture):
    expected = picture * (picture[..., 3:] > 0)

    assert (decode_aseprite(encode_aseprite([picture])).frame(0) == expected).all()


def test_indexed_keeps_palette_order_and_transparency():
    data = encode_aseprite([INDICES], palette=COLORS, transparent=1)

    picture = decode_aseprite(data).frame(0)

    assert (picture[..., 3] == np.where(INDICES == 1, 0, 255)).all()
    assert (picture[INDICES != 1][:, :3] == COLORS[INDICES[INDICES != 1]]).all()
    assert decode_aseprite_palette(data).tolist() == [[9, 8, 7, 255], [1, 2, 3, 0], [200, 100, 50, 255]]


def test_without_a_transparent_index_every_colour_is_shown():
    data = encode_aseprite([INDICES], palette=COLORS)

    assert (decode_aseprite(data).frame(0)[..., :3] == COLORS[INDICES]).all()
    assert (decode_aseprite_palette(data)[:, 3] == 255).all()


def test_translucent_entries_keep_their_alpha():
    palette = np.array([[9, 8, 7, 255], [1, 2, 3, 77]], np.uint8)

    assert decode_aseprite(encode_aseprite([INDICES % 2], palette=palette)).palette.tolist() == palette.tolist()
    read = decode_aseprite(encode_aseprite([INDICES % 2], palette=palette, transparent=0)).frame(0)
    assert read[0].tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 77]]


def test_frames_times_text_and_hidden_layers():
    data = encode_aseprite(
        iter([INDICES, INDICES[::-1]]),
        palette=COLORS,
        durations=[33.4, 0],
        layer="größe",
        hidden={"before": [INDICES * 0] * 2},
        text="a cat → x",
    )

    read = decode_aseprite(data)

    assert read.durations == (33, 1)
    assert read.text == "a cat → x"
    assert [(layer.name, layer.shown) for layer in read._layers] == [("größe", True), ("before", False)]
    assert (read.frame(1)[..., :3] == COLORS[INDICES[::-1]]).all()


def test_a_long_text_is_cut_between_letters():
    assert decode_aseprite(encode_aseprite([INDICES], palette=COLORS, text="ö" * 40000)).text == "ö" * 32767


def test_the_header_is_what_the_format_says():
    data = encode_aseprite([INDICES] * 2, palette=COLORS, transparent=2)

    length, magic, frames, width, height, depth = struct.unpack_from("<IHHHHH", data)
    assert (length, magic, frames, width, height, depth) == (len(data), 0xA5E0, 2, 3, 2, 8)
    assert (data[28], data[32:34]) == (2, b"\x03\x00")


@pytest.mark.parametrize(
    ("frames", "options", "sentence"),
    [
        ([], {}, "0 frames"),
        ([np.zeros((2, 2, 4), np.uint8), np.zeros((2, 3, 4), np.uint8)], {}, "one size"),
        ([np.zeros((2, 2), np.uint8)], {}, r"\(H, W, 3\)"),
        ([INDICES], {"palette": COLORS[:2]}, "do not fit"),
        ([np.zeros((1, 65536), np.uint8)], {"palette": COLORS}, "65536x1"),
        ([INDICES] * 2, {"palette": COLORS, "durations": [100]}, "1 durations"),
        ([INDICES], {"palette": COLORS, "hidden": {"b": []}}, "as many frames"),
    ],
)
def test_what_does_not_fit_is_refused(frames, options, sentence):
    with pytest.raises(ImageError, match=sentence):
        encode_aseprite(frames, **options)
