"""The demo's final check: natives that were found against the pixels that the game drew.

Nothing else in a run may read the truth folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.color import distance
from unipixel.demo.screenshots import source_index
from unipixel.errors import WorkspaceError
from unipixel.image import RGBA, load_image

CLOSE = 0.02
"""OKLab distance up to which a colour that went through JPEG counts as right: about one step that an eye can tell."""

JPEG_BOUND = 0.8
"""Share of cells that must be that close in a JPEG native that was called sure.

The mean of each cell's inner pixels on the true grid reaches 0.84 at
the worst of the default set (pitch 2.3, 4:2:0) and 0.99 at its median.
"""

_BLOCK = 8
_FAR = 0.01


@dataclass(frozen=True)
class PictureCheck:
    """One native against the truth."""

    name: str
    """Of the screenshot, without its ending."""
    jpeg: bool
    """Whether the screenshot is a JPEG file."""
    found: bool
    """Whether there was a native at all."""
    sure: bool
    """Whether it was called sure."""
    size: tuple[int, int] | None
    """Rows and columns of the native."""
    least: tuple[int, int]
    """Rows and columns that are whole in the picture."""
    most: tuple[int, int]
    """Rows and columns of which at least a sliver is in the picture."""
    exact_size: bool
    """Whether the size lies between ``least`` and ``most``: cells that the border cuts may be kept or left out."""
    exact_cells: float
    """Share of cells whose colour is exactly the game's, 0 to 1; 0 where the size is wrong."""
    close_cells: float
    """Share of cells within :data:`CLOSE`, 0 to 1; 0 where the size is wrong."""
    shift: tuple[int, int] | None
    """Row and column of the game's frame at which the native fits best; None where the size is wrong."""
    displaced: int
    """Blocks of 8x8 cells that fit a place one cell away far better: a row or column was lost or doubled."""

    @property
    def right(self) -> bool:
        """Exact for PNG; for JPEG of the right size, :data:`JPEG_BOUND` close and with every block in its place."""
        if self.jpeg:
            return self.exact_size and self.close_cells >= JPEG_BOUND and not self.displaced
        return self.exact_size and self.exact_cells == 1.0

    @property
    def complaint(self) -> str:
        """What is wrong, in one sentence; empty where nothing is."""
        if self.right:
            return ""
        if self.size is None:
            return f"{self.name}: no native was found."
        if not self.exact_size:
            return f"{self.name}: native {_size(self.size)}, the game drew {_size(self.least)} to {_size(self.most)}."
        if self.displaced:
            return f"{self.name}: {self.displaced} blocks of 8x8 cells lie one cell from their place."
        share, bound = (self.close_cells, JPEG_BOUND) if self.jpeg else (self.exact_cells, 1.0)
        return f"{self.name}: {share:.2%} of the cells have the game's colour; {bound:.0%} must."


@dataclass(frozen=True)
class TruthReport:
    """All natives against the truth."""

    pictures: tuple[PictureCheck, ...]
    """By name."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Names of the natives that were called sure and are wrong: none in a good run."""
        return tuple(check.name for check in self.pictures if check.sure and not check.right)

    @property
    def complaints(self) -> tuple[str, ...]:
        """One sentence for each of :attr:`wrong`."""
        return tuple(check.complaint for check in self.pictures if check.sure and not check.right)

    def counts(self) -> dict[str, int]:
        """Numbers of pictures for a report.

        Returns
        -------
        dict
            ``pictures``, ``found``, ``sure``, ``right``, ``sure_wrong`` and ``unsure_right``, and each again for one
            format with the suffix ``_png`` or ``_jpeg``.
        """
        found: dict[str, int] = {}
        for suffix, group in (
            ("", self.pictures),
            ("_png", tuple(check for check in self.pictures if not check.jpeg)),
            ("_jpeg", tuple(check for check in self.pictures if check.jpeg)),
        ):
            found["pictures" + suffix] = len(group)
            found["found" + suffix] = sum(check.found for check in group)
            found["sure" + suffix] = sum(check.sure for check in group)
            found["right" + suffix] = sum(check.right for check in group)
            found["sure_wrong" + suffix] = sum(check.sure and not check.right for check in group)
            found["unsure_right" + suffix] = sum(check.right and not check.sure for check in group)
        return found


