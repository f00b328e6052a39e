"""Palette files: every format comes back and is told by its content; no bytes make anything but our own errors."""

import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import GimpPaletteFile, Image, ImageCms

from strategies import palettes
from unipixel.color import Palette, encode_palette, load_palette, palette_from_strip, parse_palette, save_palette
from unipixel.color.palette_files import FORMATS
from unipixel.errors import ImageError, PaletteError
from unipixel.image import save_png
from unipixel.image.aseprite_write import encode_aseprite

FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
WITH_DUPLICATES = [name for name in FORMATS if name != "webp"]


@pytest.mark.parametrize("format", FORMATS)
@given(palette=st.one_of(palettes(), palettes(min_size=200, max_size=256)))
def test_every_format_comes_back_in_order(format, palette):
    assert parse_palette(encode_palette(palette, format), "x") == palette


@pytest.mark.parametrize("format", WITH_DUPLICATES)
@given(palette=palettes(max_size=8))
def test_duplicates_are_kept(format, palette):
    twice = Palette(np.concatenate([palette.colors, palette.colors[::-1]]))

    assert parse_palette(encode_palette(twice, format)) == twice


@given(palettes(max_size=4))
@FILES
def test_kind_is_told_by_content_not_by_name(tmp_path, palette):
    for format, entry in FORMATS.items():
        file = save_palette(tmp_path / f"p{(*entry.endings, '.pal')[0]}", palette, format=format)
        for ending in (".txt", ".png", ".act"):
            assert load_palette(file.replace(tmp_path / f"other{ending}")) == palette
            file = tmp_path / f"other{ending}"


@pytest.mark.parametrize("format", FORMATS)
@given(palette=palettes(max_size=6), data=st.data())
def test_damage_is_one_of_our_errors(format, palette, data):
    whole = bytearray(encode_palette(palette, format))
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _readable_or_refused(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@given(st.binary(max_size=900))
@settings(max_examples=300)
def test_no_bytes_make_anything_but_our_errors(data):
    _readable_or_refused(data)


@given(
    st.sampled_from(
        [b"ASEF", b"RIFF\0\0\0\0PAL ", b"\0\1", b"\0\2", b"GIMP Palette\n", b"JASC-PAL\n0100\n", b"#", b""]
    ),
    st.binary(max_size=80),
)
@settings(max_examples=500)
def test_no_bytes_after_a_known_head_make_anything_but_our_errors(head, tail):
    _readable_or_refused(head + tail)


@given(st.binary(min_size=768, max_size=768), st.sampled_from([b"", b"\1\0\xff\xff"]))
def test_any_colour_table_is_read(table, tail):
    """Unless it begins like another format, which has a mark of its own."""
    expected = np.frombuffer(table, np.uint8).reshape(-1, 3)
    if table[:2] in (b"\0\1", b"\0\2") or all(byte < 128 for byte in table):
        return
    palette = parse_palette(table + tail)

    assert np.array_equal(palette.colors, expected[: len(palette)])
    assert len(palette) == 256 or (not tail and (expected[len(palette) - 1 :] == expected[-1]).all())


@pytest.mark.parametrize(
    "ending", [".hex", ".gpl", ".pal", ".ase", ".act", ".aco", ".txt", ".aseprite", ".png", ".gif"]
)
def test_a_files_ending_tells_the_format_to_write(tmp_path, ending):
    palette = Palette.from_hex(["010203", "a0b0c0"], "moss")

    data = save_palette(tmp_path / f"p{ending.upper()}", palette).read_bytes()
    assert data == encode_palette(palette, next(name for name, entry in FORMATS.items() if ending in entry.endings))


# Files as other programs write them, and those programs' readers for ours.


def test_pillow_reads_our_gimp_palettes():
    palette = Palette.from_hex(["010203", "ff8800", "00ff00"], "late autumn")
    theirs = GimpPaletteFile.GimpPaletteFile(io.BytesIO(encode_palette(palette, "gpl")))

    assert palette.colors.tobytes() in bytes(theirs.palette)  # old Pillows count the lines above as entries too


def test_a_gpl_file_keeps_its_name():
    assert parse_palette(encode_palette(Palette.from_hex(["010203"], "late  autumn\n"), "gpl")).name == "late autumn"
    assert parse_palette(b"GIMP Palette\n1 2 3\n", "file").name == "file"
    assert parse_palette(b"GIMP Palette\n1 2 3\n").name == ""


def test_gimp_files_as_gimp_and_aseprite_write_them():
    gimp = b"GIMP Palette\r\nName: Demo\r\nColumns: 16\r\n# made by hand\r\n  0   0   0\tBlack\r\n255 136   0\t00\r\n"
    aseprite = b"GIMP Palette\nChannels: RGBA\n#\n  9   9   9   0\tMask\n255 136   0 255\tA\n  1   2   3  90\tB\n"
    old = b"GIMP Palette\n# \xe9t\xe9\n1 2 3 \xe9\n"

    assert parse_palette(gimp).to_hex() == ("#000000", "#ff8800")
    assert parse_palette(aseprite).to_hex() == ("#ff8800", "#010203")
    assert parse_palette(old).to_hex() == ("#010203",)


def test_jasc_files_with_alpha():
    assert parse_palette(b"JASC-PAL\r\n0100\r\n3\r\n1 2 3 255\r\n9 9 9 0\r\n4 5 6 128\r\n").to_hex() == (
        "#010203",
        "#040506",
    )


def test_hex_files_of_any_hand():
    text = b"\xef\xbb\xbf# Autumn\n; by hand\n\nFF8800\n#00ff00, 0000ff\n0x010203\n#11223380\nFF445566\n"

    assert parse_palette(text).to_hex() == ("#ff8800", "#00ff00", "#0000ff", "#010203", "#112233", "#445566")


def test_a_paint_net_file():
    text = b";paint.net Palette File\r\n;Colors: 2\r\nFFff8800\r\n00ffffff\r\n80102030\r\n"

    assert parse_palette(text).to_hex() == ("#ff8800", "#102030")


def test_riff_files_with_other_chunks():
    body = struct.pack("<HH", 0x300, 2) + bytes([1, 2, 3, 0, 4, 5, 6, 4])
    chunks = b"offl" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(body)) + body

    assert parse_palette(b"RIFF\0\0\0\0PAL " + chunks).to_hex() == ("#010203", "#040506")


