import pytest

from unipixel.color import Palette, find_palette, known_palette, save_palette
from unipixel.errors import PaletteError


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("nokia", ("#43523d", "#c7f0d8")),
        ("1-bit", ("#000000", "#ffffff")),
        ("#0f380f,#306230", ("#0f380f", "#306230")),
        ("0f380f 306230, ffffff", ("#0f380f", "#306230", "#ffffff")),
        ("#FF8800", ("#ff8800",)),
    ],
)
def test_names_and_lists(text, codes):
    assert find_palette(text).to_hex() == codes


def test_files_and_the_shelf_before_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_palette("mine.gpl", Palette.from_hex(["010203"]))
    save_palette("pico-8", Palette.from_hex(["010203"]), format="hex")

    assert find_palette("mine.gpl").to_hex() == ("#010203",)
    assert len(find_palette("pico-8")) == 16
    assert find_palette("./pico-8").to_hex() == ("#010203",)


@pytest.mark.parametrize(
    "text", ["pico-9", "", " ", ".", "none.gpl", "#12345", "#123456,#zzzzzz", "#123456," * 99 + "x", "\0"]
)
def test_what_is_nothing_is_refused(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PaletteError, match="neither a built-in palette nor a file"):
        find_palette(text)


def test_the_nearest_name_is_told():
    with pytest.raises(PaletteError, match="Did you mean 'pico-8'"):
        find_palette("pico-9")


def test_a_known_palette_is_never_a_file(tmp_path, monkeypatch):
    (tmp_path / "mine.hex").write_text("102030\n")
    monkeypatch.chdir(tmp_path)

    assert known_palette("mine.hex") is None
    assert known_palette("#102030").to_hex() == ("#102030",)
    assert known_palette("sweetie-16") is not None
