"""Palettes by name, file, colours and picture; files show up while ComfyUI runs, and only those of their folder."""

import os
from pathlib import Path

import numpy as np
import pytest

from comfyui_host import Refused
from comfyui_prompts import as_batch, given, node
from host_pictures import draw
from unipixel.color import Palette, builtin_palette, extract, save_palette
from unipixel.conversion import Options, recolor

pytestmark = pytest.mark.torch


def palette_prompt(**inputs):
    return {"1": node("UniPixelPalette", **inputs), "2": node("Keep", images=["1", 2])}


def palette_of(comfy, **inputs):
    return comfy.run(palette_prompt(**inputs))["1"]["outputs"][0][0]


@pytest.fixture
def shelf(folders):
    folder = Path(folders.get_user_directory()) / "unipixel" / "palettes"
    folder.mkdir(parents=True)
    return folder


def test_by_name(comfy):
    done = comfy.run(palette_prompt(palette="game-boy"))["1"]["outputs"]

    palette = builtin_palette("game-boy")
    assert done[0] == [palette]
    assert done[1] == [",".join(palette.to_hex())]
    assert np.array_equal((done[2][0][0, ::32, ::32] * 255).round().numpy()[0], palette.colors)
    assert done[3] == [4]


def test_by_colours_and_by_picture(comfy):
    assert palette_of(comfy, palette="pico-8", codes="#102030, ff0000") == Palette.from_hex(["102030", "ff0000"])
    prompt = palette_prompt(palette="pico-8", codes="#102030", images=["3", 0], count=5)
    prompt["3"] = given(comfy, as_batch(draw(1), draw(2)))

    taken = comfy.run(prompt)["1"]["outputs"][0][0]

    both = np.concatenate([draw(1), draw(2)])
    assert taken == extract(both, 5)
    with pytest.raises(Exception, match="'red' is not a colour"):
        comfy.run(palette_prompt(palette="pico-8", codes="red"))


def test_a_file_that_is_dropped_in_shows_up_and_a_changed_one_is_read_again(comfy, shelf):
    names = comfy.nodes["UniPixelPalette"].INPUT_TYPES()["required"]["palette"]
    assert "mine.hex" not in names[0]

    save_palette(shelf / "mine.hex", Palette.from_hex(["000000", "ffffff"]))
    (shelf / ".hidden").write_text("ff0000", "utf-8")
    for name in ("UniPixelPalette", "UniPixelConvert"):
        types = comfy.nodes[name].INPUT_TYPES()
        names = {**types["required"], **types["optional"]}["palette"][0]
        assert names[-1] == "mine.hex"
    assert palette_of(comfy, palette="mine.hex") == Palette.from_hex(["000000", "ffffff"])

    save_palette(file := shelf / "mine.hex", Palette.from_hex(["ff0000", "00ff00"]))
    os.utime(file, ns=(1, 1))  # of the same size
    assert palette_of(comfy, palette="mine.hex") == Palette.from_hex(["ff0000", "00ff00"])


@pytest.mark.parametrize(
    ("name", "says"),
    [("sweetie16x", "Did you mean 'sweetie-16'"), ("../../models/secret.hex", "There are"), ("none", "There are")],
)
def test_unknown_names_are_refused_with_the_nearest(comfy, shelf, name, says):
    (shelf.parents[1] / "models").mkdir()
    save_palette(shelf.parents[1] / "models" / "secret.hex", Palette.from_hex(["000000"]))
    palette = comfy.nodes["UniPixelPalette"]

    with pytest.raises(Exception, match=says):  # where a version of ComfyUI, or a link, lets any name through
        palette().run(palette=name)
    with pytest.raises(Refused, match=says):
        comfy.run(palette_prompt(palette=name))


def test_a_file_that_is_no_palette_is_told_before_the_run(comfy, shelf):
    (shelf / "broken.hex").write_text("no colours here", "utf-8")

    with pytest.raises(Refused, match=r"broken"):
        comfy.run(palette_prompt(palette="broken.hex"))


@pytest.mark.parametrize("widgets", [{}, {"dither": "bayer-4", "dither_strength": 0.5}, {"dither": "floyd-steinberg"}])
def test_natives_get_the_colours_of_a_palette(comfy, widgets):
    natives = [draw(3, colors=40), draw(4, colors=40)]
    prompt = {
        "1": given(comfy, as_batch(*natives)),
        "2": node("UniPixelPalette", palette="pico-8"),
        "3": node("UniPixelSnapToPalette", images=["1", 0], palette=["2", 0], **widgets),
        "4": node("Keep", images=["3", 0]),
    }

    snapped = comfy.run(prompt)["3"]["outputs"][0][0]

    expected, _ = recolor(np.stack(natives), Options(palette="pico-8", **widgets))
    assert np.array_equal((snapped * 255).round().numpy(), expected[..., :3])
