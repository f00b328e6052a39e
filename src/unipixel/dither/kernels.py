"""Error-diffusion kernels as data: who takes which share of a pixel's error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kernel:
    """Shares of a pixel's error, for rows that are walked from left to right."""

    ahead: tuple[int, int]
    """Parts that the next and the next but one pixel of the same row take."""
    below: tuple[tuple[int, int, int, int, int], ...]
    """Parts that the row below, and the one below that, take, from two columns behind to two ahead."""
    divisor: int
    """Parts of a whole error. Where the parts do not sum to it, the rest is dropped on purpose."""


KERNELS: dict[str, Kernel] = {
    # R. Floyd, L. Steinberg, "An adaptive algorithm for spatial grey scale", Proc. SID 17/2, 1976.
    "floyd-steinberg": Kernel((7, 0), ((0, 3, 5, 1, 0),), 16),
    # The lesser kernel known as "false" Floyd-Steinberg from L. Crocker et al., "DHALF.TXT", 1991.
    "false-floyd-steinberg": Kernel((3, 0), ((0, 0, 3, 2, 0),), 8),
    # B. Atkinson's of MacPaint, 1984: three quarters of the error, for more contrast.
    "atkinson": Kernel((1, 1), ((0, 1, 1, 1, 0), (0, 0, 1, 0, 0)), 8),
    # J. Jarvis, C. Judice, W. Ninke, "A survey of techniques for the display of continuous tone pictures ...", 1976.
    "jarvis-judice-ninke": Kernel((7, 5), ((3, 5, 7, 5, 3), (1, 3, 5, 3, 1)), 48),
    # P. Stucki, "MECCA - a multiple-error correcting computation algorithm ...", IBM RZ1060, 1981.
    "stucki": Kernel((8, 4), ((2, 4, 8, 4, 2), (1, 2, 4, 2, 1)), 42),
    # D. Burkes, 1988: Stucki's without its last row.
    "burkes": Kernel((8, 4), ((2, 4, 8, 4, 2),), 32),
    # F. Sierra, 1989 and 1990.
    "sierra": Kernel((5, 3), ((2, 4, 5, 4, 2), (0, 2, 3, 2, 0)), 32),
    "sierra-two-row": Kernel((4, 3), ((1, 2, 3, 2, 1),), 16),
    "sierra-lite": Kernel((2, 0), ((0, 1, 1, 0, 0),), 4),
}
