"""txt2img and img2img: pictures are converted before they are saved, and what they were is kept beside them."""

import numpy as np
import pytest
from PIL import Image

from host_pictures import draw, enlarged, smooth
from unipixel import convert
from unipixel.image import load_image
from webui_notes import parse_infotext, paste

ON = {"preset": "unipixel"}


def files_in(webui):
    return sorted(file.name for file in (webui.root / "outputs").iterdir())


def test_pictures_become_art_where_they_are_and_are_kept_behind(webui, script):
    pictures = [enlarged(draw(seed), soft=True) for seed in (1, 2)]

    _, shown = webui.draw(pictures, {**ON, "zoom": 4}, script=script)

    sizes = [picture.size for picture in shown.images]
    assert sizes == [(96, 80), (96, 80), (192, 160), (24, 20), (192, 160), (24, 20)]
    for place, picture in enumerate(pictures):
        native = convert(picture, preset="unipixel").native
        assert np.array_equal(load_image(shown.images[place]), native.repeat(4, 0).repeat(4, 1))
        assert shown.images[2 + 2 * place] is picture
        assert np.array_equal(load_image(shown.images[3 + 2 * place]), native)
    assert files_in(webui) == [
        "00000-100-before-unipixel.png", "00001-100-native.png", "00002-100.png",
        "00003-101-before-unipixel.png", "00004-101-native.png", "00005-101.png",
    ]  # fmt: skip


def test_every_picture_of_every_batch_is_converted(webui, txt2img):
    pictures = [enlarged(draw(seed)) for seed in range(4)]

    _, shown = webui.draw(pictures, ON, script=txt2img, batches=2)

    assert [picture.size for picture in shown.images] == [(24, 20)] * 4 + [(192, 160)] * 4
    assert all(np.array_equal(load_image(shown.images[seed]), draw(seed)) for seed in range(4))
    assert [parse_infotext(text)["Seed"] for text in shown.infotexts] == ["100", "101", "102", "103"] * 2


def test_the_next_job_shows_nothing_of_the_last(webui, txt2img):
    picture = enlarged(draw(1))
    job, _ = webui.draw([picture], ON, script=txt2img)

    _, shown = webui.draw([picture], ON, script=txt2img, job=job)  # loops draw with the same one again

    assert len(shown.images) == 2


def test_what_is_kept_is_a_person_s_choice(webui, txt2img):
    webui.opts.data.update(unipixel_keep_original=False, unipixel_keep_native=False)

    _, shown = webui.draw([enlarged(draw(1))], {**ON, "zoom": 4}, script=txt2img)

    assert [picture.size for picture in shown.images] == [(96, 80)]


def test_nothing_is_saved_where_the_host_saves_nothing(webui, txt2img):
    webui.opts.samples_save = False

    _, shown = webui.draw([enlarged(draw(1))], {**ON, "zoom": 4}, script=txt2img)

    assert len(shown.images) == 3
    assert files_in(webui) == []


@pytest.mark.parametrize("settings", [(), (False,), (None,) * 26, (False, "unipixel"), ({"enable": False},)])
def test_without_being_asked_nothing_happens(webui, script, settings):
    picture = enlarged(draw(1))

    job, shown = webui.draw([picture], *settings, script=script)

    assert shown.images == [picture]
    assert job.extra_generation_params == {}


@pytest.mark.parametrize("sent", [(True,), (True, None), (True, *(None,) * 25), ({},), ({"preset": None},)])
def test_calls_of_programs_may_leave_everything_out(webui, script, sent):
    arguments = webui.arguments_of(script, sent)

    _, shown = webui.draw([enlarged(draw(1))], *arguments, script=script)

    assert np.array_equal(load_image(shown.images[0]), draw(1))


