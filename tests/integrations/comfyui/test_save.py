"""Files as editors open them: one palette, alpha, the workflow in them, and none ever half written."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from comfyui_prompts import as_batch, given, node
from host_pictures import draw
from unipixel.color import builtin_palette
from unipixel.image import load_image, open_frames

pytestmark = pytest.mark.torch


def save(comfy, *natives, mask=None, **inputs):
    prompt = {
        "1": given(comfy, as_batch(*natives), mask),
        "2": node("UniPixelSave", images=["1", 0], mask=["1", 1], **{"filename_prefix": "out/art", **inputs}),
    }
    return comfy.run(prompt)["2"]["ui"]


def test_each_picture_is_an_indexed_png_and_all_share_the_palette(comfy):
    natives = [draw(1), draw(2)]

    ui = save(comfy, *natives, zoom=2)

    tables = []
    assert [entry["filename"] for entry in ui["images"]] == ["art_00001_.png", "art_00002_.png"]
    for entry, native in zip(ui["images"], natives, strict=True):
        file = comfy.root / "output" / entry["subfolder"] / entry["filename"]
        assert np.array_equal(load_image(file), native.repeat(2, 0).repeat(2, 1))
        with Image.open(file) as image:
            assert image.mode == "P"
            tables.append(image.getpalette())
    assert tables[0] == tables[1]


def test_later_files_are_numbered_on(comfy):
    save(comfy, draw(1), draw(2))

    assert save(comfy, draw(3))["images"][0]["filename"] == "art_00003_.png"


@pytest.mark.parametrize("format", ["aseprite", "gif", "apng", "webp"])
def test_a_batch_is_one_animation(comfy, format):
    natives = [draw(4), draw(5), draw(6)]

    ui = save(comfy, *natives, format=format, frame_ms=80)

    (saved,) = ui["files"]
    frames = open_frames(comfy.root / "output" / "out" / saved["filename"])
    assert np.array_equal(np.stack(list(frames)), np.stack(natives))
    assert frames.durations == (80.0,) * 3
    shown = [entry["type"] for entry in ui["images"]]
    assert shown == (["temp"] * 3 if format == "aseprite" else ["output"])  # no browser shows Aseprite's files


def test_the_palette_comes_first_and_alpha_survives(comfy):
    art = draw(7, clear=True)
    art[..., :3][art[..., 3] > 0] = builtin_palette("pico-8").colors[3]
    mask = torch.from_numpy(1.0 - art[None, ..., 3].astype(np.float32) / 255.0)
    prompt = {
        "1": given(comfy, as_batch(art), mask),
        "2": node("UniPixelPalette", palette="pico-8"),
        "3": node("UniPixelSave", images=["1", 0], mask=["1", 1], palette=["2", 0], filename_prefix="a"),
    }

    comfy.run(prompt)

    file = comfy.root / "output" / "a_00001_.png"
    with Image.open(file) as image:
        assert image.getpalette()[:48] == builtin_palette("pico-8").colors.ravel().tolist()
    assert np.array_equal(load_image(file), art)


def test_the_workflow_is_in_the_file_unless_somebody_does_not_want_it(comfy, monkeypatch):
    comfy.extra_pnginfo = {"workflow": {"nodes": []}}

    save(comfy, draw(8))
    save(comfy, draw(8), metadata=False)
    monkeypatch.setitem(sys.modules, "comfy.cli_args", SimpleNamespace(args=SimpleNamespace(disable_metadata=True)))
    save(comfy, draw(8))

    notes = []
    for number in (1, 2, 3):
        with Image.open(comfy.root / "output" / "out" / f"art_0000{number}_.png") as image:
            notes.append(dict(image.text))
    assert json.loads(notes[0]["prompt"])["2"]["class_type"] == "UniPixelSave"
    assert json.loads(notes[0]["workflow"]) == {"nodes": []}
    assert notes[1] == notes[2] == {}


def test_an_unknown_format_is_told(comfy):
    with pytest.raises(Exception, match="format bmp is not known"):
        comfy.nodes["UniPixelSave"]().run(images=as_batch(draw(1)), filename_prefix="a", format="bmp")
