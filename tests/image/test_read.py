"""Whatever a picture comes as, it becomes (H, W, 4) uint8 sRGB, or one clear sentence."""

import contextlib
import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from unipixel.errors import ImageError, MissingExtra
from unipixel.image import encode_animation, encode_aseprite, load_image, open_frames, read_metadata
from unipixel.image.png import chunk

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


def saved(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png_of_rows(rows: np.ndarray, bits: int, color_type: int, *extra: bytes) -> bytes:
    """A PNG that Pillow does not write: 16 bits for each channel, as big-endian rows."""
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], bits, color_type, 0, 0, 0)
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_sixteen_bit_grey_is_rounded():
    values = np.array([[0, 128, 129, 257 * 77, 257 * 77 + 129, 257 * 200 + 120, 65535]])

    read = load_image(png_of_rows(values, 16, 0))

    assert read[0, :, 0].tolist() == [0, 0, 1, 77, 78, 200, 255]
    assert (read[..., 3] == 255).all()


def test_the_clear_value_of_sixteen_bit_grey_is_clear():
    read = load_image(png_of_rows(np.array([[257, 514]]), 16, 0, chunk(b"tRNS", struct.pack(">H", 257))))

    assert read[0].tolist() == [[0, 0, 0, 0], [2, 2, 2, 255]]


@pytest.mark.parametrize(("color_type", "channels"), [(2, 3), (6, 4), (4, 2)])
def test_sixteen_bit_colour_is_at_most_a_level_off(color_type, channels):
    values = np.random.default_rng(0).integers(257, 65536, (4, 5, channels))
    eight = values / 257
    expected = {2: np.dstack([eight, np.full((4, 5), 255)]), 6: eight, 4: eight[..., [0, 0, 0, 1]]}[color_type]

    read = load_image(png_of_rows(values.reshape(4, 5, channels), 16, color_type))

    assert abs(read - expected).max() <= 1
    assert (load_image(png_of_rows(values // 257 * 257, 16, color_type)) == expected.astype(int)).all()


@pytest.mark.parametrize("color", ["white", "black", "red", "yellow"])
def test_cmyk_jpeg_is_not_inverted(color):
    # Pillow writes Adobe's marker, as Photoshop does: such files hold their inks inverted.
    read = load_image(saved(Image.new("CMYK", (8, 8), Image.new("RGB", (1, 1), color).convert("CMYK").getpixel((0, 0))),
                            "JPEG", quality=100))  # fmt: skip

    assert abs(read[4, 4].astype(int) - (*Image.new("RGB", (1, 1), color).getpixel((0, 0)), 255)).max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_rotation_is_applied(orientation, format):
    image = Image.fromarray(np.kron(np.arange(6).reshape(2, 3) * 40, np.ones((8, 8))).astype(np.uint8)).convert("RGB")
    exif = image.getexif()
    exif[0x0112] = orientation
    upright = ImageOps.exif_transpose(image)

    read = load_image(saved(image, format, exif=exif))

    assert read.shape[:2] == (upright.height, upright.width)
    assert abs(read[..., :3].astype(int) - np.asarray(upright)).max() <= 12


def test_exif_that_cannot_be_read_spoils_nothing():
    assert load_image(saved(Image.new("RGB", (3, 2)), "WEBP", exif=b"Exif\0\0nonsense")).shape == (2, 3, 4)


@pytest.mark.parametrize("format", ["PNG", "GIF", "BMP", "WEBP", "JPEG", "TIFF", "TGA", "PPM"])
def test_one_pixel_is_a_picture_whatever_the_file_is_called(tmp_path, format):
    (tmp_path / "one.txt").write_bytes(saved(Image.new("RGB", (1, 1), "white"), format))

    assert (load_image(tmp_path / "one.txt") == 255).all()


def test_30000_px_wide():
    assert load_image(saved(Image.new("RGB", (30_000, 2), "red"), "PNG")).shape == (2, 30_000, 4)


def test_a_palette_entry_may_be_half_clear_or_clear():
    indexed = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    indexed.putpalette([255, 0, 255, 1, 2, 3, 4, 5, 6])

    read = load_image(png(indexed, transparency=bytes([0, 100])))

    assert read.tolist() == [[[0, 0, 0, 0], [1, 2, 3, 100], [4, 5, 6, 255]]]


def test_the_clear_colour_of_an_rgb_picture_is_clear():
    read = load_image(png(Image.new("RGB", (1, 1), (9, 8, 7)), transparency=(9, 8, 7)))

    assert not read.any()


def test_an_aseprite_file_is_a_picture(tmp_path):
    picture = np.random.default_rng(0).integers(1, 256, (3, 4, 4)).astype(np.uint8)
    (tmp_path / "a.png").write_bytes(encode_aseprite([picture]))

    assert (load_image(tmp_path / "a.png") == picture).all()
    assert (load_image((tmp_path / "a.png").read_bytes()) == picture).all()
    (tmp_path / "cut.aseprite").write_bytes(encode_aseprite([picture])[:-20])
    with pytest.raises(ImageError, match=r"cut\.aseprite: .*cut short"):
        load_image(tmp_path / "cut.aseprite")


def test_a_png_that_claims_huge_sizes_is_refused_at_once():
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))

    with pytest.raises(ImageError, match="pixels"):
        load_image(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b""))


