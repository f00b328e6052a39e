"""Starting ComfyUI: nothing of the core is loaded, nothing is installed, and nothing can stop the host."""

import json
import shutil
import sys

import pytest

from comfyui_host import PACK, load_pack
from host_start import CORES, start, start_with

pytestmark = pytest.mark.torch

LOAD = f"""
import importlib.util, json, logging, sys
logging.basicConfig(format="%(message)s")
import numpy, torch, PIL.Image
before = set(sys.modules)
spec = importlib.util.spec_from_file_location("some_x_folder", {str(PACK / "__init__.py")!r})
module = importlib.util.module_from_spec(spec)
sys.modules["some_x_folder"] = module
spec.loader.exec_module(module)
print(json.dumps([sorted(module.NODE_CLASS_MAPPINGS), sorted(set(sys.modules) - before)]))
"""


def load(said):
    out, errors = said
    names, modules = json.loads(out.splitlines()[-1])
    return names, modules, errors


def test_loading_the_pack_loads_next_to_nothing_of_the_core():
    source = str(PACK.parents[1] / "src")

    names, modules, said = load(start(LOAD, PYTHONPATH=source))

    assert len(names) == 10
    assert {name for name in modules if name.startswith("unipixel")} <= {
        "unipixel", "unipixel.version", "unipixel.plugin", "unipixel.plugin.hosts", "unipixel.plugin.install",
        "unipixel.errors",
    }  # fmt: skip
    assert "subprocess" not in modules
    assert said == ""


@pytest.mark.parametrize(("core", "why"), CORES.values(), ids=CORES)
def test_without_the_core_one_sentence_says_what_to_do_and_the_host_starts(tmp_path, core, why):
    names, _, said = load(start_with(core, LOAD, tmp_path))

    assert names == []
    assert said.count("\n") == 1
    assert why in said
    assert f'"{sys.executable}" -m pip install --upgrade unipixel-kit' in said


def test_the_name_of_the_folder_does_not_matter(tmp_path):
    copy = shutil.copytree(PACK, tmp_path / "Some.Other Name")

    assert len(load_pack(copy).NODE_CLASS_MAPPINGS) == 10


def test_nothing_in_the_pack_runs_other_programs_or_code():
    for file in PACK.rglob("*.py"):
        text = file.read_text("utf-8")
        assert not any(word in text for word in ("subprocess", "os.system", "eval(", "exec(", "pip.main")), file.name
