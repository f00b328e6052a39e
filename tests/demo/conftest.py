"""One small set of screenshots for all tests of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from unipixel.demo import Screenshot, take_screenshots
from unipixel.progress import Event


@dataclass(frozen=True)
class Taken:
    """What a run of the screenshot stage left."""

    folder: Path
    truth: Path
    shots: list[Screenshot]
    events: list[Event]


@pytest.fixture(scope="session")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Forty screenshots of four worlds."""
    pytest.importorskip("crafter", reason="the extra [demo] is not installed")
    folder = tmp_path_factory.mktemp("demo")
    events: list[Event] = []
    shots = take_screenshots(folder / "shots", folder / "truth", count=40, seed=3, progress=events.append)
    return Taken(folder / "shots", folder / "truth", shots, events)
