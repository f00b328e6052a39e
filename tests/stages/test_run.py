"""From training images to report on the embedded micro base: the whole way, small."""

import json

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import DatasetError, WorkspaceError
from unipixel.image import load_image, save_png
from unipixel.image import read_metadata as read_notes
from unipixel.lora import read_metadata
from unipixel.stages.captioning import write_captions
from unipixel.stages.converting import convert_samples
from unipixel.stages.measuring import measure
from unipixel.stages.preparing import prepare
from unipixel.stages.reporting import write_report
from unipixel.stages.samples import draw_samples
from unipixel.stages.training import train

pytestmark = pytest.mark.torch

SMALL = {
    "train.steps": 3,
    "train.batch_size": 2,
    "train.checkpoint_every": 1,
    "lora.rank": 4,
    "lora.targets": "all",
    "sample.steps": 2,
    "sample.images_per_size": 2,
    "sample.unseen": ["64x64"],
    "sample.batch_size": 2,
}


@pytest.fixture(autouse=True)
def one_thread():
    """Keep to one thread: pictures are small, and more threads only get in each other's way."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def ready(workspace):
    prepare(workspace)
    write_captions(workspace)
    return workspace


def test_the_whole_way(ready):
    lora = train(ready, overrides=SMALL)
    draw_samples(ready, overrides=SMALL)
    result = measure(ready, overrides=SMALL)
    convert_samples(ready, overrides=SMALL)
    page = write_report(ready)

    metadata = read_metadata(lora)
    assert metadata["ss_base_model_version"].startswith("sdxl_")
    assert metadata["modelspec.trigger_phrase"] == "w0rd"
    assert json.loads(metadata["unipixel.recipe"])["train.steps"] == 3
    sizes = {row["size"] for row in result["measures"] if row["set"] == "with LoRA"}
    assert sizes == {"128x96", "96x128", "112x112", "64x64"}
    assert all(row["score"]["mean"] == 1.0 for row in result["measures"] if row["set"] == "training")
    run = ready.run()
    sample = run.samples / "128x96" / "with" / "000.png"
    assert read_notes(sample)["parameters"].startswith("w0rd, masterpiece, pixel art")
    with Image.open(run.pixel_art / "128x96" / "000.png") as pixel:
        assert (pixel.mode, pixel.size) == ("P", (16, 12))
    text = page.read_text("utf-8")
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert json.loads((ready.root / "report.json").read_text("utf-8"))["training"]["steps"] == 3


def test_the_same_run_gives_the_same_bytes(ready):
    first = train(ready, run="one", overrides=SMALL).read_bytes()
    draw_samples(ready, run="one", overrides=SMALL)
    samples = {p.relative_to(ready.run("one").samples): p.read_bytes() for p in ready.run("one").samples.rglob("*.png")}
    for file in ready.run("one").root.rglob("*"):
        if file.is_file():
            file.unlink()

    assert train(ready, run="one", overrides=SMALL).read_bytes() == first
    draw_samples(ready, run="one", overrides=SMALL)
    again = {p.relative_to(ready.run("one").samples): p.read_bytes() for p in ready.run("one").samples.rglob("*.png")}
    assert again == samples


def test_samples_of_another_lora_are_drawn_anew(ready):
    train(ready, overrides=SMALL)
    draw_samples(ready, overrides=SMALL)
    sample = ready.run().samples / "112x112" / "with" / "000.png"
    before = load_image(sample)
    save_png(sample, np.zeros_like(before))
    draw_samples(ready, overrides=SMALL)
    assert not load_image(sample)[..., :3].any(), "a sample that is there is not drawn again"

    draw_samples(ready, overrides={**SMALL, "sample.seed": 77})

    assert load_image(sample)[..., :3].any()


def test_a_data_set_with_a_fault_is_not_trained_on(ready):
    victim = ready.training_files()[0]
    array = load_image(victim)
    array[1, 1, :3] ^= 255
    save_png(victim, array)

    with pytest.raises(DatasetError, match=victim.name):
        train(ready, overrides=SMALL)


def test_the_report_shows_what_the_check_finds(ready):
    clean = json.loads((write_report(ready).parent / "report.json").read_text("utf-8"))
    ready.training_files()[0].with_suffix(".txt").unlink()
    faulty = json.loads((write_report(ready).parent / "report.json").read_text("utf-8"))

    assert clean["dataset"]["findings"] == []
    assert len(faulty["dataset"]["findings"]) == 1


def test_each_stage_says_which_one_is_missing(ready):
    with pytest.raises(WorkspaceError, match="unipixel train"):
        draw_samples(ready, overrides=SMALL)
    with pytest.raises(WorkspaceError, match="unipixel sample"):
        convert_samples(ready, overrides=SMALL)
