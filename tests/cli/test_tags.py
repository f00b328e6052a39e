"""The verbs ``caption`` and ``tags``: what they print, as text and as JSON."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from unipixel.grid import upscale
from unipixel.image import save_png
from unipixel.stages.adding import add
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace
from wd_model import write_tagger

RECIPE = """extends = "unipixel"
trigger = "w0rd"
[dataset]
canvases = ["128x96", "96x128", "112x112"]
images_per_canvas = 1
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    for seed in range(3):
        rng = np.random.default_rng(seed)
        art = rng.integers(0, 256, (12, 3))[rng.integers(0, 12, (30, 34))]
        save_png(
            folder / "pictures" / f"art-{seed}.png",
            upscale(np.dstack([art, np.full((30, 34), 255)]).astype(np.uint8), 5),
        )
        (folder / "pictures" / f"art-{seed}.txt").write_text("cave, far away")
    made = Workspace.create(folder / "workspace", preset="unipixel")
    made.recipe_file.write_text(RECIPE)
    add(made, [folder / "pictures"])
    prepare(made)
    return made


@pytest.fixture
def workspace(prepared, tmp_path):
    return Workspace(Path(shutil.copytree(prepared.root, tmp_path / "workspace")))


@pytest.fixture
def captioned(run, workspace):
    run("caption", workspace.root)
    return workspace.root


def test_a_dry_run_lists_what_would_be_written(run, workspace):
    code, out, err = run("caption", workspace.root, "--dry-run")

    assert code == 0
    assert out.count("+ w0rd, masterpiece, pixel art, cave, far away") == 3
    assert "3 captions would change" in err
    assert not list(workspace.training.rglob("*.txt"))


def test_json_is_all_of_standard_output(run, workspace):
    code, out, _ = run("caption", workspace.root, "--json")

    report = json.loads(out)
    assert (code, report["images"], len(report["changed"]), report["too_long"]) == (0, 3, 3, [])


def test_the_danbooru_profile_writes_danboorus_words(run, workspace):
    run("caption", workspace.root, "--profile", "danbooru")

    assert all("wide shot" in file.read_text("utf-8") for file in workspace.training.rglob("*.txt"))


def test_a_tagger_by_its_folder(run, workspace, tmp_path):
    folder = write_tagger(tmp_path / "taggers" / "mine")

    code, out, err = run("caption", workspace.root, "--tagger", folder, "--threshold", "0.05", "--json")
    assert code == 0
    assert json.loads(out)["proposed"] > 0
    assert "proposals wait for a verdict" in err

    _, out, _ = run(
        "caption", workspace.root, "--tagger", folder, "--tagger-input", "nearest,epx", "--compare", "--json"
    )
    assert len(json.loads(out)) == 3
    code, out, _ = run("caption", workspace.root, "--tagger", folder, "--tagger-input", "nearest,epx", "--compare")
    assert "nearest      epx" in out


def test_a_tagger_that_is_not_there_is_one_sentence(run, workspace, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    code, _, err = run("caption", workspace.root, "--tagger", "wd-vit-tagger-v3")
    assert code == 2
    assert "--download" in err

    code, _, err = run("caption", workspace.root, "--tagger", "wd-vit-taggr-v3")
    assert "Did you mean wd-vit-tagger-v3?" in err
    code, _, err = run("caption", workspace.root, "--compare")
    assert code == 2
    assert "--tagger" in err


def test_tags_are_listed_found_and_edited_and_edits_taken_back(run, captioned):
    _, out, _ = run("tags", "ls", captioned, "--json")
    assert {row["name"]: row["accepted"] for row in json.loads(out)}["cave"] == 3

    code, out, err = run("tags", "rename", captioned, "cave", "tunel", "--dry-run")
    assert code == 0
    assert out.count("+ w0rd, masterpiece, pixel art, tunel, far away") == 3
    assert "would change" in err

    run("tags", "rename", captioned, "cave", "forest", "-w", "far_away tags:>1")
    _, out, err = run("tags", "find", captioned, "forest AND NOT cave")
    assert out.count("pixel art, forest, far away") == 3
    assert "3 images" in err

    _, out, _ = run("tags", "log", captioned)
    assert "rename cave forest where far_away tags:>1: 3 images" in out
    run("tags", "undo", captioned)
    _, out, _ = run("tags", "log", captioned)
    assert "(taken back)" in out
    _, out, _ = run("tags", "find", captioned, "cave", "--json")
    assert len(json.loads(out)) == 3
    run("tags", "redo", captioned)
    _, out, _ = run("tags", "find", captioned, "cave", "--json")
    assert json.loads(out) == []
    _, _, err = run("tags", "redo", captioned)
    assert "no edit to make again" in err


def test_every_kind_of_edit(run, captioned):
    def tags():
        rows = json.loads(run("tags", "ls", captioned, "--json")[1])
        return {row["name"]: (row["accepted"], row["proposed"], row["rejected"]) for row in rows}

    run("tags", "add", captioned, "lantern")
    run("tags", "replace", captioned, "^lan", "mag")
    run("tags", "delete", captioned, "cave")
    assert tags()["magtern"][0] == 3
    assert tags()["cave"] == (0, 0, 3)

    name, (_, waiting, _) = next((name, seen) for name, seen in tags().items() if seen[1])
    run("tags", "accept", captioned, name, "--min-score", "0.99999")
    assert tags()[name][1] == waiting
    run("tags", "accept", captioned, name)
    assert tags()[name] == (waiting, 0, 0)
    run("tags", "reject", captioned, "*")
    assert not any(proposed for _, proposed, _ in tags().values())
    _, out, _ = run("tags", "verdicts", captioned)
    assert name in out
    assert isinstance(json.loads(run("tags", "verdicts", captioned, "--json")[1]), list)


def test_a_word_that_no_base_knows_is_said_to_be_so(run, captioned):
    _, _, err = run("tags", "add", captioned, "backligting", "--dry-run")

    assert "did you mean backlighting" in err


def test_a_search_that_makes_no_sense_is_one_sentence(run, captioned):
    code, _, err = run("tags", "find", captioned, "(cave")

    assert code == 2
    assert "not closed" in err


def test_completion_with_and_without_a_list_of_ones_own(run, tmp_path):
    (tmp_path / "list.csv").write_text("backlit_hero,0,99999999\n")

    assert run("tags", "complete", "backl")[1].split() == ["33963", "backlighting"]
    _, out, _ = run("tags", "complete", "backl", "--list", tmp_path / "list.csv", "--json")
    assert [row["name"] for row in json.loads(out)] == ["backlit hero", "backlighting"]
