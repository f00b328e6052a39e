"""One palette on the shelf, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One palette on the shelf."""

    name: str
    """Lower-case words joined by hyphens."""
    codes: str
    """``rrggbb`` of each colour, with white space between, in the order its makers use."""
    sources: tuple[str, ...]
    """Where these colours were read: an address, or ``owner/repository: path``. At least two, but for our own."""
    aliases: tuple[str, ...] = ()
    """Other names that find it; case, spaces and hyphens never matter."""
    home: str = ""
    """The maker's own page, as the sources name it."""
    remark: str = ""
    """Which version it is, and why this one, where there are several."""
