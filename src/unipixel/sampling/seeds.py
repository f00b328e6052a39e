"""Seeds as a person writes them."""

from __future__ import annotations

import re

from unipixel.errors import OptionError

MOST = (1 << 32) - 1
"""Largest seed: what A1111 draws at random reaches as far; ComfyUI and torch take larger ones too."""
_AT_MOST = 100_000


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds: ``7``, a range ``1-4``, or several with commas between, ``1,5,9-12``.

    Returns
    -------
    tuple of int
        0 to :data:`MOST`, in the order as written, each once.

    Raises
    ------
    OptionError
        Not of this form, or out of range.

    Examples
    --------
    >>> parse_seeds("7,1-3")
    (7, 1, 2, 3)
    """
    seeds: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?", part, re.ASCII)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else -1
        if match is None or last < first or last > MOST or last - first >= _AT_MOST:
            raise OptionError(f"{text!r} are no seeds. Write 7, 1-4 or 1,5,9: whole numbers from 0 to {MOST}.")
        seeds |= dict.fromkeys(range(first, last + 1))
    return tuple(seeds)
