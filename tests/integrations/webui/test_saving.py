"""Files: the same picture in gives the same file out of library, command and web UI."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from host_pictures import draw, enlarged
from unipixel import convert
from unipixel.cli.app import main
from unipixel.color import builtin_palette
from unipixel.conversion import encode_conversion
from unipixel.image import load_image, save_png

CASES = [
    ({}, {}, []),
    ({"preset": "unipixel", "cells": "nearest"},) * 2 + (["--preset", "unipixel", "--cells", "nearest"],),
    ({"colors": 4}, {"colors": 4}, ["--colors", "4"]),
    ({"colors": -1}, {"colors": "auto"}, ["--colors", "auto"]),
    ({"palette": "sweetie-16", "dither": "bayer-4"},) * 2 + (["--palette", "sweetie-16", "--dither", "bayer-4"],),
    (
        {"scale": 8.0, "offset": "0,0", "alpha": "threshold"},
        {"scale": 8.0, "offset": (0, 0), "alpha": "threshold"},
        ["--scale", "8", "--offset", "0,0", "--alpha", "threshold"],
    ),
    (
        {"native_size": "24x20", "clean_orphans": True},
        {"native_size": (20, 24), "clean": ("orphans",)},
        ["--native-size", "24x20", "--clean", "orphans"],
    ),
    ({"sheet": "2x1", "scale": 8.0}, {"sheet": (1, 2), "scale": 8.0}, ["--sheet", "2x1", "--scale", "8"]),
    ({"zoom": 3}, {"zoom": 3}, ["--zoom", "3"]),
]


@pytest.mark.parametrize("clear", [False, True], ids=["opaque", "with alpha"])
@pytest.mark.parametrize(("given", "words", "options"), CASES, ids=[" ".join(case[2]) or "auto" for case in CASES])
def test_library_command_and_web_ui_write_the_same_bytes(webui, txt2img, tmp_path, given, words, options, clear):
    webui.opts.enable_pnginfo = False  # its notes are all that differs
    source = save_png(tmp_path / "a.png", np.asarray(enlarged(draw(5, clear=clear), soft=True)))
    library = encode_conversion(convert(source, **words), zoom=words.get("zoom", 1))
    with pytest.raises(SystemExit):
        main(["convert", str(source), "-o", str(tmp_path / "command.png"), *options])

    with Image.open(source) as picture:
        first, *_ = webui.extras([("extras", picture)], {"UniPixel": {"enable": True, **given}})
        webui.opts.data["unipixel_keep_original"] = webui.opts.data["unipixel_keep_native"] = False
        _, shown = webui.draw([picture.copy()], given, script=txt2img)

    assert (tmp_path / "command.png").read_bytes() == library
    assert (webui.root / "outputs" / "extras.png").read_bytes() == library
    assert Path(shown.images[0].already_saved_as).read_bytes() == library
    assert np.array_equal(load_image(first.image), load_image(library))


def test_the_web_ui_s_notes_stay_in_the_file(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], {"colors": 4}, script=txt2img)

    with Image.open(shown.images[0].already_saved_as) as saved:
        assert saved.mode == "P"
        assert saved.text == {"parameters": shown.infotexts[0]}


def test_a_palette_is_in_the_file_in_its_order(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], {"palette": "pico-8"}, script=txt2img)

    with Image.open(shown.images[0].already_saved_as) as saved:
        assert saved.getpalette()[: 3 * 16] == builtin_palette("pico-8").colors.ravel().tolist()


def test_files_are_left_as_the_web_ui_writes_them_by_choice(webui, txt2img):
    webui.opts.data["unipixel_indexed"] = False

    _, shown = webui.draw([enlarged(draw(1))], {}, script=txt2img)

    with Image.open(shown.images[0].already_saved_as) as saved:
        assert saved.mode == "RGB"


def test_pictures_that_are_no_art_are_left_alone(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], False, script=txt2img)

    with Image.open(shown.images[0].already_saved_as) as saved:
        assert saved.mode == "RGB"


def test_other_formats_are_the_web_ui_s_own(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], {}, script=txt2img)

    file, _ = webui.save_image(shown.images[0], str(webui.root), "a", extension="jpg", forced_filename="a")

    with Image.open(file) as saved:
        assert saved.format == "JPEG"


def test_what_another_extension_drew_on_it_stays(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], {"zoom": 4}, script=txt2img)
    marked = shown.images[0]
    marked.putpixel((1, 1), (1, 2, 3))

    file, _ = webui.save_image(marked, str(webui.root), "a", info="notes", forced_filename="a")

    with Image.open(file) as saved:
        assert (saved.mode, saved.getpixel((1, 1))) == ("RGB", (1, 2, 3))


def test_a_file_that_can_not_be_written_anew_is_left_and_told(webui, txt2img, monkeypatch, caplog):
    def refuse(*_):
        raise OSError("no space left")

    monkeypatch.setattr("unipixel.files.write_atomic", refuse)
    _, shown = webui.draw([enlarged(draw(1))], {}, script=txt2img)

    assert np.array_equal(load_image(shown.images[0].already_saved_as), draw(1))
    assert "as the web UI saved it: no space left" in caplog.text