def test_a_webp_that_claims_to_be_millions_of_pixels_wide_is_refused_at_once():
    frame = np.zeros((2, 2, 3), np.uint8)
    data = bytearray(encode_animation([frame, frame + 1], 100, format="webp"))
    at = data.index(b"VP8X") + 12
    data[at : at + 3] = (10_000_000).to_bytes(3, "little")

    with pytest.raises(ImageError, match="10000001x2 pixels are more"):
        load_image(bytes(data))


def test_a_text_that_unpacks_to_gigabytes_is_refused():
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 26)))
    whole = png(Image.new("RGB", (2, 2)))

    with pytest.raises(ImageError, match="damaged"):
        load_image(whole[:33] + bomb + whole[33:])


def test_folders_and_pipes_are_one_sentence(tmp_path):
    with pytest.raises(ImageError, match="is a folder"):
        load_image(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ImageError, match="no ordinary file"):
            load_image(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_names_that_no_file_can_have_are_one_sentence(name):
    with pytest.raises(ImageError, match="can't be read"):
        load_image(name)


def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"x")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ImageError, match=r"a\.png: can't be read \(Permission denied\)"):
        load_image(tmp_path / "a.png")


def test_a_postscript_drawing_is_refused():
    drawing = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n%%EOF\n"

    with pytest.raises(ImageError, match="EPS is a drawing"):
        load_image(drawing)


WHOLE = [
    *(saved(Image.effect_noise((9, 7), 60).convert("RGB"), f) for f in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "TGA")),
    saved(Image.effect_noise((9, 7), 60).convert("P"), "GIF", comment=b"hello"),
    *(
        encode_animation([np.eye(6, dtype=np.uint8)] * 2 + [np.zeros((6, 6), np.uint8)], 100, format=format,
                         palette=np.array([[1, 2, 3], [4, 5, 6]], np.uint8), transparent=0, text={"prompt": "ü"})
        for format in ("gif", "apng", "webp")
    ),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.floats(0, 1), st.binary(max_size=6), st.booleans())
def test_damage_is_an_image_error_or_does_no_harm(data, where, change, cut):
    at = int(where * len(data))
    damaged = data[:at] + change + (b"" if cut else data[at + len(change) :])
    for read in (load_image, read_metadata, lambda data: [*open_frames(data)]):
        with contextlib.suppress(ImageError):
            read(damaged)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_image_error_or_a_picture(data):
    for read in (load_image, read_metadata, open_frames):
        with contextlib.suppress(ImageError, MissingExtra):
            read(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_picture_is_the_callers_own(tmp_path, mode):
    drawn = Image.new(mode, (9, 7), 200 if mode == "L" else (200,) * len(mode))
    drawn.save(tmp_path / "a.png")
    array = np.full((7, 9, 4), 200, np.uint8)

    for source in (tmp_path / "a.png", drawn, array):
        load_image(source)[:] = 1
        assert (load_image(source)[..., :3] == 200).all()


def test_an_array_of_three_channels_becomes_opaque():
    colors = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)

    picture = load_image(colors[:, ::-1])

    assert np.array_equal(picture[..., :3], colors[:, ::-1])
    assert (picture[..., 3] == 255).all()
