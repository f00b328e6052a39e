"""The small run as fixtures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_data import make_run


@pytest.fixture
def run(tmp_path: Path) -> dict[str, Any]:
    """Report data of a small run whose pictures lie in ``tmp_path``."""
    return make_run(tmp_path)
