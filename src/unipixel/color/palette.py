"""A palette: colours in an order that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.errors import PaletteError

MAX_COLORS = 256
"""What an indexed PNG holds."""


@dataclass(frozen=True, eq=False)
class Palette:
    """Colours in an order that is kept. Equal where colours and order are equal, whatever the name.

    Raises
    ------
    PaletteError
        No colour, more than 256, or an array of another shape.
    """

    colors: npt.NDArray[np.uint8]
    """``(n, 3)`` uint8, sRGB, 1 to 256 rows; read-only."""
    name: str = ""
    """What a person calls it; free text."""

    def __post_init__(self) -> None:
        colors = np.asarray(self.colors)
        if colors.dtype != np.uint8 or colors.ndim != 2 or colors.shape[1] != 3:
            raise PaletteError(
                f"palette {self.name!r}: colours must be (n, 3) uint8, not {colors.shape} {colors.dtype}."
            )
        if not 1 <= len(colors) <= MAX_COLORS:
            raise PaletteError(f"palette {self.name!r}: {len(colors)} colours; an indexed PNG holds 1 to {MAX_COLORS}.")
        frozen = colors.copy()
        frozen.setflags(write=False)
        object.__setattr__(self, "colors", frozen)

    @classmethod
    def from_hex(cls, codes: Iterable[str], name: str = "") -> Palette:
        """Build a palette from ``RRGGBB`` codes, with or without ``#``.

        Raises
        ------
        PaletteError
            A code is not six hexadecimal digits.
        """
        rows = []
        for code in codes:
            digits = code.strip().removeprefix("#")
            if len(digits) != 6 or not set(digits) <= set("0123456789abcdefABCDEF"):
                raise PaletteError(f"palette {name!r}: {code!r} is not a colour. Write six digits, such as #ff8800.")
            rows.append(list(bytes.fromhex(digits)))
        return cls(np.array(rows, np.uint8).reshape(-1, 3), name)

    def to_hex(self) -> tuple[str, ...]:
        """Colours as ``#rrggbb``, in order."""
        return tuple("#" + bytes(color).hex() for color in self.colors)

    def __len__(self) -> int:
        return len(self.colors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and np.array_equal(self.colors, other.colors)

    def __hash__(self) -> int:
        return hash(self.colors.tobytes())
