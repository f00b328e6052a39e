"""Where an evaluation or a comparison is written: its figures, and the page that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from unipixel.files import write_atomic
from unipixel.report import render_comparison, render_evaluation

FORMAT = 1
"""Of the figures: another number means that names or meanings changed."""
REPORT = "report.json"
"""File of the figures."""
PAGE = "report.html"
"""File of the page."""


def write_evaluation(data: Mapping[str, Any], folder: Path) -> Path:
    """Write the figures and the page of an evaluation into its folder; the page's path."""
    return _write(data, folder, render_evaluation)


def write_comparison(data: Mapping[str, Any], folder: Path) -> Path:
    """Write the figures and the page of a comparison into a folder; the page's path."""
    return _write(data, folder, render_comparison)


def _write(data: Mapping[str, Any], folder: Path, render: Callable[[Mapping[str, Any], Path], str]) -> Path:
    write_atomic(folder / REPORT, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    return write_atomic(folder / PAGE, render(data, folder))
