"""What a native looks like in 64 bits, to find near duplicates for a person's review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

NEAR = 4
"""Bits in which near duplicates differ at most. Palette swaps measure about 2 and a shift by one pixel 4; other poses
of a figure begin at 2 and other figures at 4, so that a person has to look."""

_GREY = 128
"""Luma that shows through transparent pixels, so that their hidden colour does not count."""
_SIDE = 32
"""Equal parts of each side that are transformed."""
_WAVES = 8
"""Lowest frequencies of each axis that are looked at."""
_AT_ONCE = 256
"""Looks compared with all others in one step: memory stays flat."""


def look_of(native: npt.NDArray[np.uint8]) -> str:
    """Describe the coarse light and dark of a native: signs of its 64 lowest cosine waves.

    Whole numbers all the way, so that every machine says the same.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha

    Returns
    -------
    str
        16 hexadecimal digits; alike for pictures that look alike. Compare them with :func:`find_near`.
    """
    red, green, blue, alpha = (native[..., channel].astype(np.int64) for channel in range(4))
    shown = (299 * red + 587 * green + 114 * blue) * alpha + 1000 * _GREY * (255 - alpha)
    rows, cols = (_parts(side) for side in native.shape[:2])
    # Whole numbers below 2**53 are exact in floating point, and several times as fast.
    small = rows @ (shown // 255_000).astype(np.float64) @ cols.T
    mean = np.floor(small * 256 / (native.shape[0] * native.shape[1])).astype(np.int64)
    waves = _COSINES @ mean @ _COSINES.T
    waves[0, 0] = 0
    return bytes(np.packbits(waves.ravel() > 0)).hex()


def mirror_look(look: str) -> str:
    """Look of the same picture mirrored left to right: the waves with an odd count across change sign."""
    return f"{int(look, 16) ^ _MIRROR:016x}"


def find_near(looks: Sequence[str], *, within: int = NEAR) -> Iterator[tuple[int, int, int, bool]]:
    """Find pictures that look alike, mirrored ones too.

    Parameters
    ----------
    looks : sequence of str
        From :func:`look_of`; empty ones are left out.
    within : int
        Bits that may differ.

    Yields
    ------
    (first, second, bits, mirrored)
        Places in ``looks``, ``first < second``, in rising order.
    """
    places = [place for place, look in enumerate(looks) if look]
    plain = np.array([int(looks[place], 16) for place in places], np.uint64)
    for start in range(0, len(places), _AT_ONCE):
        block = plain[start : start + _AT_ONCE, None]
        as_is = _count_bits(block ^ plain)
        mirrored = _count_bits(block ^ np.uint64(_MIRROR) ^ plain)
        fewest = np.minimum(as_is, mirrored)
        for row, col in zip(*np.nonzero(fewest <= within), strict=True):
            first, second = start + int(row), int(col)
            if first < second:
                yield places[first], places[second], int(fewest[row, col]), bool(as_is[row, col] > within)


def _parts(side: int) -> npt.NDArray[np.float64]:
    """How much of each pixel lies in each of equal parts of a side, in parts of a pixel: ``(_SIDE, side)``."""
    start = np.maximum.outer(np.arange(_SIDE) * side, np.arange(side) * _SIDE)
    end = np.minimum.outer(np.arange(1, _SIDE + 1) * side, np.arange(1, side + 1) * _SIDE)
    return np.maximum(0, end - start).astype(np.float64)


def _count_bits(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    bits: npt.NDArray[np.uint8] = _BITS[words.view(np.uint16)].reshape(*words.shape, 4).sum(axis=-1, dtype=np.uint8)
    return bits


_COSINES = np.rint(
    1024 * np.cos(np.pi / _SIDE * (np.arange(_SIDE) + 0.5) * np.arange(_WAVES)[:, None])
).astype(np.int64)  # fmt: skip
_MIRROR = int(bytes(np.packbits(np.tile(np.arange(_WAVES) % 2 == 1, _WAVES))).hex(), 16)
_BITS = np.array([bin(word).count("1") for word in range(1 << 16)], np.uint8)
