"""A job is a process of its own: it is told, stopped and found again by its files alone."""

import json
import signal
import time

import psutil
import pytest

from unipixel.errors import WorkspaceError
from unipixel.grid import upscale
from unipixel.image import save_png
from unipixel.stages.workspace import Workspace
from unipixel.web.jobs.jobs import Jobs
from web.conftest import draw


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "set"
    Workspace.create(place, preset="unipixel")
    for seed in range(3):
        save_png(place / "sources" / f"{seed}.png", upscale(draw(seed, 32, 40), 8))
    return place


def until(jobs, id, *states, seconds=60):
    end = time.monotonic() + seconds
    while (job := jobs.get(id)).state not in states:
        assert time.monotonic() < end, (job, job.log())
        time.sleep(0.05)
    return job


def test_a_verb_runs_and_says_how_it_ended(root):
    jobs = Jobs(root)

    started = jobs.start("prepare", [])
    done = until(jobs, started.id, "done")

    assert started.state == "running"
    assert started.id == "0001-prepare"
    assert done.words == ("prepare", ".")
    assert done.progress["done"] == done.progress["total"]
    assert done.ended > done.started
    assert "images" in done.log()
    assert (root / "dataset.jsonl").exists()


def test_a_verb_that_fails_says_why(root):
    jobs = Jobs(root)

    failed = until(jobs, jobs.start("train", ["--base=nowhere.safetensors"]).id, "failed")

    assert "no training images" in failed.log()


def test_another_server_sees_it_running_and_stops_it(tmp_path):
    """As after a new start of the server, which has no process of its own to ask; both in a shell's background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    started = Jobs(tmp_path).start("convert", ["--watch"])
    signal.signal(signal.SIGINT, before)
    other = Jobs(tmp_path)
    while not (started.folder / "log.txt").exists():
        time.sleep(0.02)

    assert until(other, started.id, "running").is_running
    time.sleep(1.5)  # it must be beyond its imports to end in order
    stopping = other.stop(started.id)
    ended = until(other, started.id, "stopped", "done")

    assert stopping.state == "stopping"
    assert not ended.is_running


def test_a_killed_job_is_lost_and_the_rest_goes_on(root):
    jobs = Jobs(root)
    first = jobs.start("convert", ["--watch"])
    while not (first.folder / "log.txt").exists():
        time.sleep(0.02)
    for process in psutil.process_iter(["cmdline"]):
        if str(first.folder) in process.info["cmdline"]:
            children = process.children()
            process.send_signal(signal.SIGKILL)
            for child in children:
                child.kill()

    assert until(Jobs(root), first.id, "lost").ended is None
    assert [job.id for job in jobs.list()] == ["0001-convert"]
    assert jobs.start("prepare", []).id == "0002-prepare"
    until(jobs, "0002-prepare", "done")


@pytest.mark.parametrize("id", ["", "7-x", "..", "../sources", "0001-prepare/../0001-prepare"])
def test_a_name_that_is_no_job_reads_no_file(root, id):
    (root / "jobs").mkdir()
    (root / "sources" / "job.json").write_text(json.dumps({"verb": "x", "words": [], "started": 0}))

    with pytest.raises(WorkspaceError, match="no job"):
        Jobs(root).get(id)
