"""Killed at any moment, the next call goes on; at the end all bytes are the same, and no process is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unipixel.errors import WorkspaceError
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace

STEPS = (["add", "WORKSPACE", "PICTURES", "--licence", "CC0-1.0"], ["prepare", "WORKSPACE"], ["caption", "WORKSPACE"])

KILLS = (0.6, 0.9)
"""Moments of the kills, as shares of the time that the command took when it was left alone."""


def start(step, workspace, pictures):
    words = {"WORKSPACE": str(workspace), "PICTURES": str(pictures)}
    command = [sys.executable, "-m", "unipixel", *[words.get(word, word) for word in step]]
    more = [] if step[0] == "caption" else ["--workers", "2"]
    return subprocess.Popen(command + more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def empty(workspace):
    """The workspace before anything was added."""
    shutil.rmtree(workspace.sources)
    workspace.manifest.unlink()
    return workspace


def test_killed_and_started_again_the_bytes_are_those_of_an_undisturbed_run(empty, pictures, tmp_path):
    for place in range(9, 16):  # more than are done in one process
        shutil.copy(pictures / "art-1.png", pictures / f"more-{place}.png")
    disturbed = tmp_path / "disturbed"
    shutil.copytree(empty.root, disturbed)
    took = []
    for step in STEPS:
        began = time.monotonic()
        assert start(step, empty.root, pictures).wait() == 0
        took.append(time.monotonic() - began)

    for step, seconds in zip(STEPS, took, strict=True):
        for share in KILLS:
            process = start(step, disturbed, pictures)
            time.sleep(seconds * share)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert start(step, disturbed, pictures).wait() == 0

    assert tree(disturbed) == tree(empty.root)


def test_a_second_process_is_refused_with_a_sentence_and_a_lock_ends_with_its_holder(workspace):
    with workspace.lock(), pytest.raises(WorkspaceError, match=f"in use by process {os.getpid()}"):
        prepare(workspace)
    prepare(workspace)
    assert not (workspace.root / ".lock").exists()

    (workspace.root / ".lock").write_text("process 1: of a computer that lost power")
    prepare(workspace)
    assert not (workspace.root / ".lock").exists()


def test_half_written_files_are_taken_away(workspace):
    left = workspace.sources / ".art-0.png.abc.part"
    left.write_bytes(b"half")

    with workspace.lock():
        pass

    assert not left.exists()


def test_a_workspace_holds_no_path_and_no_fact_of_the_machine(workspace):
    prepare(workspace)

    text = workspace.manifest.read_text("utf-8") + workspace.recipe_file.read_text("utf-8")
    assert str(workspace.root) not in text
    assert str(Path.home()) not in text


def test_a_copy_elsewhere_goes_on_and_ends_the_same(workspace, tmp_path):
    prepare(workspace)
    shutil.copytree(workspace.root, tmp_path / "elsewhere" / "copy")
    copy = Workspace.open(tmp_path / "elsewhere" / "copy")
    shutil.rmtree(copy.natives)
    shutil.rmtree(copy.training)

    prepare(copy)

    assert tree(copy.root) == tree(workspace.root)