def _exchange(*models: bytes) -> bytes:
    bodies = [struct.pack(">H", 2) + "a\0".encode("utf-16-be") + model + b"\0\2" for model in models]
    blocks = b"".join(struct.pack(">HI", 1, len(body)) + body for body in bodies)
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(models)) + blocks


def test_swatch_exchange_of_rgb_and_grey():
    data = _exchange(b"RGB " + struct.pack(">fff", 1, 0.5, 0), b"Gray" + struct.pack(">f", 0.2))

    assert parse_palette(data).to_hex() == ("#ff8000", "#333333")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (_exchange(b"CMYK" + struct.pack(">ffff", 0, 0, 0, 0)), "CMYK"),
        (_exchange(b"LAB " + struct.pack(">fff", 0, 0, 0)), "LAB"),
        (_exchange(b"RGB " + struct.pack(">fff", 0, float("nan"), 0)), "not a number"),
        (_exchange(), "no colour"),
        (_exchange(b"RGB " + struct.pack(">fff", 0, 0, 0))[:-4], "cut short"),
        (struct.pack(">HH6H", 1, 1, 7, 0, 0, 0, 0, 0), "Lab"),
        (struct.pack(">HH5H", 1, 2, 0, 0, 0, 0, 0), "cut short"),
        (b"RIFF\0\0\0\0PAL data" + struct.pack("<IHH", 8, 0x300, 9) + bytes(4), "cut short"),
        (b"RIFF\0\0\0\0PAL ", "without colours"),
        (bytes(range(256)) * 3 + struct.pack(">HH", 999, 0xFFFF), "999"),
        (b"", "no colour"),
        (b"hello", "not a colour"),
        (b"GIMP Palette\n1 2\n", "three numbers"),
        (b"GIMP Palette\n1 2 256\n", "three numbers"),
        (b"GIMP Palette\nChannels: RGBA\n1 2 3 x\n", "four numbers"),
        ("GIMP Palette\n² 1 1\n".encode(), "three numbers"),
        (b"GIMP Palette\n" + b"0" * 5000 + b" 1 1\n", "three numbers"),
        (b"JASC-PAL\n0100\n2\n0 0 0\n", "says 2 colours but lists 1"),
        (b"JASC-PAL", "no number of"),
        (b"00000000\n", "no colour"),
        ("\n".join(f"{code:06x}" for code in range(257)).encode(), "257 colours"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(data, message):
    with pytest.raises(PaletteError, match=message) as caught:
        parse_palette(data, "broken")

    assert "broken" in str(caught.value)


def test_photoshop_swatches_of_several_spaces():
    rows = [(0, 65535, 32896, 0, 0), (1, 43690, 65535, 65535, 0), (8, 10000, 0, 0, 0)]
    first = struct.pack(">HH", 1, 3) + b"".join(struct.pack(">5H", *row) for row in rows)

    assert parse_palette(first).to_hex() == ("#ff8000", "#0000ff", "#ffffff")
    assert parse_palette(first + b"\0\0\0\0").to_hex() == ("#ff8000", "#0000ff", "#ffffff")


def test_colour_tables():
    colors = bytes([200, 0, 1, 0, 255, 0, 0, 0, 255]) + bytes(768 - 9)

    assert parse_palette(colors).to_hex() == ("#c80001", "#00ff00", "#0000ff", "#000000")
    assert parse_palette(colors + b"\0\3\0\1").to_hex() == ("#c80001", "#0000ff")
    assert parse_palette(bytes(768)).to_hex() == ("#000000",)


def test_aseprite_sprites_old_and_new():
    palette = np.array([[1, 2, 3, 255], [0, 0, 0, 0], [4, 5, 6, 90]], np.uint8)
    pixels = np.zeros((2, 2), np.uint8)

    assert parse_palette(encode_aseprite([pixels], palette=palette)).to_hex() == ("#010203", "#040506")


# Pictures.


def _picture(indices: list[list[int]], colors: list[list[int]], kind: str = "PNG", **options: object) -> bytes:
    image = Image.fromarray(np.array(indices, np.uint8))
    image.putpalette(np.array(colors, np.uint8).tobytes())
    file = io.BytesIO()
    image.save(file, kind, **({"optimize": False} if kind == "GIF" else {}), **options)
    return file.getvalue()


SIX = [[9, 9, 9], [200, 0, 0], [0, 200, 0], [0, 0, 200], [5, 5, 5], [250, 250, 250]]


@given(palettes(), st.integers(1, 5))
def test_blocks_of_a_strip_do_not_matter(palette, block):
    strip = palette.colors[None].repeat(block, axis=0).repeat(block, axis=1)

    assert palette_from_strip(strip) == palette


def test_transparent_pixels_of_a_strip_are_no_colour():
    strip = np.array([[[1, 2, 3, 255], [0, 0, 0, 0]]], np.uint8)

    assert palette_from_strip(strip).to_hex() == ("#010203",)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_an_indexed_picture_gives_its_table_in_order_with_unused_colours(kind):
    data = _picture([[3, 3, 3, 1], [3, 3, 1, 0]], SIX, kind)

    assert [list(color) for color in parse_palette(data).colors] == SIX


def test_a_pattern_of_few_of_many_colours_is_no_strip():
    data = _picture([[4, 1], [1, 4]], SIX)

    assert [list(color) for color in parse_palette(data).colors] == SIX


def test_a_strip_is_read_as_it_shows_though_its_table_is_in_another_order():
    data = _picture([[5, 4, 3, 2, 1, 0]] * 2, SIX)

    assert [list(color) for color in parse_palette(data).colors] == SIX[::-1]


def test_padding_and_the_transparent_entry_of_a_table_are_left_out():
    padded = SIX + [[0, 0, 0]] * 10
    data = _picture([[3, 3, 3, 1], [3, 3, 1, 0]], padded, transparency=0)

    assert [list(color) for color in parse_palette(data).colors] == SIX[1:]


def test_an_indexed_picture_of_another_profile_gives_the_colours_that_it_shows():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = srgb.replace(b"rXYZ", b"xxxx").replace(b"bXYZ", b"rXYZ").replace(b"xxxx", b"bXYZ")  # red for blue
    indices = [[1, 1, 1, 2]]

    assert parse_palette(_picture(indices, SIX, icc_profile=srgb)) == parse_palette(_picture(indices, SIX))
    assert parse_palette(_picture(indices, SIX, icc_profile=exchanged)).to_hex()[0] == "#0000c8"


def test_a_photograph_is_sent_to_extract():
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)).save(file, "JPEG")

    with pytest.raises(PaletteError, match="unipixel palette extract"):
        parse_palette(file.getvalue(), "photo")


def test_too_many_colours_no_file_and_unknown_endings_are_refused(tmp_path):
    busy = np.arange(300, dtype=np.uint16).view(np.uint8).reshape(1, 300, 2)
    save_png(tmp_path / "busy.png", np.dstack([busy, np.zeros((1, 300, 1), np.uint8)]))

    with pytest.raises(PaletteError, match="300 colours"):
        load_palette(tmp_path / "busy.png")
    with pytest.raises(PaletteError, match="can't be read"):
        load_palette(tmp_path / "none.hex")
    with pytest.raises(PaletteError, match=r"\.xyz"):
        save_palette(tmp_path / "p.xyz", Palette.from_hex(["000000"]))
    with pytest.raises(PaletteError, match="'nope'"):
        save_palette(tmp_path / "p.hex", Palette.from_hex(["000000"]), format="nope")


def _readable_or_refused(data: bytes) -> None:
    with contextlib.suppress(PaletteError, ImageError):
        assert 1 <= len(parse_palette(data, "x")) <= 256
