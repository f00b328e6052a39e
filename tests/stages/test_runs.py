"""Runs are told by their folders alone: how far, what is usable, and what ending one leaves."""

import json

import numpy as np
import pytest

from unipixel.cli.app import main
from unipixel.errors import WorkspaceError
from unipixel.files import append_jsonl, write_jsonl
from unipixel.image import save_png
from unipixel.lora import pack
from unipixel.lora.run_files import STATE_FILE, STEP
from unipixel.recipe import dump_recipe
from unipixel.stages.lock import hold
from unipixel.stages.runs import (
    drawn_samples,
    end_run,
    known_run,
    list_runs,
    losses,
    previews,
    read_drawn,
    read_preview,
    stand,
)
from unipixel.stages.workspace import Workspace

LOOK = {"loss": 0.5, "validation": None, "probe": None, "discipline": 0.9, "on_grid": 1, "previews": 1, "copies": 0}


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "set", preset="demo")


def begin(workspace, name="one", *, steps=0, saved=0, looks=(), kept=()):
    """A run's folder as a training leaves it."""
    run = workspace.run(name)
    (run.root / "checkpoints").mkdir(parents=True)
    run.recipe_file.write_text(dump_recipe(workspace.recipe()))
    run.facts_file.write_text(json.dumps({"base": {"name": "micro"}}))
    write_jsonl(run.root / "loss.jsonl", [{"step": i + 1, "loss": 1 / (i + 1), "lr": 0.1} for i in range(steps)])
    if saved:
        (run.root / STATE_FILE).write_bytes(b"".join(pack({"x": ("F32", (1,), bytes(4))}, {STEP: str(saved)})))
    write_jsonl(
        run.root / "checkpoints.jsonl", [{"step": step, **LOOK, "best": place == 0} for place, step in enumerate(looks)]
    )
    for step in kept:
        (run.root / "checkpoints" / f"{step:06d}.safetensors").write_bytes(f"lora {step}".encode())
    return run


def test_only_folders_with_a_recipe_are_runs(workspace):
    begin(workspace, "b")
    begin(workspace, "a")
    (workspace.root / "runs" / "notes").mkdir()

    assert [run.name for run in list_runs(workspace)] == ["a", "b"]
    assert list_runs(Workspace(workspace.root / "sources")) == []


@pytest.mark.parametrize("name", ["", "..", ".", "a/../a", "../runs/a", "none", "a/", "/etc"])
def test_a_name_is_compared_and_never_made_a_path(workspace, name):
    begin(workspace, "a")

    assert known_run(workspace, "a").name == "a"
    with pytest.raises(WorkspaceError, match="no run"):
        known_run(workspace, name)


def test_states(workspace):
    begun = begin(workspace, "begun", steps=3)
    paused = begin(workspace, "paused", steps=250, saved=240, looks=(100, 200), kept=(200,))
    finished = begin(workspace, "finished", steps=300, looks=(100, 300), kept=(100,))
    finished.lora.write_bytes(b"lora")

    assert [stand(run).state for run in (begun, paused, finished)] == ["begun", "paused", "finished"]
    assert (stand(paused).step, stand(paused).steps, stand(paused).saved) == (250, 300, 240)
    assert (stand(paused).best, stand(paused).usable) == (100, 200)
    assert (stand(finished).best, stand(finished).usable) == (100, 100)
    assert "goes on from step 240 of 300" in stand(paused).in_words()
    assert "LoRA of step 200" in stand(paused).in_words()
    assert "all 300 steps" in stand(finished).in_words()
    assert "starts anew" in stand(begun).in_words()
    with hold(paused.root):
        assert stand(paused).state == "training"


def test_losses_are_told_from_where_a_reader_is(workspace):
    run = begin(workspace, steps=5)

    assert losses(run)["losses"] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    append_jsonl(run.root / "loss.jsonl", [{"step": 6, "loss": 9.0, "lr": 0.2}])
    assert losses(run, 5) == {"done": 6, "losses": [9.0], "rates": [0.2]}
    assert losses(run, 60) == {"done": 6, "losses": [], "rates": []}


def test_previews_are_read_by_the_names_that_are_listed(workspace):
    run = begin(workspace)
    for name in ("000100-0.png", "000100-0-native.png", "000100.safetensors", "x.png"):
        (run.root / "checkpoints" / name).write_bytes(name.encode())

    assert [(row["file"], row["native"]) for row in previews(run)] == [
        ("000100-0-native.png", True),
        ("000100-0.png", False),
    ]
    assert read_preview(run, "000100-0.png") == b"000100-0.png"
    for name in ("x.png", "../run.json", "000100.safetensors", "000200-0.png"):
        with pytest.raises(WorkspaceError, match="no preview"):
            read_preview(run, name)


def test_samples_are_those_that_lie_there_with_and_without(workspace):
    run = begin(workspace)
    art = np.zeros((8, 8, 4), np.uint8)
    for place in ("64x48/with/000", "64x48/without/000", "64x48/with/001", "64x64/without/000"):
        save_png(run.samples / f"{place}.png", art, text={"parameters": "w0rd, cat \\(pet\\) <lora:one:1>\nSteps: 2"})

    assert drawn_samples(run) == [{"size": "64x48", "number": "000", "prompt": "w0rd, cat (pet)"}]
    with_lora, without = (read_drawn(run, "64x48", "000", with_lora=arm) for arm in (True, False))
    assert with_lora == (run.samples / "64x48/with/000.png").read_bytes()
    assert without == (run.samples / "64x48/without/000.png").read_bytes()
    for size, number in (("64x48", "002"), ("..", "run"), ("64x64", "000"), ("64x48/with", "000")):
        with pytest.raises(WorkspaceError, match="no sample"):
            read_drawn(run, size, number, with_lora=True)


def test_ending_one_leaves_the_lora_of_its_best_kept_checkpoint(workspace):
    run = begin(workspace, steps=250, saved=240, looks=(100, 200), kept=(100, 200))

    ended = end_run(run)

    assert run.lora.read_bytes() == b"lora 100"
    assert ended.state == "finished"
    assert "step 100, since it ended at step 250 of 300" in ended.in_words()
    assert not (run.root / STATE_FILE).exists()
    assert len(run.facts()["lora_sha256"]) == 64
    with pytest.raises(WorkspaceError, match="ended already"):
        end_run(run)


def test_one_that_trains_or_has_no_checkpoint_is_not_ended(workspace):
    run, fresh = begin(workspace, saved=240, looks=(100,), kept=(100,)), begin(workspace, "fresh", saved=50)

    with hold(run.root), pytest.raises(WorkspaceError, match="in use"):
        end_run(run)
    with pytest.raises(WorkspaceError, match="no checkpoint yet"):
        end_run(fresh)
    assert (run.root / STATE_FILE).exists()
    assert (fresh.root / STATE_FILE).exists()


def test_the_command_ends_one_and_says_what_is_left(workspace, capsys):
    begin(workspace, steps=250, saved=240, looks=(100, 200), kept=(100, 200))

    with pytest.raises(SystemExit) as stop:
        main(["train", str(workspace.root), "--run", "one", "--end"])

    assert stop.value.code == 0
    assert "the LoRA of step 100" in capsys.readouterr().err
    assert workspace.run("one").lora.exists()
