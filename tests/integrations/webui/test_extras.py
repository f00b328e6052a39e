"""Extras: single pictures, batches and folders, before the upscaler that is on by default."""

import json

import numpy as np
import pytest

from host_pictures import draw, enlarged, smooth
from unipixel.image import load_image


def ours(**given):
    return {"UniPixel": {"enable": True, **given}}


def test_the_upscaler_that_comes_after_us_leaves_the_art_alone(webui):
    names = [script.name for script in webui.make_extras()]

    (shown,) = webui.extras([("a", enlarged(draw(1)))], ours(preset="unipixel"))

    assert names == ["UniPixel", "Upscale"]
    assert np.array_equal(load_image(shown.image), draw(1))
    assert shown.info == {"UniPixel": "24x20", "UniPixel preset": "unipixel"}


def test_off_the_web_ui_does_what_it_always_does(webui):
    (shown,) = webui.extras([("a", enlarged(draw(1)))], {"UniPixel": {"enable": False}})

    assert shown.image.size == (768, 640)
    assert "UniPixel" not in shown.info


def test_a_batch_gives_each_picture_and_its_native(webui):
    shown = webui.extras([(f"p{seed}", enlarged(draw(seed))) for seed in range(3)], ours(zoom=4))

    assert [each.image.size for each in shown] == [(96, 80), (24, 20)] * 3
    assert sorted(file.name for file in (webui.root / "outputs").iterdir()) == [
        "p0-native.png", "p0.png", "p1-native.png", "p1.png", "p2-native.png", "p2.png",
    ]  # fmt: skip
    assert all(np.array_equal(load_image(shown[2 * seed + 1].file), draw(seed)) for seed in range(3))


def test_natives_are_left_out_by_choice(webui):
    webui.opts.data["unipixel_keep_native"] = False

    assert len(webui.extras([("a", enlarged(draw(1)))], ours(zoom=4))) == 1


def test_alpha_is_kept(webui):
    (shown,) = webui.extras([("a", enlarged(draw(1, clear=True)))], ours())

    assert np.array_equal(load_image(shown.file), draw(1, clear=True))


@pytest.mark.parametrize("given", [{}, {"preset": "unipixel", "scale": 8.0}], ids=["no grid", "a contradiction"])
def test_what_can_not_be_converted_stays_as_it_was_and_is_told(webui, given, caplog):
    picture = smooth()

    shown, after = webui.extras([("a", picture), ("b", enlarged(draw(1)))], ours(**given))

    assert shown.image.size == picture.size
    assert shown.info["UniPixel"].startswith("not converted: ")
    assert "UniPixel: " in caplog.text
    assert (after.image.size == (24, 20)) is (not given)


def test_a_program_s_call_which_has_none_for_every_control_converts_nothing_by_default(webui):
    (shown,) = webui.extras([("a", enlarged(draw(1)))])

    assert shown.image.size == (768, 640)


@pytest.mark.parametrize("given", [{}, {"preset": "unipixel", "zoom": 2}])
def test_a_program_s_call_converts_as_the_settings_say(webui, given):
    webui.opts.data["unipixel_extras_api"] = json.dumps(given)

    shown, *_ = webui.extras([("a", enlarged(draw(1)))])

    assert shown.image.size == ((48, 40) if given else (24, 20))


@pytest.mark.parametrize("text", ["yes", "[1]", "{'preset': 'unipixel'}"])
def test_a_setting_that_holds_no_options_is_told_and_stops_no_call(webui, text):
    webui.opts.data["unipixel_extras_api"] = text

    (shown,) = webui.extras([("a", enlarged(draw(1)))])

    assert "holds no options" in shown.info["UniPixel"]


def test_the_settings_page_has_a_label_for_each_setting(webui):
    from unipixel_webui.settings import PAGE

    assert webui.opts.labels.keys() == PAGE.keys()
    assert all(info.section == ("unipixel", "UniPixel") and info.label for info in webui.opts.labels.values())
    assert {name: info.default for name, info in webui.opts.labels.items()} == {
        name: default for name, (default, _) in PAGE.items()
    }
