"""``unipixel licence``, ``check`` and ``export``, one after the other."""

import json

import numpy as np
import pytest

from unipixel.grid import upscale
from unipixel.image import save_png


@pytest.fixture
def place(run, tmp_path):
    """A workspace with one image on each of three canvases, of unknown licence."""
    rng = np.random.default_rng(1)
    for name in "abc":
        colors = rng.integers(0, 256, (6, 3))[rng.integers(0, 6, (40, 44))]
        art = np.dstack([colors, np.full((40, 44), 255)]).astype(np.uint8)
        save_png(tmp_path / "pictures" / f"{name}.png", upscale(art, 4))
        (tmp_path / "pictures" / f"{name}.txt").write_text(f"cave, {name}1")
    folder = tmp_path / "set"
    run("new", folder, "--preset", "demo")
    (folder / "recipe.toml").write_text('extends = "demo"\n[dataset]\nimages_per_canvas = 1\n')
    run("add", folder, tmp_path / "pictures")
    run("prepare", folder)
    run("caption", folder)
    return folder


def test_from_unknown_to_exported(run, place, tmp_path):
    code, out, err = run("licence", place)
    assert (code, out.count("unknown: sources/")) == (0, 3)
    assert "--allow-train yes" in err

    code, _, err = run("export", place, "--to", "kohya", "-o", tmp_path / "out")
    assert (code, "3 of 3 images are not exported" in err) == (2, True)

    code, _, err = run("licence", place, "--licence", "CC0-1.0", "--allow-train", "yes", "--author", "Me")
    assert (code, "3 of 3 pictures changed" in err) == (0, True)
    code, out, _ = run("licence", place)
    assert "CC0-1.0" in out
    assert "unknown" not in out

    code, out, err = run("export", place, "--to", "kohya", "-o", tmp_path / "out")
    assert (code, "3 training and 0 validation images" in err) == (0, True)
    assert "--dataset_config=" in out
    assert (tmp_path / "out" / "dataset.toml").exists()
    assert "there already, the same" in run("export", place, "--to", "kohya", "-o", tmp_path / "out")[2]


def test_results_as_json(run, place, tmp_path):
    _, out, _ = run("licence", place, "a.png", "--licence", "MIT", "--allow-train", "yes", "--json")
    said = json.loads(out)
    assert (said["changed"], len(said["sources"])) == (["sources/a.png"], 3)

    arguments = ("export", place, "--to", "webdataset", "-o", tmp_path / "out", "--allow-unlicensed", "--json")
    _, out, _ = run(*arguments, "--dry-run")
    assert json.loads(out)["wrote"] is False
    assert not (tmp_path / "out").exists()
    _, out, _ = run(*arguments)
    assert json.loads(out)["wrote"] is True
    assert "train-000000.tar" in json.loads(out)["files"]


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (("--licence", "CC-BY"), "Did you mean CC-BY-4.0?"),
        (("a.png",), "nothing to set"),
        (("--allow-train", "perhaps"), "perhaps"),
        (("zzz.png", "--author", "Me"), "zzz.png"),
    ],
)
def test_a_licence_that_can_not_be_set_is_one_sentence(run, place, args, part):
    code, _, err = run("licence", place, *args)

    assert code == 2
    assert part in err


def test_licences_from_a_file(run, place, tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text('licence = "CC0-1.0"\nallow_train = "yes"\n')

    code, _, err = run("licence", place, "--from", file, "--dry-run")
    assert (code, "3 of 3 pictures would change" in err) == (0, True)
    assert run("licence", place, "--from", file, "--author", "Me")[0] == 2
    assert "3 of 3 pictures changed" in run("licence", place, "--from", file)[2]


def test_check_shows_notes_and_fails_for_faults_alone(run, place):
    code, out, err = run("check", place)
    assert (code, "note: .: nobody said" in out) == (0, True)
    assert err.startswith("No fault found, ")

    next((place / "training").glob("*/*.txt")).unlink()
    code, out, err = run("check", place, "--json")
    assert code == 1
    findings = json.loads(out)
    assert findings[0]["severity"] == "fault"
    assert findings[0]["problem"] == "no caption beside it"


def test_a_whole_run_goes_out(run, place, tmp_path):
    run("licence", place, "--licence", "CC0-1.0", "--allow-train", "yes")
    start = ("train", place, "--export-config", "onetrainer", "--base", "Owner/model-xl")

    assert "-o FOLDER" in run(*start)[2]
    code, out, err = run(*start, "-o", tmp_path / "run", "--set", "train.batch_size=1", "--root", "/data/run")
    assert (code, "3 training and 0 validation images" in err) == (0, True)
    assert "--config-path /data/run/config.json" in out
    said = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))
    assert (said["base_model_name"], said["batch_size"]) == ("Owner/model-xl", 1)
    assert not (place / "runs").exists(), "nothing is trained"

    code, _, err = run("train", place, "--export-config", "kohya", "-o", tmp_path / "other")
    assert (code, "--base FILE.safetensors" in err) == (2, True)
    code, _, err = run(*start, "-o", tmp_path / "other")
    assert (code, "train.batch_size=1" in err) == (2, True), "the demo's batch is larger than its canvases' images"
