"""Starting the web UI: nothing is installed, nothing can stop it, and scripts can be reloaded."""

import json
import shutil
import subprocess
import sys

import pytest

from host_start import CORES, start, start_with
from unipixel.plugin import install_plugin
from webui_host import PACK, ROOT

TESTS = str(ROOT / "tests")

LOAD = f"""
import sys; sys.path.append({TESTS!r})
import json, logging, tempfile
logging.basicConfig(format="%(message)s")
from webui_gradio import stand_in
from webui_host import WebUI
ui = WebUI(tempfile.mkdtemp(), stand_in())
sys.modules.update(ui.modules())
before = set(sys.modules)
ui.load()
print(json.dumps([[kind.__name__ for kind in ui.scripts], sorted(set(sys.modules) - before)]))
"""


def read(said):
    out, errors = said
    names, modules = json.loads(out.splitlines()[-1])
    return names, modules, errors


def test_loading_the_scripts_loads_next_to_nothing_of_the_core():
    names, modules, said = read(start(LOAD, PYTHONPATH=str(ROOT / "src")))

    assert names == ["UniPixelScript"]
    assert {name for name in modules if name.startswith("unipixel.")} <= {
        "unipixel.version", "unipixel.plugin", "unipixel.plugin.hosts", "unipixel.plugin.install", "unipixel.errors",
    }  # fmt: skip
    assert said == ""


@pytest.mark.parametrize(("core", "why"), CORES.values(), ids=CORES)
def test_without_the_core_one_sentence_says_what_to_do_and_the_host_starts(tmp_path, core, why):
    names, _, said = read(start_with(core, LOAD, tmp_path))

    assert names == []
    assert said.count("\n") == 1
    assert why in said
    assert f'"{sys.executable}" -m pip install --upgrade unipixel-kit' in said


def test_each_class_is_found_once_and_none_of_the_host_s(webui):
    assert [kind.__name__ for kind in webui.scripts] == ["UniPixelScript"]
    assert [script.name for script in webui.postprocessing] == ["UniPixel"]


def test_the_name_of_the_folder_does_not_matter(bare, tmp_path):
    bare.load(shutil.copytree(PACK, tmp_path / "Some.Other Name"))

    assert len(bare.scripts) == 1


def test_reloading_takes_the_scripts_that_are_there_now(bare, tmp_path):
    copy = shutil.copytree(PACK, tmp_path / "extension")
    bare.load(copy)
    file = copy / "unipixel_webui" / "extras.py"
    file.write_text(file.read_text("utf-8").replace("order = 500", "order = 501"), "utf-8")

    bare.load(copy)

    assert [script.order for script in bare.postprocessing] == [501]
    assert (len(bare.on_settings), len(bare.on_saved)) == (1, 1)


def test_nothing_in_the_extension_runs_other_programs_or_code():
    for file in PACK.rglob("*.py"):
        text = file.read_text("utf-8")
        assert not any(word in text for word in ("subprocess", "os.system", "eval(", "exec(", "pip.main")), file.name
    assert not (PACK / "install.py").exists()


def test_while_a_newer_one_is_put_in_the_host_finds_one(tmp_path, monkeypatch):
    root = tmp_path / "webui"
    (root / "extensions").mkdir(parents=True)
    install_plugin("webui", root)
    copy, found = shutil.copytree, set()

    def copy_and_look(*arguments, **settings):
        copy(*arguments, **settings)
        found.update(place.parts[-3] for place in root.glob("extensions/*/scripts/*.py"))

    monkeypatch.setattr("shutil.copytree", copy_and_look)
    install_plugin("webui", root)

    assert found == {"unipixel-webui"}


def test_the_branch_that_install_from_url_clones_is_the_extension(bare, tmp_path):
    repository, clone = tmp_path / "repository", tmp_path / "clone"
    shutil.copytree(PACK, repository / "integrations" / "webui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scripts", repository / "scripts", ignore=shutil.ignore_patterns("__pycache__"))

    def run(*command, cwd=repository):
        subprocess.run(command, cwd=cwd, check=True, capture_output=True)

    run("git", "init", "--quiet")
    run("git", "add", ".")
    run("git", "config", "user.name", "a")
    run("git", "config", "user.email", "a@example.com")
    run("git", "commit", "--quiet", "--message", "all")
    run(sys.executable, "scripts/make_webui_branch.py")
    run("git", "clone", "--quiet", "--branch", "webui", str(repository), str(clone), cwd=tmp_path)

    bare.load(clone)
    assert [kind.__name__ for kind in bare.scripts] == ["UniPixelScript"]
    assert {place.name for place in clone.iterdir()} - {".git"} == {place.name for place in PACK.iterdir()}
