"""Whatever a picture comes as, it becomes (H, W, 4) uint8 sRGB, or one clear sentence."""

import io

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import ImageError
from unipixel.image import load_image

RED, HALF = (200, 10, 20, 255), (1, 2, 3, 128)


def png(image: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "I;16", "CMYK"])
def test_every_mode_becomes_rgba(mode):
    image = (
        Image.fromarray(np.full((3, 5), 65535, np.uint16))
        if mode == "I;16"
        else Image.new("RGB", (5, 3), "white").convert(mode)
    )

    array = load_image(image)

    assert array.shape == (3, 5, 4)
    assert array.dtype == np.uint8
    assert (array == 255).all()


def test_path_bytes_array_and_pillow_agree(tmp_path):
    image = Image.new("RGBA", (2, 2), RED)
    data = png(image)
    (tmp_path / "a.png").write_bytes(data)

    results = [
        load_image(source) for source in (tmp_path / "a.png", str(tmp_path / "a.png"), data, image, np.array(image))
    ]

    assert all((result == RED).all() for result in results)


def test_hidden_colour_does_not_leak():
    indexed = Image.new("P", (2, 1))
    indexed.putpalette([255, 0, 255, 1, 2, 3])
    indexed.putpixel((1, 0), 1)

    array = load_image(png(indexed, transparency=0))

    assert array.tolist() == [[[0, 0, 0, 0], [1, 2, 3, 255]]]


def test_partial_alpha_is_kept():
    assert (load_image(Image.new("RGBA", (1, 1), HALF)) == HALF).all()


def test_exif_rotation_is_applied():
    image = Image.new("RGB", (4, 2))
    exif = image.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)

    assert load_image(buffer.getvalue()).shape == (4, 2, 4)


def test_the_given_array_is_not_changed():
    array = np.zeros((1, 1, 4), np.uint8)
    array[0, 0] = (9, 9, 9, 0)

    load_image(array)

    assert array[0, 0].tolist() == [9, 9, 9, 0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"hello, I am text", "not a picture"),
        (png(Image.effect_noise((64, 64), 50))[:600], "damaged|can't be read"),
    ],
)
def test_what_is_no_picture_is_one_sentence_with_its_name(tmp_path, content, sentence):
    file = tmp_path / "cat.png"
    file.write_bytes(content)

    with pytest.raises(ImageError, match=sentence) as caught:
        load_image(file)

    assert "cat.png" in str(caught.value)


def test_an_absent_file_is_one_sentence(tmp_path):
    with pytest.raises(ImageError, match="no such file"):
        load_image(tmp_path / "absent.png")


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 2), (0, 4, 3), (4, 4, 5)])
def test_arrays_of_another_shape_are_refused(shape):
    with pytest.raises(ImageError, match=r"\(H, W, 3\)"):
        load_image(np.zeros(shape, np.uint8))


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr("unipixel.image.read.MAX_PIXELS", 99)

    with pytest.raises(ImageError, match="more than UniPixel reads"):
        load_image(png(Image.new("1", (10, 10))))
