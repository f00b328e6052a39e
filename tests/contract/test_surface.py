"""The public surface is what ``__all__`` says, and versions agree."""

import re
import subprocess
import sys
from pathlib import Path

import unipixel

ROOT = Path(__file__).parents[2]


def test_all_is_sorted_and_complete():
    assert list(unipixel.__all__) == sorted(unipixel.__all__)
    assert set(unipixel.__all__) - {"__version__"} == set(unipixel._HOMES)


def test_every_name_is_there_and_documented():
    for name in unipixel.__all__:
        assert getattr(unipixel, name).__doc__, name


def test_a_loaded_module_does_not_hide_a_name():
    code = """
import unipixel, unipixel.cli.convert, unipixel.stages.demo
for name in unipixel.__all__:
    assert not hasattr(getattr(unipixel, name), "__path__"), name
assert callable(unipixel.convert) and callable(unipixel.recover)
"""

    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names_are_refused():
    assert not hasattr(unipixel, "no_such_name")


def test_changelog_names_the_version():
    versions = re.findall(r"^## \[?([0-9][^\]\s]*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)

    assert versions[0] == unipixel.__version__
