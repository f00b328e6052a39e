"""Read numbers from bytes, with one sentence where they end too soon."""

from __future__ import annotations

import struct
from typing import Any

from unipixel.errors import PaletteError


class BytesReader:
    """Numbers and pieces of some bytes, one after another."""

    def __init__(self, data: bytes, name: str, *, at: int = 0) -> None:
        self.data, self.name, self.at = data, name, at

    def __len__(self) -> int:
        """Bytes that are left."""
        return len(self.data) - self.at

    def numbers(self, pattern: str) -> tuple[Any, ...]:
        """Numbers by a pattern of :mod:`struct`.

        Raises
        ------
        PaletteError
            The bytes end before.
        """
        return struct.unpack(pattern, self.piece(struct.calcsize(pattern)))

    def piece(self, length: int) -> bytes:
        """So many bytes; raises as :meth:`numbers`."""
        if length > len(self):
            raise PaletteError(f"{self.name}: the palette is cut short after {len(self.data)} bytes.")
        self.at += length
        return self.data[self.at - length : self.at]
