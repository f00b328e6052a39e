"""The pack as ComfyUI's registry and its Manager want it."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from comfyui_host import PACK, ROOT

PROGRAM = ROOT / "build" / "hosts" / "comfyui" / "bin" / "comfy"
RULES = "S102,S307,E702"
"""Of ruff: what the registry warns of, and says that it will refuse."""


def test_the_registry_finds_what_it_needs():
    text = (PACK / "pyproject.toml").read_text("utf-8")
    name = re.search(r'^name = "(.+)"', text, flags=re.MULTILINE)[1]
    needed = re.search(r"^dependencies = \[(.*)\]", text, flags=re.MULTILINE)[1]

    assert re.fullmatch(r"[a-z][a-z0-9-]{0,98}", name)
    assert "comfyui" not in name
    assert re.search(r'^version = "\d+\.\d+\.\d+"$', text, flags=re.MULTILINE)
    assert re.findall(r'"([^"]+)"', needed) == (PACK / "requirements.txt").read_text("utf-8").split()
    assert 'license = { text = "MIT" }' in text


def test_nothing_in_the_pack_is_what_the_registry_warns_of():
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", RULES, PACK]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout


@pytest.mark.host
def test_comfy_node_validate_passes_it(tmp_path):
    assert PROGRAM.exists(), f"{PROGRAM}: comfy-cli is not there. Run this test with: make test-hosts"
    pack = shutil.copytree(PACK, tmp_path / "pack", ignore=shutil.ignore_patterns("__pycache__"))
    home = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}

    run = subprocess.run(
        [PROGRAM, "--skip-prompt", "node", "validate"],
        cwd=pack, env=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip

    told = run.stdout + run.stderr
    assert run.returncode == 0, told
    assert "All validation checks passed" in told
    assert not re.search(r"warning|error|S102|S307|E702", told, flags=re.IGNORECASE), told