def test_calls_of_programs_by_place_and_by_name_are_the_same(webui, txt2img):
    by_place = webui.arguments_of(txt2img, [True, "unipixel", None, None, None, "nearest"])
    by_name = webui.arguments_of(txt2img, [{"preset": "unipixel", "cells": "nearest"}])

    one, other = (webui.draw([enlarged(draw(1), soft=True)], *sent, script=txt2img)[1] for sent in (by_place, by_name))

    assert one.infotexts == other.infotexts
    assert np.array_equal(load_image(one.images[0]), load_image(other.images[0]))


def test_alpha_is_kept(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1, clear=True))], ON, script=txt2img)

    assert shown.images[0].mode == "RGBA"
    assert np.array_equal(load_image(shown.images[0]), draw(1, clear=True))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (ON | {"scale": 8.0}, "preset and scale both name the grid"),
        ({"palette": "pico8x"}, "Did you mean 'pico-8'"),
        ({"palette": "/etc/passwd"}, "no built-in palette"),
        ({"dither": "bayer-4"}, "dither bayer-4 needs a palette"),
        ({"zoom": 65}, "zoom 65 is out of range"),
        ({"size": 3}, "There is no option 'size'"),
        ({"scale": "8"}, "scale '8' is no number"),
    ],
)
def test_what_can_not_be_done_leaves_the_picture_and_is_told(webui, txt2img, caplog, given, says):
    picture = enlarged(draw(1))

    job, shown = webui.draw([picture], given, script=txt2img)

    assert shown.images == [picture]
    (comment,) = job.comments
    for told in (comment, caplog.text, parse_infotext(shown.infotexts[0])["UniPixel"]):
        assert says in told
        assert "--" not in told


def test_a_picture_without_a_grid_is_left_and_the_next_is_converted(webui, txt2img):
    _, shown = webui.draw([smooth(), enlarged(draw(1))], {}, script=txt2img)

    assert [picture.size for picture in shown.images] == [(160, 160), (24, 20), (192, 160)]
    notes = [parse_infotext(text)["UniPixel"] for text in shown.infotexts]
    assert notes[0].startswith("not converted: ")
    assert "Give scale or native_size where you know it" in notes[0]
    assert notes[1] == "24x20"


def test_settings_hold_their_defaults_where_the_page_was_never_made(bare):
    bare.load()
    (script,) = bare.make_tab("txt2img")

    _, shown = bare.draw([enlarged(draw(1))], ON, script=script)

    assert [picture.size for picture in shown.images] == [(24, 20), (192, 160)]


CASES = [
    {"preset": "unipixel", "zoom": 4},
    {"scale": 8.0, "offset": "3,5", "colors": -1, "min_confidence": 0.25, "serpentine": False},
    {"palette": "#0f380f,#9bbc0f", "dither": "bayer-4", "clean_halo": True, "background": "#ff00ff"},
    {"native_size": "24x20", "alpha": "threshold", "alpha_threshold": 99, "optimize": True},
]


@pytest.mark.parametrize("given", CASES)
def test_settings_go_into_the_notes_and_come_back_from_them(webui, script, given):
    _, shown = webui.draw([enlarged(draw(1))], given, script=script)

    pasted = paste(script.infotext_fields, shown.infotexts[0])

    values = dict(
        zip(("enable", *(key.label.replace(" ", "_") for key in script.controls[1:])), pasted.values(), strict=True)
    )
    defaults = {component.label.replace(" ", "_"): component.value for component in script.controls[1:]}
    assert values == {**defaults, "enable": True, **given}
    assert all(type(value) is type(component.value) for component, value in pasted.items())


def test_notes_of_other_pictures_turn_the_panel_off_and_leave_its_options_alone(webui, script):
    pasted = paste(script.infotext_fields, "a castle\nNegative prompt: blur\nSteps: 20, Seed: 1")

    assert pasted == {script.controls[0]: False}


def test_kept_pictures_carry_the_notes_too(webui, txt2img):
    _, shown = webui.draw([enlarged(draw(1))], ON, script=txt2img)

    assert shown.images[1].info["parameters"] == shown.infotexts[1]
    with Image.open(webui.root / "outputs" / "00000-100-before-unipixel.png") as kept:
        assert kept.info["parameters"] == shown.infotexts[0]
