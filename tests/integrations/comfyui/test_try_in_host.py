"""The script that tries our nodes in a person's ComfyUI, here in a stand-in for it."""

import os
import re
import subprocess
import sys

import pytest

from comfyui_host import ROOT

pytestmark = [pytest.mark.torch, pytest.mark.host]

HOST = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
import comfyui_main
"""

DARKENED = """
import comfyui_host, numpy
core = comfyui_host.core_nodes
def darker(folders):
    nodes = core(folders)
    load = nodes["LoadImage"].load
    nodes["LoadImage"].load = lambda self, image: (load(self, image)[0] * 0.99, load(self, image)[1])
    return nodes
comfyui_main.core_nodes = darker
"""


def try_in(folder, *, rounds=0):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "try_in_host.py", "comfyui", folder, "--rounds", str(rounds)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip


def test_all_is_well_and_nothing_is_written_into_the_folder(tmp_path):
    (tmp_path / "main.py").write_text(HOST + "comfyui_main.main()", "utf-8")

    run = try_in(tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "wrong" not in run.stdout
    assert re.fullmatch(r"(\d\d) of \1 are well\.", run.stdout.splitlines()[-1])
    assert [file.name for file in tmp_path.iterdir()] == ["main.py"]


def test_pictures_that_come_out_otherwise_are_told(tmp_path):
    (tmp_path / "main.py").write_text(HOST + DARKENED + "comfyui_main.main()", "utf-8")

    run = try_in(tmp_path)

    assert run.returncode == 1
    assert "| library and node write the same bytes: auto, opaque | **wrong** |" in run.stdout
    assert "| the log has no complaint | ok |" in run.stdout


@pytest.mark.parametrize(
    ("program", "says"),
    [(None, "this is not the folder of ComfyUI"), ("raise SystemExit('no torch')", "no torch")],
    ids=["another folder", "a host that does not start"],
)
def test_what_keeps_the_host_from_running_is_told(tmp_path, program, says):
    if program:
        (tmp_path / "main.py").write_text(program, "utf-8")

    run = try_in(tmp_path, rounds=1)

    assert run.returncode == 1
    assert says in run.stdout.splitlines()[-3]


def test_what_the_nodes_add_to_the_start_is_measured(tmp_path):
    slow = "import sys, time\nif any(word.endswith('/with') for word in sys.argv): time.sleep(1)\n"
    (tmp_path / "main.py").write_text(slow + "if '--quick-test-for-ci' not in sys.argv: raise SystemExit(1)", "utf-8")

    run = try_in(tmp_path, rounds=1)

    assert re.search(r"start, with and without.*wrong.* s without, .* s with: \+[01]\.\d\d s", run.stdout)
