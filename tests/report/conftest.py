"""The small run, evaluation and comparison as fixtures."""

from __future__ import annotations

import copy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from evaluation_data import make_evaluation
from report_data import make_run


@pytest.fixture
def run(tmp_path: Path) -> dict[str, Any]:
    """Report data of a small run whose pictures lie in ``tmp_path``."""
    return make_run(tmp_path)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A small evaluation: its folder, and its report data. Take the fixtures below, which may be changed."""
    folder = tmp_path_factory.mktemp("workspace") / "runs/small"
    return folder, make_evaluation(folder)


@pytest.fixture
def folder(drawn: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """Folder of the small evaluation."""
    shutil.copytree(drawn[0].parent.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "runs/small"


@pytest.fixture
def evaluation(drawn: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    """Report data of the small evaluation, whose pictures lie in ``folder``."""
    return copy.deepcopy(drawn[1])
