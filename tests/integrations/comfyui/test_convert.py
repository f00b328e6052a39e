"""Convert: the same picture in gives the same file out of library, command and node; batches are animations."""

import json

import numpy as np
import pytest
import torch

from comfyui_host import Refused
from comfyui_prompts import as_batch, convert_prompt, given, node, put
from host_cases import CASES, IDS, by_library
from host_pictures import draw, smooth, soften
from unipixel import convert
from unipixel.cli.app import main
from unipixel.conversion import encode_conversion
from unipixel.image import load_image

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("clear", [False, True], ids=["opaque", "with alpha"])
@pytest.mark.parametrize(("widgets", "options"), CASES, ids=IDS)
def test_library_command_and_node_write_the_same_bytes(comfy, folders, tmp_path, widgets, options, clear):
    source = put(folders, "a.png", soften(draw(5, clear=clear).repeat(8, 0).repeat(8, 1)))
    library = by_library(source, options)
    with pytest.raises(SystemExit):
        main(["convert", str(source), "-o", str(tmp_path / "command.png"), *options])

    comfy.run(convert_prompt(node("LoadImage", image="a.png"), **widgets))

    assert (comfy.root / "output" / "art_00001_.png").read_bytes() == library
    assert (tmp_path / "command.png").read_bytes() == library


def test_a_batch_is_one_animation_with_one_grid_and_one_palette(comfy):
    walk = [np.roll(draw(6), step, axis=1).repeat(8, 0).repeat(8, 1) for step in range(5)]

    done = comfy.run(convert_prompt(given(comfy, as_batch(*walk)), colors=6, save={"format": "aseprite"}))

    made = convert(walk, colors=6)
    (native,), (_,), (mask,), (palette,), (report,), (width,), (height,) = done["2"]["outputs"]
    assert np.array_equal((native * 255).round().numpy(), made.frames[..., :3])
    assert not mask.any()
    assert palette == made.palette
    assert (width, height) == (24, 20)
    assert json.loads(report)["frames"] == 5
    assert (comfy.root / "output" / "art_00001_.aseprite").read_bytes() == encode_conversion(made, ".aseprite")


def test_pictures_taken_apart_are_each_converted_by_themselves(comfy):
    pictures = [soften(draw(seed).repeat(8, 0).repeat(8, 1)) for seed in (7, 8)]

    done = comfy.run(convert_prompt(given(comfy, as_batch(*pictures)), preset="unipixel", batch="apart"))

    for place, picture in enumerate(pictures):
        native = done["2"]["outputs"][0][0][place]
        assert np.array_equal((native * 255).round().numpy(), convert(picture, preset="unipixel").native[..., :3])
    assert len(json.loads(done["2"]["outputs"][4][0])) == 2


def test_natives_of_different_sizes_are_told(comfy):
    big, small = draw(1, height=20, width=20).repeat(8, 0).repeat(8, 1), draw(2, height=10, width=10)
    batch = as_batch(big, small.repeat(16, 0).repeat(16, 1))

    with pytest.raises(Exception, match=r"different sizes \(10x10, 20x20\).*give scale or native_size"):
        comfy.run(convert_prompt(given(comfy, batch), batch="apart"))


def test_a_list_of_pictures_is_converted_one_by_one(comfy):
    batch = as_batch(*[draw(seed).repeat(8, 0).repeat(8, 1) for seed in (3, 4)])
    prompt = {
        "1": given(comfy, batch),
        "2": node("BatchToList", images=["1", 0]),
        "3": node("UniPixelConvert", images=["2", 0]),
        "4": node("Keep", images=["3", 0]),
    }

    natives = comfy.run(prompt)["3"]["outputs"][0]

    assert [tuple(native.shape) for native in natives] == [(1, 20, 24, 3)] * 2


def test_a_sheet_stays_a_sheet(comfy):
    sheet = draw(9, height=20, width=48).repeat(8, 0).repeat(8, 1)

    done = comfy.run(convert_prompt(given(comfy, as_batch(sheet)), sheet="2x1", scale=8.0))

    assert tuple(done["2"]["outputs"][0][0].shape) == (1, 20, 48, 3)


def test_a_palette_by_link_goes_before_the_named_one(comfy):
    picture = as_batch(draw(10).repeat(8, 0).repeat(8, 1))
    prompt = convert_prompt(given(comfy, picture), palette="pico-8", palette_in=["4", 0], dither="bayer-2")
    prompt["4"] = node("UniPixelPalette", palette="sweetie-16", codes="#000000, #ffffff")

    native = comfy.run(prompt)["2"]["outputs"][0][0]

    assert set(native.unique().tolist()) <= {0.0, 1.0}


