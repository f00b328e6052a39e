"""One thing that a check found, how bad it is, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "note"]
"""``fault``: a training would be spoilt, or may not be done; ``note``: worth a look."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    file: str
    """Path relative to the folder that was checked, with ``/``; ``.`` for the folder as a whole."""
    problem: str
    """What is wrong, in a few words."""
    mend: str
    """What mends it: a command, or what to do by hand."""
    severity: Severity = "fault"
    """How bad it is."""

    def __str__(self) -> str:
        return f"{self.file}: {self.problem} ({self.mend})"


def faults(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stand against a training."""
    return [finding for finding in findings if finding.severity == "fault"]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Faults first, then by file and problem: the same for the same folder, and each once."""
    key = {finding: (finding.severity != "fault", finding.file, finding.problem) for finding in findings}
    return sorted(key, key=lambda finding: key[finding])


PREPARE = "run: unipixel prepare"
CAPTION = "run: unipixel caption"
