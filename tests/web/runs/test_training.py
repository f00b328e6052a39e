"""Trainings by the API: foretold, started, looked at while they run, paused, resumed, ended; all by files."""

import json
import time

import pytest

from unipixel.errors import Diverged, WorkspaceError
from unipixel.files import write_atomic
from unipixel.stages.lock import hold
from unipixel.stages.planning import plan_training
from unipixel.stages.training import train
from unipixel.web.jobs.jobs import Jobs
from unipixel.web.runs import planner
from web.runs.conftest import SMALL, pause_after

pytestmark = pytest.mark.torch


def remember(client, options, seconds=90):
    """The memory of a training, asked for until it is known."""
    end = time.monotonic() + seconds
    while not (answer := client.post("/api/training/memory", json={"options": options})).json().get("is_known", True):
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer


def test_the_form_has_the_recipes_values_and_a_free_name(client, trained):
    form = client.get("/api/training/form").json()
    fields = {field["name"]: field for field in form["fields"]}

    assert form["run"] == "set"
    assert fields["train.steps"]["value"] == trained.recipe().train.steps
    assert fields["train.steps"]["often"]
    assert "adafactor" in fields["train.optimizer"]["choices"]
    write_atomic(trained.run("set").recipe_file, trained.run("one").recipe_file.read_text())
    assert client.get("/api/training/form").json()["run"] == "set-2"


def test_a_training_is_foretold_as_the_command_foretells_it(client, trained):
    options = {"run": "one", "base": "micro", "set": {"train.steps": 12, "lora.rank": 8}}
    plan = client.post("/api/training/plan", json={"options": options}).json()
    memory = remember(client, options).json()

    assert plan["lines"] + memory["lines"] == plan_training(trained, overrides=options["set"])
    assert plan["is_taken"]
    assert plan["command"] == "unipixel train . --run=one --base=micro --set train.steps=12 --set lora.rank=8"
    refused = remember(client, {"base": str(trained.sources)})
    assert refused.status_code == 422
    assert "sources" in refused.json()["error"]
    assert remember(client, {"base": "micro"}).json()["lines"]


def test_the_process_that_foretells_ends_when_nobody_asks(client, studio, monkeypatch):
    """Its end is told as one, and the next question starts another."""
    monkeypatch.setattr(planner, "IDLE_SECONDS", 0.0)
    monkeypatch.setattr(planner.sys, "executable", "/bin/false")

    refused = remember(client, {"base": "micro"})

    assert refused.status_code == 422
    assert "its process ended" in refused.json()["error"]
    assert "its process ended" in remember(client, {"base": "micro"}).json()["error"]