def test_previews_are_natives_at_a_whole_zoom(comfy, folders):
    done = comfy.run(convert_prompt(given(comfy, as_batch(draw(11).repeat(8, 0).repeat(8, 1)))))

    (shown,) = done["2"]["ui"]["images"]
    assert shown["type"] == "temp"
    preview = load_image(f"{folders.get_temp_directory()}/{shown['filename']}")
    assert np.array_equal(preview, draw(11).repeat(21, 0).repeat(21, 1))


@pytest.mark.parametrize("colors", [5, 400])
def test_previews_show_alpha_and_any_number_of_colours(comfy, folders, colors):
    art = draw(13, colors=colors, height=32, width=32, clear=True)
    mask = torch.from_numpy(1.0 - art[None, ..., 3].astype(np.float32) / 255.0)

    done = comfy.run(convert_prompt(given(comfy, as_batch(art), mask), scale=1.0))

    preview = load_image(f"{folders.get_temp_directory()}/{done['2']['ui']['images'][0]['filename']}")
    assert np.array_equal(preview, art.repeat(16, 0).repeat(16, 1))


@pytest.mark.parametrize("batch", ["animation", "apart"])
@pytest.mark.parametrize("sheet", ["", "2x1"])
def test_each_picture_is_shown_by_its_own_preview(comfy, folders, batch, sheet):
    natives = [draw(seed, colors=3 + seed, height=16, width=32) for seed in range(3)]
    natives = natives[:1] if sheet else natives

    done = comfy.run(convert_prompt(given(comfy, as_batch(*natives)), scale=1.0, batch=batch, sheet=sheet))

    for native, shown in zip(natives, done["2"]["ui"]["images"], strict=True):
        preview = load_image(f"{folders.get_temp_directory()}/{shown['filename']}")
        assert np.array_equal(preview, native.repeat(16, 0).repeat(16, 1))


def test_a_long_animation_shows_some_of_its_frames(comfy):
    batch = as_batch(*[draw(seed, height=8, width=8) for seed in range(40)])

    done = comfy.run(convert_prompt(given(comfy, batch), scale=1.0))

    assert len(done["2"]["ui"]["images"]) == 8  # every fifth


def test_the_same_prompt_runs_once(comfy, folders):
    put(folders, "a.png", draw(12).repeat(8, 0).repeat(8, 1))
    prompt = convert_prompt(node("LoadImage", image="a.png"))

    comfy.run(prompt)
    comfy.run(prompt)
    assert comfy.runs == ["1", "2", "3"]

    prompt["2"]["inputs"]["colors"] = 4
    comfy.run(prompt)
    assert comfy.runs == ["1", "2", "3", "2", "3"]


@pytest.mark.parametrize(
    ("widgets", "says"),
    [
        ({"dither": "bayer-4"}, "dither bayer-4 needs a palette"),
        ({"preset": "unipixel", "scale": 8.0}, "preset and scale both name the grid"),
        ({"native_size": "big"}, "'big' is no WIDTHxHEIGHT"),
        ({"zoom": 65}, "zoom 65 is out of range"),
        ({"palette": "pico8x"}, "no built-in palette 'pico8x'. Did you mean 'pico-8'"),
        ({"palette": "../../secret.png"}, "no built-in palette"),
        ({"cells": "magic"}, "cells magic is not known"),
    ],
)
def test_nonsense_is_refused_before_anything_is_drawn(comfy, folders, widgets, says):
    put(folders, "a.png", draw(12))

    with pytest.raises(Refused, match=says):
        comfy.run(convert_prompt(node("LoadImage", image="a.png"), **widgets))
    assert comfy.runs == []


def test_what_no_check_saw_is_refused_in_the_node_too(comfy, pack):
    convert_node = comfy.nodes["UniPixelConvert"]()  # a version that takes any value of a list, or a link

    with pytest.raises(Exception, match="no built-in palette 'pico8x'"):
        convert_node.run(images=as_batch(draw(1)), palette="pico8x")


def test_a_linked_option_is_left_to_the_run(comfy, folders):
    put(folders, "a.png", draw(12).repeat(8, 0).repeat(8, 1))
    prompt = convert_prompt(node("LoadImage", image="a.png"), scale=["4", 1], offset="0,0")
    prompt["4"] = node("UniPixelDetectGrid", images=["1", 0])

    assert comfy.run(prompt)["2"]["outputs"][5] == [24]


def test_a_picture_without_a_grid_is_told_in_the_words_of_the_node(comfy):
    with pytest.raises(Exception, match="Give scale or native_size where you know it") as told:
        comfy.run(convert_prompt(given(comfy, as_batch(np.asarray(smooth())))))
    assert "--" not in str(told.value)
