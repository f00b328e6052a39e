"""The demo, small: every stage on real screenshots, resumed, and loud where a sure native is wrong."""

import json

import numpy as np
import pytest

from unipixel.errors import ResultError
from unipixel.image import load_image, save_png
from unipixel.stages import demo
from unipixel.stages.preparing import read_sources
from unipixel.stages.workspace import Workspace

pytestmark = pytest.mark.torch

SMALL = {
    "dataset.images_per_canvas": 2,
    "train.steps": 2,
    "train.batch_size": 2,
    "lora.rank": 4,
    "sample.steps": 2,
    "sample.images_per_size": 1,
    "sample.prompts": ["tree, grass, day"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import torch

    torch.set_num_threads(1)
    place = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "SCREENSHOTS", 12)
        demo.run_demo(place, overrides=SMALL)
        yield place


def test_it_ends_with_a_report_of_every_stage(folder):
    data = json.loads((folder / "crafter" / "report.json").read_text("utf-8"))

    assert data["truth"]["pictures"] == 12
    assert data["truth"]["wrong"] == []
    assert data["native"]["sure"] >= 6
    assert data["dataset"]["images"] == 6
    assert data["training"]["steps"] == 2
    assert {group["seen"] for group in data["samples"]} == {True, False}
    assert len({row["set"] for row in data["measures"]}) == 4
    page = (folder / "crafter" / "report.html").read_text("utf-8")
    assert page.count("<img") >= 12


def test_only_the_final_check_reads_the_truth(folder):
    text = "".join(path.read_text("utf-8") for path in (folder / "crafter").rglob("*.json*"))

    assert "truth/" not in text


def test_running_it_again_does_nothing_new(folder):
    run = Workspace.open(folder / "crafter").run()
    before = {path: path.stat().st_mtime_ns for path in [run.lora, *run.samples.rglob("*.png")]}

    demo.run_demo(folder, overrides=SMALL)

    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_wrong_native_that_called_itself_sure_is_loud(folder):
    workspace = Workspace.open(folder / "crafter")
    rows = [row for row in read_sources(workspace) if row["state"] == "sure"]
    victim = workspace.root / rows[0]["native"]
    whole = victim.read_bytes()
    array = load_image(victim)
    array[4:9, 4:9, :3] = np.uint8(255) - array[4:9, 4:9, :3]
    save_png(victim, array)

    verdict = demo.compare(workspace, folder / "truth")
    victim.write_bytes(whole)

    assert len(verdict["wrong"]) == 1
    assert verdict["complaints"]


def test_a_failed_check_is_an_error_after_the_report(folder, monkeypatch):
    bad = {**demo.compare(Workspace.open(folder / "crafter"), folder / "truth"), "complaints": ["crafter-000: wrong"]}
    monkeypatch.setattr(demo, "compare", lambda workspace, truth: bad)

    with pytest.raises(ResultError, match="crafter-000") as caught:
        demo.run_demo(folder, overrides=SMALL)

    assert caught.value.exit_code == 1
