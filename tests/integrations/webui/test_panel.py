"""The panel is the core's own list of options: names, order, ranges, defaults and help texts."""

import json
import re

import pytest

from unipixel.cleanup import CLEANUPS
from unipixel.color import palette_names
from unipixel.conversion import controls, in_form_words

# Programs send arguments by place: what is new goes to the end.
RECORDED = [
    "preset", "scale", "native size", "offset", "cells", "min confidence", "sheet", "parts", "palette", "colors",
    "keep", "quantizer", "dither", "dither strength", "serpentine", "background", "background tolerance", "alpha",
    "alpha threshold", "clean halo", "clean near duplicates", "clean orphans", "clean outline", "clean jaggies", "zoom",
    "optimize",
]  # fmt: skip


def test_every_option_of_the_core_is_in_the_panel_with_its_range_default_and_help(script):
    known = {control.name.replace("_", " "): control for control in controls()}
    shown = {component.label: component for component in script.controls[1:]}

    assert shown.keys() == known.keys()
    assert {f"clean {name.replace('-', ' ')}" for name in CLEANUPS} <= shown.keys()
    for name, component in shown.items():
        control = known[name]
        assert component.value == control.default
        assert component.settings["info"] == control.help
        assert component.settings.get("minimum") == control.least
        assert component.settings.get("maximum") == control.most
        assert tuple(component.settings.get("choices", ())) == control.choices


def test_calls_of_programs_that_exist_keep_their_places(script):
    assert [component.label for component in script.controls][: len(RECORDED) + 1] == ["UniPixel", *RECORDED]


def test_extras_has_the_same_panel(webui, txt2img):
    ours, _ = webui.make_extras()

    assert list(ours.controls) == ["enable", *(name.replace(" ", "_") for name in RECORDED)]
    told = [(component.label, component.value) for component in ours.controls.values()]
    assert told == [(component.label, component.value) for component in txt2img.controls]


def test_ids_differ_from_tab_to_tab(webui):
    made = [component for tab in ("txt2img", "img2img") for component in webui.make_tab(tab)[0].controls]
    made += webui.make_extras()[0].controls.values()

    ids = [component.elem_id for component in made]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"unipixel_\w+(-checkbox)?", each) for each in ids)


def test_nothing_is_none_which_the_web_ui_could_not_restore(script):
    assert all(component.value is not None for component in script.controls)


def test_no_text_speaks_of_the_command_line(script):
    text = json.dumps([component.settings for component in script.controls], default=str)

    assert in_form_words(text) == text


@pytest.fixture
def palette_box(script):
    (box,) = (component for component in script.controls if component.label == "palette")
    return box


def test_a_typed_palette_shows_its_swatches_or_what_is_wrong(palette_box):
    (typed,) = palette_box.events

    assert "16 colours" in typed.fn("pico-8")
    assert "1 colour<" in typed.fn("#ff0000")
    assert "Did you mean &#x27;pico-8&#x27;" in typed.fn("pico8x")
    assert typed.fn("") == typed.fn(None) == ""


def test_the_shelf_has_every_palette_to_click(webui, palette_box):
    from unipixel_webui.palettes import shelf

    page = shelf(palette_box.elem_id)

    assert re.findall(r'data-palette="([^"]+)"', page) == list(palette_names())
    assert page.count("<img") == len(palette_names())
    assert set(re.findall(r'data-box="([^"]+)"', page)) == {palette_box.elem_id}


def test_files_of_a_person_are_on_the_shelf_and_broken_ones_are_told_when_named(webui, palette_box):
    from unipixel_webui.palettes import palette_folder, shelf

    palette_folder().mkdir(parents=True)
    (palette_folder() / 'a"b.hex').write_text("112233\n445566\n", "utf-8")
    (palette_folder() / "broken.gpl").write_text("GIMP Palette\nnonsense\n", "utf-8")

    page = shelf("box")
    assert 'data-palette="a&quot;b.hex"' in page
    assert "broken" not in page
    assert "2 colours" in palette_box.events[0].fn('a"b.hex')
    assert "unipixel-problem" in palette_box.events[0].fn("broken.gpl")


def test_a_file_that_is_dropped_becomes_colours(webui):
    from unipixel_webui.palettes import dropped

    from unipixel.color import builtin_palette, draw_swatches
    from unipixel.image import encode_png

    strip = encode_png(draw_swatches(builtin_palette("pico-8"), size=1))

    text, swatches = dropped(strip)
    assert text == ",".join(builtin_palette("pico-8").to_hex())
    assert "16 colours" in swatches
    assert dropped(b"112233\n")[0] == "#112233"


@pytest.mark.parametrize("data", [b"", None, b"\x00\x01", b"no palette"])
def test_a_file_without_a_palette_leaves_what_was_chosen(webui, data):
    from unipixel_webui.palettes import dropped

    text, told = dropped(data)

    assert text == {}
    assert "unipixel-problem" in told
