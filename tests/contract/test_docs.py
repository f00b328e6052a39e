"""Every command, option, preset and error class is documented, and what the README shows is true."""

import doctest
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import unipixel
from unipixel import errors, save_png, upscale
from unipixel.cli.app import VERBS, group

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
REFERENCE = ROOT / "docs" / "reference"


def load_script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_what_the_program_says():
    writer = load_script("write_reference")

    assert (REFERENCE / "commands.md").read_text("utf-8") == writer.commands_page()
    assert (REFERENCE / "recipes.md").read_text("utf-8") == writer.recipes_page()
    assert (REFERENCE / "palettes.md").read_text("utf-8") == writer.palettes_page()


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_and_option_explains_itself(verb):
    command = group.get_command(None, verb)

    assert command.help
    assert command.short_help == VERBS[verb]
    for part in (command, *getattr(command, "commands", {}).values()):
        assert part.help
        assert not [p.name for p in part.params if p.param_type_name == "option" and not p.help]


def test_every_error_is_in_the_drawing():
    classes = [name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)]

    assert not [name for name in classes if name != "ManyProblems" and name not in (errors.__doc__ or "")]


def test_files_that_documents_link_to_exist():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+?)(?:#[^)]*)?(?: \"[^\"]*\")?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_tests_that_documents_name_exist():
    named = 0
    for page in (ROOT / "docs").rglob("*.md"):
        for target, name in re.findall(r'\]\((\S+\.py) "(test_\w+)"\)', page.read_text("utf-8")):
            named += 1
            assert f"def {name}(" in (page.parent / target).read_text("utf-8"), f"{page.name}: {name}"

    assert named


@pytest.mark.parametrize("page", ["hosts", "tools"])
def test_every_yes_of_ours_beside_others_names_its_test(page):
    rows = (ROOT / "docs" / "explanation" / f"{page}.md").read_text("utf-8").splitlines()
    ours = [row.split(" | ")[1].strip(" |") for row in rows if row.startswith("|") and " | " in row]
    said = [cell for cell in ours if cell not in ("UniPixel", "", "-")]

    assert len(said) > 20
    assert not [cell for cell in said if not re.fullmatch(r'(\[[^\]]+\]\(\S+\.py "test_\w+"\)(, )?)+', cell)]


def test_the_map_in_the_readme_is_the_tree():
    rooms = {
        path.name for path in Path(unipixel.__file__).parent.iterdir() if path.is_dir() and path.name != "__pycache__"
    }

    assert not {room for room in rooms if f"{room}/" not in README}


def test_shell_lines_of_the_readme_name_real_verbs():
    named = set(re.findall(r"^unipixel (\w+)", README, flags=re.MULTILINE))

    assert named
    assert named <= set(VERBS)


PAGES_OF_PYTHON = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "```python" in page.read_text("utf-8")
]


@pytest.mark.parametrize("page", PAGES_OF_PYTHON, ids=lambda page: page.name)
def test_python_lines_of_documents_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    art = np.random.default_rng(0).integers(0, 4, (20, 24, 4)).astype(np.uint8) * 60
    art[..., 3] = 255
    save_png("picture.png", upscale(art, 8))
    for code in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL):
        exec(compile(code, page.name, "exec"), {})  # the pages are ours


def test_examples_in_docstrings_hold():
    failed, tried = doctest.testmod(unipixel)

    assert tried
    assert not failed
