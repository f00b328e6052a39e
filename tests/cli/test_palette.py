"""``unipixel palette``: results on standard output, files whole and never replaced unasked."""

import json
import sys
from functools import partial

import numpy as np
import pytest

from unipixel.color import Palette, builtin_palette, load_palette, palette_names, save_palette, shelf_entry
from unipixel.color.palette_files import FORMATS
from unipixel.image import load_image, save_png


@pytest.fixture
def palette(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return partial(run, "palette")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    for name, colors in (("a", [(10, 0, 0), (200, 0, 0)]), ("b", [(0, 90, 0), (250, 250, 250)])):
        image = np.array(colors, np.uint8)[np.indices((8, 8)).sum(axis=0) % 2]
        save_png(folder / f"{name}.png", image)
    return folder


def test_ls_lists_every_palette_plainly_where_no_terminal_is(palette):
    code, out, _ = palette("ls")

    assert code == 0
    assert [line.split() for line in out.splitlines()] == [[n, str(len(builtin_palette(n)))] for n in palette_names()]


def test_ls_with_sources_and_as_json(palette):
    _, out, _ = palette("ls", "--sources")
    assert all(source in out for name in palette_names() for source in shelf_entry(name).sources)

    _, out, _ = palette("ls", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == list(palette_names())
    assert Palette.from_hex(rows[-1]["colors"]) == builtin_palette(rows[-1]["name"])


def test_swatches_only_where_the_terminal_shows_them(palette, monkeypatch):
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in palette("show", "nokia")[1]

    monkeypatch.setattr(sys.stdout.__class__, "isatty", lambda self: True, raising=False)
    assert "\x1b[48;2;67;82;61m" in palette("show", "nokia")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in palette("show", "nokia")[1]


def test_show_prints_and_draws(palette, tmp_path):
    assert palette("show", "game-boy")[1].split() == list(builtin_palette("game-boy").to_hex())
    assert json.loads(palette("show", "dmg", "--json")[1])["name"] == "game-boy"

    code, out, _ = palette("show", "db32", "-o", "x.png", "--size", 8)
    assert (code, out) == (0, "")
    assert load_image(tmp_path / "x.png").shape == (16, 128, 4)
    assert load_palette(tmp_path / "x.png") == builtin_palette("db32")


def test_extract_takes_one_palette_of_all_pictures(palette, pictures):
    wanted = ["#0a0000", "#005a00", "#c80000", "#fafafa"]

    assert palette("extract", pictures)[1].split() == wanted
    assert palette("extract", pictures / "a.png", pictures / "b.png", "--colors", 8)[1].split() == wanted
    assert palette("extract", pictures / "a.png")[1].split() == ["#0a0000", "#c80000"]
    assert len(palette("extract", pictures, "--colors", 3)[1].split()) == 3
    assert palette("extract", pictures, "--colors", "auto")[1].split() == wanted
    assert palette("extract", pictures, "--colors", "many")[0] == 2
    assert palette("extract", pictures, "--colors", "0")[0] == 2


def test_extract_of_nothing_is_refused(palette, tmp_path):
    (tmp_path / "empty").mkdir()
    save_png(tmp_path / "clear.png", np.zeros((4, 4, 4), np.uint8))

    assert palette("extract", "empty")[0] == 2
    assert "every pixel is transparent" in palette("extract", "clear.png", "clear.png")[2]


@pytest.mark.parametrize("format", FORMATS)
def test_convert_writes_every_format(palette, tmp_path, format):
    assert palette("convert", "pico-8", "p.bin", "--format", format)[0] == 0
    assert load_palette(tmp_path / "p.bin") == builtin_palette("pico-8")
    assert palette("convert", "p.bin", "again.gpl")[0] == 0
    assert load_palette(tmp_path / "again.gpl") == builtin_palette("pico-8")


def test_nothing_is_replaced_unasked_and_a_source_never(palette, tmp_path):
    save_palette(tmp_path / "a.gpl", Palette.from_hex(["010203"]))
    save_palette(tmp_path / "b.gpl", Palette.from_hex(["ffffff"]))

    code, _, err = palette("convert", "a.gpl", "b.gpl")
    assert code == 2
    assert "--force" in err
    assert load_palette(tmp_path / "b.gpl").to_hex() == ("#ffffff",)
    assert palette("convert", "a.gpl", "b.gpl", "--force")[0] == 0
    assert load_palette(tmp_path / "b.gpl").to_hex() == ("#010203",)
    assert palette("sort", "a.gpl", "-o", "./a.gpl", "--force")[0] == 2
    assert palette("show", "a.gpl", "-o", "b.gpl")[0] == 2


def test_sort_and_reduce(palette, tmp_path):
    assert palette("sort", "#ffffff,#000000", "--by", "lightness")[1].split() == ["#000000", "#ffffff"]
    assert palette("sort", "#ffffff,#000000", "--by", "lightness", "--reverse")[1].split() == ["#ffffff", "#000000"]
    assert palette("reduce", "db32", "--colors", 8, "-o", "few.hex")[0] == 0
    assert set(load_palette(tmp_path / "few.hex").to_hex()) < set(builtin_palette("db32").to_hex())


def test_what_is_wrong_is_one_sentence(palette):
    assert "Did you mean 'pico-8'" in palette("show", "pico-9")[2]
    assert "Use one of .hex" in palette("convert", "pico-8", "p.xyz")[2]
    assert "Name one with -o" in palette("sort", "pico-8", "--format", "gpl")[2]
