"""Starting ComfyUI: nothing of the core is loaded, nothing is installed, and nothing can stop the host."""

import json
import shutil
import subprocess
import sys
import textwrap

import pytest

from comfyui_host import PACK, load_pack

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


def load(code=LOAD, **environment):
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PATH": "", **environment}
    )
    names, modules = json.loads(run.stdout.splitlines()[-1])
    return names, modules, run.stderr


def test_loading_the_pack_loads_next_to_nothing_of_the_core():
    source = str(PACK.parents[1] / "src")

    names, modules, said = load(PYTHONPATH=source)

    assert len(names) == 10
    assert {name for name in modules if name.startswith("unipixel")} <= {
        "unipixel", "unipixel.version", "unipixel.plugin", "unipixel.plugin.hosts", "unipixel.plugin.install",
        "unipixel.errors",
    }  # fmt: skip
    assert "subprocess" not in modules
    assert said == ""


HIDE = """
import sys
class Absent:
    def find_spec(name, path=None, target=None):
        if name == "unipixel":
            raise ModuleNotFoundError("No module named 'unipixel'")
sys.meta_path.insert(0, Absent)
"""
"""The core is not installed; what an editable install of it left in this environment is not seen."""


@pytest.mark.parametrize(
    ("core", "why"),
    [
        (None, "can't be loaded (No module named 'unipixel')"),
        ("", "is too old"),
        ("raise RuntimeError('another package')", "can't be loaded (another package)"),
    ],
    ids=["none", "another or an old one", "one that breaks"],
)
def test_without_the_core_one_sentence_says_what_to_do_and_the_host_starts(tmp_path, core, why):
    if core is not None:
        (tmp_path / "unipixel").mkdir()
        (tmp_path / "unipixel" / "__init__.py").write_text(core, "utf-8")

    names, _, said = load((HIDE if core is None else "") + textwrap.dedent(LOAD), PYTHONPATH=str(tmp_path))

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
