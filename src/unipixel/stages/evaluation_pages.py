"""Where the figures of an evaluation or a comparison are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.files import write_atomic

FORMAT = 1
"""Of the figures: another number means that names or meanings changed."""
REPORT = "report.json"
"""File of the figures."""


def write_evaluation(data: Mapping[str, Any], folder: Path) -> Path:
    """Write the figures of an evaluation into its folder."""
    return _write(data, folder)


def write_comparison(data: Mapping[str, Any], folder: Path) -> Path:
    """Write the figures of a comparison into a folder."""
    return _write(data, folder)


def _write(data: Mapping[str, Any], folder: Path) -> Path:
    return write_atomic(folder / REPORT, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
