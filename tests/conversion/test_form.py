"""The form of host programs holds every option, under the core's names, and reads back into the same options."""

from dataclasses import fields

import pytest

from unipixel.cleanup import CLEANUPS
from unipixel.color import Palette, builtin_palette
from unipixel.conversion import AUTO_COLORS, Options, controls, in_form_words, read_form
from unipixel.errors import OptionError, PaletteError

CONTROLS = {control.name: control for control in controls()}


def test_every_option_has_a_control_with_its_help_choices_and_default():
    for field in fields(Options):
        if field.name == "clean":
            continue
        control = CONTROLS[field.name]
        assert control.help.startswith(in_form_words(field.metadata["help"]))
        assert control.choices == field.metadata["choices"]
        assert control.most == field.metadata["most"]
        assert field.default is None or (control.default, control.least) == (field.default, field.metadata["least"])


def test_every_clean_up_has_a_switch():
    switches = [name for name in CONTROLS if name.startswith("clean_")]

    assert switches == ["clean_" + name.replace("-", "_") for name in CLEANUPS]
    assert read_form({"clean_near_duplicates": True, "clean_halo": True}) == Options(clean=("halo", "near-duplicates"))


def test_a_form_that_nobody_touched_is_the_defaults():
    untouched = {name: control.default for name, control in CONTROLS.items()}

    assert read_form(untouched) == read_form({}) == read_form(dict.fromkeys(CONTROLS)) == Options()


def test_defaults_lie_within_the_ranges():
    for control in CONTROLS.values():
        if control.kind in ("whole", "number"):
            assert control.least is None or control.least <= control.default
            assert control.most is None or control.default <= control.most
        if control.kind == "choice":
            assert control.default in control.choices


@pytest.mark.parametrize(
    ("held", "meant"),
    [
        ({"scale": 6.4}, {"scale": 6.4}),
        ({"scale": 8.0, "offset": "3,5"}, {"scale": 8.0, "offset": (3.0, 5.0)}),
        ({"native_size": "144x112"}, {"native_size": (112, 144)}),
        ({"sheet": "4x2"}, {"sheet": (2, 4)}),
        ({"colors": AUTO_COLORS}, {"colors": "auto"}),
        ({"colors": 16}, {"colors": 16}),
        ({"palette": "pico-8", "dither": "bayer-4"}, {"palette": builtin_palette("pico-8"), "dither": "bayer-4"}),
        ({"palette": Palette.from_hex(["ff0000"])}, {"palette": Palette.from_hex(["ff0000"])}),
        ({"keep": "#ff0000", "colors": 8}, {"keep": Palette.from_hex(["ff0000"]), "colors": 8}),
        ({"background": "flood", "zoom": 4}, {"background": "flood", "zoom": 4}),
    ],
)
def test_what_is_written_is_what_is_meant(held, meant):
    assert read_form(held) == Options(**meant)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({"native_size": "wide"}, "^native_size: 'wide' is no WIDTHxHEIGHT"),
        ({"native_size": "0x4"}, "^native_size: '0x4' is out of range"),
        ({"scale": 0.5}, r"^scale 0\.5 is out of range"),
        ({"colors": -2}, "^colors -2 is out of range"),
        ({"preset": "unipixel", "native_size": "4x4"}, "^preset and native_size both name the grid"),
        ({"dither": "bayer-4"}, "^dither bayer-4 needs a palette, or colors for"),
        ({"shine": 1}, "no option 'shine'"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_form(held, says):
    with pytest.raises(OptionError, match=says):
        read_form(held)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ({"scale": "8"}, "scale '8' is no number"),
        ({"scale": True}, "scale True is no number"),
        ({"zoom": 1.5}, "zoom 1.5 is no whole number"),
        ({"native_size": 64}, "native_size 64 is no text"),
        ({"preset": ["unipixel"]}, r"preset \['unipixel'\] is no name"),
        ({"clean_halo": 1}, "clean_halo 1 is neither true nor false"),
        ({"palette": 3}, "palette 3 is no text"),
    ],
)
def test_values_of_another_kind_are_refused_in_the_words_of_the_form(held, says):
    with pytest.raises(OptionError, match=says):
        read_form(held)


def test_whole_numbers_may_come_as_sliders_send_them():
    assert read_form({"colors": 16.0, "scale": 8}) == Options(colors=16, scale=8)


def test_palettes_are_named_by_shelf_folder_or_colours_and_no_other_file_is_read(tmp_path):
    own, other = tmp_path / "own", tmp_path / "secret.hex"
    own.mkdir()
    (own / "mine.hex").write_text("102030\n405060\n")
    other.write_text("000000\n")

    held = read_form({"palette": "mine.hex"}, own)
    assert held.palette.to_hex() == ("#102030", "#405060")
    assert read_form({"palette": "sweetie-16"}).palette == builtin_palette("sweetie-16")
    assert read_form({"colors": 4, "keep": "#102030"}).keep.to_hex() == ("#102030",)
    for name in (str(other), "../secret.hex", "mine.hex"):
        with pytest.raises(PaletteError):
            read_form({"palette": name}, own if name != "mine.hex" else None)
        with pytest.raises(PaletteError):
            read_form({"colors": 4, "keep": name}, own if name != "mine.hex" else None)
