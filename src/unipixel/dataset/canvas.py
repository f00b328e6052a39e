"""Canvases: the sizes at which images are trained and generated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unipixel.errors import CanvasError

LATENT = 8
"""Canvas px a latent cell of SDXL's autoencoder; every canvas is a multiple of it."""


@dataclass(frozen=True, order=True)
class Canvas:
    """A size in canvas px.

    Raises
    ------
    CanvasError
        A side is not positive or not a multiple of 8.

    Examples
    --------
    >>> Canvas.parse("1152x896").native_size(8)
    (112, 144)
    """

    width: int
    """Canvas px, a multiple of 8."""
    height: int
    """Canvas px, a multiple of 8."""

    def __post_init__(self) -> None:
        if min(self.width, self.height) < LATENT or self.width % LATENT or self.height % LATENT:
            raise CanvasError(f"canvas {self}: width and height must be multiples of {LATENT}, such as 1152x896.")

    @classmethod
    def parse(cls, text: str) -> Canvas:
        """Read ``"WIDTHxHEIGHT"``.

        Raises
        ------
        CanvasError
            Not of this form, or see the class.
        """
        match = re.fullmatch(r"\s*(\d{1,6})\s*[xX]\s*(\d{1,6})\s*", text, flags=re.ASCII)
        if match is None:
            raise CanvasError(f"{text!r} is not a canvas. Write WIDTHxHEIGHT, such as 1152x896.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    def native_size(self, scale: int) -> tuple[int, int]:
        """Size in native px as ``(h, w)``.

        Parameters
        ----------
        scale : int
            Canvas px per native px.

        Raises
        ------
        CanvasError
            The canvas does not divide into whole native pixels.
        """
        if scale < 1 or self.width % scale or self.height % scale:
            raise CanvasError(
                f"canvas {self} does not divide into native pixels of {scale}x{scale}. Use multiples of both."
            )
        return self.height // scale, self.width // scale
