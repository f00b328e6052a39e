import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies import palettes
from unipixel.color import Palette, load_palette, palette_from_strip, parse_palette, save_palette
from unipixel.color.palette_files import format_gpl
from unipixel.errors import PaletteError
from unipixel.image import save_png


@given(palettes(), st.sampled_from([".hex", ".gpl", ".pal", ".png"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_format_comes_back_in_order(tmp_path, palette, ending):
    assert load_palette(save_palette(tmp_path / f"p{ending}", palette)) == palette


@given(palettes())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kind_is_told_by_content_not_by_name(tmp_path, palette):
    for ending in (".hex", ".gpl", ".pal", ".png"):
        file = save_palette(tmp_path / f"p{ending}", palette)
        assert load_palette(file.rename(tmp_path / "palette.txt")) == palette


def test_a_gpl_file_keeps_its_name():
    assert parse_palette(format_gpl(Palette.from_hex(["010203"], "late autumn"))).name == "late autumn"


def test_a_gimp_file_as_gimp_writes_it():
    text = (
        "GIMP Palette\r\nName: Demo\r\nColumns: 16\r\n# made by hand\r\n  0   0   0\tBlack\r\n255 136   0\tIndex 1\r\n"
    )

    assert parse_palette(text).to_hex() == ("#000000", "#ff8800")


@given(palettes(), st.integers(1, 5))
def test_blocks_of_a_strip_do_not_matter(palette, block):
    strip = palette.colors[None].repeat(block, axis=0).repeat(block, axis=1)

    assert palette_from_strip(strip) == palette


def test_transparent_pixels_of_a_strip_are_no_colour():
    strip = np.array([[[1, 2, 3, 255], [0, 0, 0, 0]]], np.uint8)

    assert palette_from_strip(strip).to_hex() == ("#010203",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "GIMP Palette\n1 2\n",
        "GIMP Palette\n1 2 256\n",
        "JASC-PAL\n0100\n2\n0 0 0\n",
        "JASC-PAL",
        "GIMP Palette\n² 1 1\n",
    ],
)
def test_broken_texts_are_refused(text):
    with pytest.raises(PaletteError):
        parse_palette(text, "broken")


def test_too_many_colours_no_file_and_unknown_endings_are_refused(tmp_path):
    busy = np.arange(300, dtype=np.uint16).view(np.uint8).reshape(1, 300, 2)
    save_png(tmp_path / "busy.png", np.dstack([busy, np.zeros((1, 300, 1), np.uint8)]))

    with pytest.raises(PaletteError, match="300 colours"):
        load_palette(tmp_path / "busy.png")
    with pytest.raises(PaletteError, match="can't be read"):
        load_palette(tmp_path / "none.hex")
    with pytest.raises(PaletteError, match=r"\.xyz"):
        save_palette(tmp_path / "p.xyz", Palette.from_hex(["000000"]))