def compare_with_truth(natives: Mapping[str, RGBA | None], sure: Mapping[str, bool], truth_folder: Path) -> TruthReport:
    """Check natives against the frames that the game drew.

    Parameters
    ----------
    natives : mapping of str to (h, w, 4) uint8 or None
        By the screenshot's name without its ending; None, or no entry, where none was found.
    sure : mapping of str to bool
        Whether the finder called it sure; no entry means no.
    truth_folder : path
        As :func:`unipixel.demo.take_screenshots` filled it.

    Returns
    -------
    TruthReport
        One entry for each picture of the truth folder.

    Raises
    ------
    WorkspaceError
        The truth folder is empty, or a native has a name that it does not know.
    """
    truths = sorted(truth_folder.glob("*.json"))
    if not truths:
        raise WorkspaceError(f"{truth_folder}: no truth in this folder. Take the screenshots again.")
    strange = sorted({*natives, *sure} - {path.stem for path in truths})
    if strange:
        raise WorkspaceError(
            f"{truth_folder}: no truth for {', '.join(strange[:3])}. Name natives as the screenshots, without ending."
        )
    return TruthReport(tuple(_check(path, natives.get(path.stem), sure.get(path.stem, False)) for path in truths))


def _check(path: Path, native: RGBA | None, sure: bool) -> PictureCheck:
    truth = json.loads(path.read_text(encoding="utf-8"))
    frame = load_image(path.with_suffix(".png"))
    rows, columns = _visible(truth, frame.shape[0], 0), _visible(truth, frame.shape[1], 1)
    least, most = ((rows[k][1] - rows[k][0], columns[k][1] - columns[k][0]) for k in (0, 1))
    size = None if native is None else (native.shape[0], native.shape[1])
    exact, close, shift = (0.0, 0.0, None) if native is None else _best(native, frame, rows, columns)
    return PictureCheck(
        name=path.stem,
        jpeg=truth["quality"] > 0,
        found=native is not None,
        sure=sure,
        size=size,
        least=least,
        most=most,
        exact_size=shift is not None,
        exact_cells=exact,
        close_cells=close,
        shift=shift,
        displaced=0 if native is None or shift is None else _displaced(native, frame, shift),
    )


_Span = tuple[tuple[int, int], tuple[int, int]]


def _visible(truth: Mapping[str, Any], native: int, axis: int) -> _Span:
    """Cells along an axis: (first, end) of the whole ones, and of all that are in view."""
    window, first, end = truth["window"][axis], truth["crop"][axis], truth["crop"][axis + 2]
    index = source_index(np.arange(window), native, window)
    low, high = int(index[first]), int(index[end - 1]) + 1
    cut_low = first > 0 and index[first - 1] == low
    cut_high = end < window and index[end] == high - 1
    return (low + cut_low, high - cut_high), (low, high)


def _best(native: RGBA, frame: RGBA, rows: _Span, columns: _Span) -> tuple[float, float, tuple[int, int] | None]:
    """Shares of exact and close cells at the shift with most of them; 0, 0, None where the size can't be right."""
    best: tuple[float, float, tuple[int, int] | None] = (0.0, 0.0, None)
    for top in _starts(native.shape[0], rows):
        for left in _starts(native.shape[1], columns):
            part = frame[top : top + native.shape[0], left : left + native.shape[1]]
            exact = float((part == native).all(axis=2).mean())
            close = float(_is_close(part, native).mean())
            if best[2] is None or (exact, close) > best[:2]:
                best = exact, close, (top, left)
    return best


def _displaced(native: RGBA, frame: RGBA, shift: tuple[int, int]) -> int:
    """Blocks whose mean distance to the frame is large in place, and less than half of that one cell away."""
    (top, left), (height, width) = shift, native.shape[:2]
    padded = np.pad(frame, ((1, 1), (1, 1), (0, 0)), mode="edge")
    means = {
        (down, right): _block_means(
            distance(padded[top + down : top + down + height, left + right : left + right + width], native)
        )
        for down in range(3)
        for right in range(3)
    }
    here = means.pop((1, 1))
    elsewhere = np.minimum.reduce(list(means.values()))
    return int(((here > _FAR) & (elsewhere < here / 2)).sum())


def _block_means(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    rows, columns = (np.arange(0, length, _BLOCK) for length in values.shape)
    sums = np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, axis=0), columns, axis=1)
    sizes = [np.diff(np.append(start, length)) for start, length in zip((rows, columns), values.shape, strict=True)]
    return np.asarray(sums / np.outer(*sizes), np.float64)


def _starts(length: int, span: _Span) -> range:
    (whole_first, whole_end), (first, end) = span
    return range(max(first, whole_end - length), min(whole_first, end - length) + 1)


def _is_close(part: RGBA, native: RGBA) -> npt.NDArray[np.bool_]:
    near = distance(part[..., :3], native[..., :3]) <= CLOSE
    return np.asarray(near & (native[..., 3] == 255), np.bool_)


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"