@pytest.mark.parametrize(
    "options",
    [
        {"set": {"train.steps": 0}},
        {"set": {"train.nothing": 1}},
        {"set": {"train.steps": "many"}},
        {"set": []},
        {"base": "/etc/passwd"},
        {"device": "cuda"},
        [],
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["plan", "memory"])
def test_what_can_not_be_trained_is_a_sentence(client, path, options):
    refused = client.post(f"/api/training/{path}", json={"options": options})

    assert refused.status_code == 422
    assert "Traceback" not in refused.text


def test_a_run_is_told_with_its_checkpoints_previews_and_losses(client):
    (row,) = client.get("/api/runs").json()
    run = client.get("/api/runs/one").json()
    told = client.get("/api/runs/one/losses", params={"from": 4}).json()

    assert (row["name"], row["state"], row["step"], row["steps"], row["base"]) == ("one", "finished", 6, 6, "micro")
    assert [look["step"] for look in run["looks"]] == [2, 4, 6]
    assert sum(look["best"] for look in run["looks"]) == 1
    assert (told["done"], len(told["losses"]), len(told["rates"])) == (6, 2, 2)
    file = next(row["file"] for row in run["previews"] if row["native"])
    assert client.get(f"/api/runs/one/previews/{file}").content.startswith(b"\x89PNG")
    assert {row["name"]: row["value"] for row in run["values"]}["lora.rank"] == 4


@pytest.mark.parametrize("path", ["none", "..%2fsources", "one/previews/run.json", "one/previews/..%2frun.json"])
def test_names_that_are_not_listed_read_nothing(client, path):
    assert client.get(f"/api/runs/{path}").status_code in (404, 422)


def test_a_run_is_trained_once_at_a_time_and_its_recipe_stays_what_it_was(trained):
    before = trained.run("one").recipe_file.read_bytes()

    with hold(trained.run("one").root), pytest.raises(WorkspaceError, match="in use"):
        train(trained, run="one", overrides=SMALL)
    with pytest.raises(WorkspaceError, match="another run"):
        train(trained, run="one", overrides={**SMALL, "lora.rank": 2})

    assert trained.run("one").recipe_file.read_bytes() == before


def leave_job(workspace, run, log, code=None):
    """A job's folder as it is left: ended with a code, or without one by a kill."""
    folder = workspace.root / "jobs" / "0001-train"
    about = {"verb": "train", "words": ["train", ".", f"--run={run}"], "started": 1.0}
    write_atomic(folder / "job.json", json.dumps(about))
    write_atomic(folder / "log.txt", log)
    if code is not None:
        write_atomic(folder / "end.json", json.dumps({"code": code, "ended": 2.0}))


def test_a_paused_one_goes_on_with_its_own_words(client, trained, monkeypatch):
    pause_after(trained, "one-more", 3)
    leave_job(trained, "one-more", "Stopped.", 130)
    asked = []
    monkeypatch.setattr(Jobs, "start", lambda jobs, verb, words: asked.append((verb, *words)) or jobs.list()[0])

    assert client.get("/api/runs/one-more").json()["state"] == "paused"
    assert client.post("/api/runs/one-more/resume", json={}).status_code == 200
    assert asked == [("train", "--run=one-more")]


def test_why_one_diverged_is_told(client, trained):
    with pytest.raises(Diverged) as wild:
        train(trained, run="wild", overrides={**SMALL, "train.learning_rate": 1e30})
    leave_job(trained, "wild", f"train 1/6\nError: {wild.value}\n", 2)

    run = client.get("/api/runs/wild").json()

    assert run["problem"] == str(wild.value)
    assert "Lower the learning rate" in run["problem"]


def test_what_is_left_of_a_killed_one_is_told(client, trained):
    pause_after(trained, "killed", 3)
    leave_job(trained, "killed", "train 3/6\n")

    run = client.get("/api/runs/killed").json()

    assert (run["job"]["state"], run["state"]) == ("lost", "paused")
    assert "killed" in run["problem"]
    assert "goes on from step 2 of 6" in run["sentence"]


def test_one_that_did_not_begin_is_told_until_the_next(client, trained):
    leave_job(trained, "empty", "Error: training: no training images.\n", 2)
    empty = client.get("/api/runs/empty").json()

    assert "no training images" in empty["problem"]
    assert empty["looks"] == []
    assert [row["name"] for row in client.get("/api/runs").json()] == ["empty", "one"]


def test_ending_one_for_good_makes_its_best_checkpoint_the_lora(client, trained):
    pause_after(trained, "part", 5)
    before = client.get("/api/runs/part").json()
    ended = client.post("/api/runs/part/end", json={}).json()

    assert before["state"] == "paused"
    assert before["usable"] in (2, 4)
    assert ended["state"] == "finished"
    kept = trained.run("part").root / "checkpoints" / f"{before['usable']:06d}.safetensors"
    assert trained.run("part").lora.read_bytes() == kept.read_bytes()
    assert train(trained, run="part", overrides=SMALL).read_bytes() == kept.read_bytes()
    assert client.post("/api/runs/part/resume", json={}).status_code == 422
