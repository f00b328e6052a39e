"""How much of one native another one explains, wherever it was shifted, cropped or mirrored to; nothing is resampled.

What is compared are shapes: means over :data:`WINDOW` x :data:`WINDOW` native pixels at every place, in OKLab. A LoRA
that has learnt a picture by heart draws its shapes long before each of its pixels. Of these, the *distance* of a
picture A to a picture B, 0 to 1::

    d^2 = (sum over the overlap of |A - B|^2 + sum over the rest of A of |A - m|^2) / sum over A of |A - m|^2

the least over all shifts of B in whole native pixels that leave at least half of A's rows and half of its columns
covered, for B as it is and mirrored left to right, and at most 1. ``m`` is the median of each channel of A: the ground,
where A has a plain one. So 0 is a copy, and 1 is a picture of which B explains no more than that one colour does. What
B does not cover counts as unexplained, and the ground explains itself: two figures on the same plain ground are not
alike because the ground is. And it is a share of A's own variation, so a dark picture is not near to everything dark.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color import to_oklab

WINDOW = 5
"""Native px on a side of what is averaged; ours. Of 8 pictures by a LoRA of the micro base that was trained on four
images alone, 4 show these images to the eye: they lie 0.39 to 0.48 away, and 0.65 to 0.96 where single pixels are
compared. All others lie 1.00 away, pictures by a LoRA of 120 images 0.60 and more, by the base 0.68 and more."""

_AT_ONCE = 16
"""Pictures that are transformed at once: memory stays flat however many are known."""
_FLAT = 1e-9
"""Sum of squares below which a picture is one colour, of which nothing can be a copy."""

_Floats = npt.NDArray[np.float64]
_Native = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Nearest:
    """The known picture that explains most of a native."""

    index: int
    """Its place among the known ones."""
    distance: float
    """0 (a copy) to 1 (explains no more than the native's own median colour)."""


def find_nearest(
    natives: Sequence[_Native], known: Sequence[_Native], *, apart: Sequence[Collection[int]] | None = None
) -> list[Nearest | None]:
    """Find the known picture that is nearest to each native.

    Parameters
    ----------
    natives : sequence of (h, w, 4) uint8
        Of any sizes; alpha is left out.
    known : sequence of (h, w, 4) uint8
        Of any sizes.
    apart : sequence of collection of int, optional
        For each native, places of known pictures that it is not compared with, such as itself.

    Returns
    -------
    list of Nearest or None
        One for each native, the first of equally near ones; None where there is nothing to compare with.
    """
    best: list[Nearest | None] = [None] * len(natives)
    for places in _by_shape(natives):
        asked = [_Asked.of(natives[place]) for place in places]
        for others in _by_shape(known):
            for start in range(0, len(others), _AT_ONCE):
                part = others[start : start + _AT_ONCE]
                stack = _Stack.of([known[other] for other in part], asked[0].sides[0].shape[:2])
                for place, each in zip(places, asked, strict=True):
                    distances = stack.distances_from(each)
                    if apart is not None:
                        distances[[other in apart[place] for other in part]] = np.inf
                    best[place] = _nearer(best[place], part, distances)
    return best


def pixel_distance(first: _Native, second: _Native) -> float:
    """Root mean square OKLab distance of two natives of one size, pixel by pixel; 0 for equal ones, at most about 1."""
    difference = _lab(first) - _lab(second)
    return float(np.sqrt((difference * difference).sum(axis=-1).mean()))


def _nearer(best: Nearest | None, part: Sequence[int], distances: _Floats) -> Nearest | None:
    at = int(distances.argmin())
    if not np.isfinite(distances[at]):
        return best
    found = Nearest(part[at], float(distances[at]))
    if best is None or (found.distance, found.index) < (best.distance, best.index):
        return found
    return best


def _by_shape(pictures: Sequence[_Native]) -> list[list[int]]:
    groups: dict[tuple[int, ...], list[int]] = {}
    for place, picture in enumerate(pictures):
        groups.setdefault(picture.shape[:2], []).append(place)
    return list(groups.values())


def _lab(native: _Native) -> _Floats:
    return to_oklab(native).astype(np.float64)


def _shapes(native: _Native) -> _Floats:
    """Means of every whole window, ``(h - WINDOW + 1, w - WINDOW + 1, 3)``; of smaller ones in smaller natives."""
    window = min(WINDOW, *native.shape[:2])
    sums = _running_sums(_lab(native).transpose(2, 0, 1))
    tall = sums[:, window:] - sums[:, :-window]
    means: _Floats = (tall[..., window:] - tall[..., :-window]).transpose(1, 2, 0) / window**2
    return means


@dataclass(frozen=True)
class _Asked:
    """A native without its median colour, as it is and mirrored."""

    sides: tuple[_Floats, _Floats]
    """Shapes, ``(h, w, 3)`` each."""
    ground: _Floats
    """``(3,)``."""
    energy: float
    """Sum of squares: what there is to explain."""

    @classmethod
    def of(cls, native: _Native) -> _Asked:
        shapes = _shapes(native)
        ground = np.median(shapes, axis=(0, 1))
        centred = shapes - ground
        return cls((centred, centred[:, ::-1]), ground, float((centred * centred).sum()))


@dataclass(frozen=True)
class _Stack:
    """Known pictures of one size, ready to be laid under a native of another at every shift.

    At a shift, the unexplained part is ``energy + sum of |B - m|^2 - 2 sum of (A - m)(B - m)`` over the
    overlap. The product of A and B is a correlation, taken by Fourier transforms; sums over rectangles come from
    running sums.
    """

    waves: npt.NDArray[np.complex128]
    """Transforms ``(n, 3, N, M // 2 + 1)``, padded so that no shift that is looked at wraps round."""
    size: tuple[int, int]
    """``(N, M)``."""
    running: _Floats
    """Running sums of the squares and of each channel, ``(n, 4, H + 1, W + 1)``."""
    shape: tuple[int, int]
    """``(H, W)``."""

    @classmethod
    def of(cls, known: Sequence[_Native], asked: tuple[int, ...]) -> _Stack:
        shapes = np.stack([_shapes(picture) for picture in known]).transpose(0, 3, 1, 2)
        height, width = shapes.shape[2:]
        size = (_quick(height + asked[0] // 2), _quick(width + asked[1] // 2))
        planes = np.concatenate([(shapes * shapes).sum(axis=1, keepdims=True), shapes], axis=1)
        return cls(np.fft.rfft2(shapes, s=size), size, _running_sums(planes), (height, width))

    def distances_from(self, asked: _Asked) -> _Floats:
        """Distance of a native to each picture, ``(n,)``; infinity where no shift covers half of it."""
        if asked.energy < _FLAT:
            return np.ones(len(self.waves))
        least = np.min([self._unexplained(side, asked.ground) for side in asked.sides], axis=0)
        share: _Floats = np.sqrt(np.clip(1.0 + least / asked.energy, 0.0, 1.0))
        share[~np.isfinite(least)] = np.inf
        return share

    def _unexplained(self, side: _Floats, ground: _Floats) -> _Floats:
        """The least over all shifts of what is left unexplained, less the native's energy: ``(n,)``."""
        height, width = side.shape[:2]
        rows, cols = _shifts(height, self.shape[0]), _shifts(width, self.shape[1])
        if not len(rows) or not len(cols):
            return np.full(len(self.waves), np.inf)
        waves = np.fft.rfft2(side.transpose(2, 0, 1), s=self.size)
        product = np.fft.irfft2((self.waves * waves.conj()).sum(axis=1), s=self.size)
        product = product[:, rows[:, None] % self.size[0], cols % self.size[1]]
        theirs = _rectangles(self.running, _ends(rows, height, self.shape[0]), _ends(cols, width, self.shape[1]))
        own_rows, own_cols = (_ends(-shifts, whole, own) for shifts, whole, own in (
            (rows, self.shape[0], height), (cols, self.shape[1], width),
        ))  # fmt: skip
        own = _rectangles(_running_sums((side @ ground)[None]), own_rows, own_cols)[0]
        pixels = np.outer(own_rows[1] - own_rows[0], own_cols[1] - own_cols[0])
        around = theirs[:, 0] - 2 * np.einsum("c,nchw->nhw", ground, theirs[:, 1:]) + (ground @ ground) * pixels
        left: _Floats = (around - 2 * (product - own)).min(axis=(1, 2))
        return left


def _shifts(asked: int, known: int) -> npt.NDArray[np.int64]:
    """Shifts that leave at least half of the asked pixels covered; those past the known ones' start are negative."""
    need = -(-asked // 2)
    return np.arange(need - asked, known - need + 1) if known >= need else np.arange(0)


def _ends(shifts: npt.NDArray[np.int64], moving: int, fixed: int) -> tuple[npt.NDArray[np.int64], ...]:
    """First and one past the last of the fixed pixels that lie under ``moving`` ones, at each shift."""
    return np.clip(shifts, 0, fixed), np.clip(shifts + moving, 0, fixed)


def _running_sums(planes: _Floats) -> _Floats:
    sums = np.zeros((*planes.shape[:-2], planes.shape[-2] + 1, planes.shape[-1] + 1))
    sums[..., 1:, 1:] = planes.cumsum(axis=-2).cumsum(axis=-1)
    return sums


def _rectangles(
    running: _Floats, rows: tuple[npt.NDArray[np.int64], ...], cols: tuple[npt.NDArray[np.int64], ...]
) -> _Floats:
    """Sums over every rectangle of some rows and some columns: ``(..., rows, cols)``."""
    tall = running[..., rows[1], :] - running[..., rows[0], :]
    sums: _Floats = tall[..., cols[1]] - tall[..., cols[0]]
    return sums


def _quick(least: int) -> int:
    """The next number that is a product of 2, 3 and 5, which transforms quickly."""
    size = least
    while True:
        left = size
        for factor in (2, 3, 5):
            while left % factor == 0:
                left //= factor
        if left == 1:
            return size
        size += 1
