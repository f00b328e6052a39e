"""Palettes by name reach the shelf and one folder, and nothing else."""

import pytest

from unipixel.color import builtin_palette, choose_palette, palette_files
from unipixel.errors import PaletteError


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "palettes"
    (place / "more").mkdir(parents=True)
    (place / "mine.hex").write_text("112233\n445566\n", "utf-8")
    (place / "pico-8").write_text("000000\n", "utf-8")
    (place / ".hidden.hex").write_text("112233\n", "utf-8")
    (tmp_path / "secret.hex").write_text("112233\n", "utf-8")
    return place


def test_files_of_a_folder_are_listed_by_name(folder):
    assert list(palette_files(folder)) == ["mine.hex", "pico-8"]
    assert palette_files(folder / "gone") == palette_files(None) == {}


def test_a_palette_is_a_file_a_name_on_the_shelf_or_colours(folder):
    assert choose_palette("mine.hex", folder).to_hex() == ("#112233", "#445566")
    assert choose_palette("pico-8", folder).to_hex() == ("#000000",)  # a person's own goes before the shelf's
    assert choose_palette("pico-8") == builtin_palette("pico-8")
    assert choose_palette("#ff0000, 00ff00", folder).to_hex() == ("#ff0000", "#00ff00")


@pytest.mark.parametrize("name", ["../secret.hex", ".hidden.hex", "more", "secret.hex", "{}/mine.hex", ""])
def test_nothing_else_can_be_named(folder, name):
    with pytest.raises(PaletteError, match="no built-in palette"):
        choose_palette(name.format(folder), folder)
