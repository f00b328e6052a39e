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
    sums = _part_sums(_part_sums(_luma(native).astype(np.int64)).T).T
    mean = sums * 256 // (native.shape[0] * native.shape[1])
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


def _luma(native: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """Light and dark over grey, 0 to 255, ``(h, w)``."""
    red, green, blue, alpha = (native[..., channel].astype(np.uint16) for channel in range(4))
    luma = (77 * red + 150 * green + 29 * blue) >> 8
    if int(alpha.min()) < 255:
        luma = (luma * alpha + _GREY * (255 - alpha)) // 255
    return luma.astype(np.uint16, copy=False)


def _part_sums(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sum equal parts of the lines ``(n, m)``, cut lines in proportion; `_SIDE` times as much, to stay whole."""
    count = len(values)
    whole, rest = np.divmod(np.arange(_SIDE + 1) * count, _SIDE)
    running = np.zeros((count + 1, values.shape[1]), np.int64)
    running[1:] = values.cumsum(axis=0)
    padded = np.concatenate([values, np.zeros((1, values.shape[1]), np.int64)])
    sums: npt.NDArray[np.int64] = np.diff(_SIDE * running[whole] + rest[:, None] * padded[whole], axis=0)
    return sums


def _count_bits(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    bits: npt.NDArray[np.uint8] = _BITS[words.view(np.uint16)].reshape(*words.shape, 4).sum(axis=-1, dtype=np.uint8)
    return bits


_COSINES = np.rint(
    1024 * np.cos(np.pi / _SIDE * (np.arange(_SIDE) + 0.5) * np.arange(_WAVES)[:, None])
).astype(np.int64)  # fmt: skip
_MIRROR = int(bytes(np.packbits(np.tile(np.arange(_WAVES) % 2 == 1, _WAVES))).hex(), 16)
_BITS = np.array([bin(word).count("1") for word in range(1 << 16)], np.uint8)
