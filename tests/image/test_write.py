"""What is written is read back the same, by Pillow too, and the same input gives the same bytes."""

import io

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import ImageError, MissingExtra
from unipixel.image import encode_png, load_image, read_metadata, save_png

RNG = np.random.default_rng(0)
PALETTE = np.array([[9, 8, 7], [1, 2, 3], [200, 100, 50]], np.uint8)


def test_rgba_round_trip():
    image = RNG.integers(0, 256, (5, 7, 4)).astype(np.uint8)
    image[image[..., 3] == 0] = 0

    assert (load_image(encode_png(image)) == image).all()


def test_an_opaque_picture_is_written_as_rgb():
    image = np.full((2, 2, 4), 255, np.uint8)

    assert Image.open(io.BytesIO(encode_png(image))).mode == "RGB"


def test_an_indexed_picture_keeps_indices_and_order():
    indices = np.array([[2, 0], [1, 2]], np.uint8)

    read = Image.open(io.BytesIO(encode_png(indices, palette=PALETTE)))

    assert read.mode == "P"
    assert np.asarray(read).tolist() == indices.tolist()
    assert read.getpalette()[:9] == PALETTE.ravel().tolist()


def test_a_transparent_index_is_transparent():
    indices = np.array([[0, 1]], np.uint8)

    array = load_image(encode_png(indices, palette=PALETTE, transparent=1))

    assert array[0].tolist() == [[9, 8, 7, 255], [0, 0, 0, 0]]


def test_translucent_entries_keep_their_alpha():
    palette = np.array([[9, 8, 7, 255], [1, 2, 3, 77], [5, 5, 5, 255]], np.uint8)

    array = load_image(encode_png(np.array([[0, 1, 2]], np.uint8), palette=palette, transparent=2))

    assert array[0].tolist() == [[9, 8, 7, 255], [1, 2, 3, 77], [0, 0, 0, 0]]


def test_text_chunks_come_back(tmp_path):
    text = {"parameters": "a cat\nSteps: 24", "note": "größer → besser"}

    file = save_png(tmp_path / "a.png", np.zeros((1, 1, 4), np.uint8), text=text)

    assert read_metadata(file) == text


def test_the_same_picture_gives_the_same_bytes():
    image = RNG.integers(0, 256, (9, 9, 4)).astype(np.uint8)

    assert encode_png(image, text={"a": "b"}) == encode_png(image.copy(), text={"a": "b"})


@pytest.mark.parametrize(
    ("image", "palette"),
    [
        (np.zeros((2, 2, 2), np.uint8), None),
        (np.full((2, 2), 3, np.uint8), PALETTE),
        (np.zeros((2, 2), np.uint8), np.zeros((0, 3), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((257, 3), np.uint8)),
        (np.zeros((0, 2), np.uint8), PALETTE),
        (np.zeros((2, 2, 3), np.float64), None),
    ],
)
def test_what_does_not_fit_is_refused(image, palette):
    with pytest.raises(ImageError):
        encode_png(image, palette=palette)


@pytest.mark.parametrize("transparent", [-1, 3])
def test_a_transparent_index_that_is_not_there_is_refused(transparent):
    with pytest.raises(ImageError, match="the palette has 3 colours"):
        encode_png(np.zeros((2, 2), np.uint8), palette=PALETTE, transparent=transparent)


@pytest.mark.parametrize("key", ["", "x" * 80, "日本", "a\0b"])
@pytest.mark.parametrize("palette", [None, PALETTE])
def test_a_key_that_png_cannot_hold_is_refused(key, palette):
    with pytest.raises(ImageError, match="1 to 79 Latin-1 letters"):
        encode_png(np.zeros((2, 2, 3) if palette is None else (2, 2), np.uint8), palette=palette, text={key: "x"})


def test_optimising_without_the_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "oxipng", None)

    with pytest.raises(MissingExtra, match=r"unipixel-kit\[optimize\]"):
        encode_png(np.zeros((2, 2, 3), np.uint8), optimize=True)
