"""One thing that a check found, how bad it is, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "note"]
"""``fault``: a training would be spoilt, or may not be done; ``note``: worth a look."""


Remedy = Literal["prepare", "caption", "balance", "licence", "rename", "delete", "hand"]
"""What mends a finding: a verb, tags of another name, to delete the file, or a person's look."""


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

    @property
    def remedy(self) -> Remedy:
        """What mends it, for a program."""
        return next((remedy for start, remedy in _REMEDIES.items() if self.mend.startswith(start)), "hand")


def faults(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stand against a training."""
    return [finding for finding in findings if finding.severity == "fault"]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Faults first, then by file and problem: the same for the same folder, and each once."""
    key = {finding: (finding.severity != "fault", finding.file, finding.problem) for finding in findings}
    return sorted(key, key=lambda finding: key[finding])


PREPARE = "run: unipixel prepare"
CAPTION = "run: unipixel caption"
DELETE = "delete it"

_REMEDIES: Mapping[str, Remedy] = {
    PREPARE: "prepare",
    CAPTION: "caption",
    "run: unipixel balance": "balance",
    "run: unipixel licence": "licence",
    "run: unipixel tags rename": "rename",
    "delete": "delete",
}
"""By how :attr:`Finding.mend` begins."""
