"""What is written is read back the same, by Pillow too, and the same input gives the same bytes."""

import io

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import ImageError
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
    ],
)
def test_what_does_not_fit_is_refused(image, palette):
    with pytest.raises(ImageError):
        encode_png(image, palette=palette)
