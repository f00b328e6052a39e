"""Detect, take natives, and measure: the steps of a conversion as nodes of their own."""

import json

import numpy as np
import pytest
import torch

from comfyui_prompts import as_batch, given, node
from host_pictures import draw
from unipixel.evaluation import measure_discipline
from unipixel.grid import recover_frames

pytestmark = pytest.mark.torch


def enlarged(*seeds, scale=8):
    return [draw(seed).repeat(scale, 0).repeat(scale, 1) for seed in seeds]


def to_native(source, **widgets):
    return {
        "1": source,
        "2": node("UniPixelDetectGrid", images=["1", 0], mask=["1", 1], **widgets),
        "3": node("UniPixelToNative", images=["1", 0], mask=["1", 1], grid=["2", 0]),
        "4": node("Keep", images=["3", 0]),
    }


def test_a_grid_is_found_and_natives_are_taken_off_it(comfy):
    pictures = enlarged(1, 2, scale=7)

    done = comfy.run(to_native(given(comfy, as_batch(*pictures))))

    _, scale, width, height, confidence, report = (value for (value,) in done["2"]["outputs"])
    assert (scale, width, height) == (7.0, 24, 20)
    assert confidence > 0.9
    assert "24x20 native pixels" in json.loads(report)["reason"]
    native = done["3"]["outputs"][0][0]
    expected = [found.native[..., :3] for found in recover_frames(pictures)]
    assert np.array_equal((native * 255).round().numpy(), np.stack(expected))
    assert len(done["3"]["ui"]["images"]) == 2


def test_alpha_goes_through(comfy):
    art = draw(3, clear=True)
    picture = art.repeat(8, 0).repeat(8, 1)
    mask = torch.from_numpy(1.0 - picture[None, ..., 3].astype(np.float32) / 255.0)

    done = comfy.run(to_native(given(comfy, as_batch(picture), mask), preset="unipixel"))

    assert np.array_equal(done["3"]["outputs"][1][0][0].numpy(), 1.0 - art[..., 3] / 255.0)


def test_a_grid_of_another_picture_is_told(comfy):
    prompt = to_native(given(comfy, as_batch(*enlarged(1))))
    prompt["3"]["inputs"]["images"] = ["5", 0]
    prompt["3"]["inputs"].pop("mask")
    prompt["5"] = node("UniPixelFitToCanvas", images=["1", 0], preset="unipixel", canvas="1024x1024")

    with pytest.raises(Exception, match="the picture has 128x128 px, the grid 192x160"):
        comfy.run(prompt)


def test_the_best_of_a_batch_passes_and_the_worst_decides(comfy):
    good, bad = enlarged(4, 5)
    bad = np.roll(bad, 4, axis=1)
    prompt = {
        "1": given(comfy, as_batch(bad, good)),
        "2": node("UniPixelGridDiscipline", images=["1", 0], scale=8),
        "3": node("Keep", images=["2", 1], score=["2", 2]),
    }

    images, best, score, passes, report = (value for (value,) in comfy.run(prompt)["2"]["outputs"])

    assert torch.equal(images, as_batch(bad, good))
    assert torch.equal(best, as_batch(good))
    assert score == measure_discipline(bad[..., :3], 8).score < 0.8
    assert passes is False
    assert [each["score"] for each in json.loads(report)] == [score, 1.0]
    prompt["1"] = given(comfy, as_batch(good))
    assert comfy.run(prompt)["2"]["outputs"][3] == [True]


def test_a_lora_that_names_no_scale_can_not_be_measured_by_it(comfy):
    discipline = comfy.nodes["UniPixelGridDiscipline"]()

    with pytest.raises(Exception, match="has no x0 grid"):
        discipline.run(images=as_batch(*enlarged(1)), scale=0)
