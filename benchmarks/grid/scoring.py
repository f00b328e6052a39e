"""How good an answer is: its size, its cut lines, its colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from cases import Case, Lines, Pixels

from unipixel.color import to_oklab

TOLERANCE = 0.02
"""OKLab distance below which a cell has the right colour."""

Kind = Literal["grid", "native", "no grid"]

NEAR = 0.5
"""Canvas px within which a cut line is right."""


@dataclass(frozen=True)
class Answer:
    """What a tool says about one picture.

    Attributes
    ----------
    native : (h, w, 3) uint8 or None
        None where the tool says that there is no grid, or that the picture is native already.
    rows, cols : float or None
        Borders of the cells in canvas px, where the tool tells them.
    confidence : float or None
    is_sure : bool
    """

    native: Pixels | None
    rows: Lines | None = None
    cols: Lines | None = None
    confidence: float | None = None
    is_sure: bool = False


@dataclass(frozen=True)
class Score:
    """Figures of one answer, fractions 0..1.

    Attributes
    ----------
    size : bool
        The size is right.
    near : bool
        Both sides are right or off by one.
    aligned : float or None
        F-score of the cut lines; None where the suite does not know them.
    match : float
        Cells with the right colour.
    exact : bool
        The size is right and every scored cell has the very colour.
    main : float
        The suite's main figure for this case: `match`, or `exact` where colours survive the damage.
    kind : {"grid", "native", "no grid"}
        What the picture was. Native art and pictures without a grid have `main` 1 when they were left alone.
    """

    size: bool
    near: bool
    aligned: float | None
    match: float
    exact: bool
    main: float
    kind: Kind = "grid"


NOTHING = Score(False, False, 0.0, 0.0, False, 0.0)
"""The score of no answer where there is a grid."""


def judge(case: Case, answer: Answer, *, is_clean: bool) -> Score:
    """Score an answer; ``is_clean`` says that the main figure is `Score.exact`."""
    if case.native is None:
        right = answer.native is None or answer.native.shape[:2] == case.image.shape[:2]
        return left_alone(right, "no grid")
    if case.native.shape == case.image.shape:
        untouched = answer.native is None or np.array_equal(answer.native, case.image)
        return left_alone(untouched, "native")
    if answer.native is None:
        return NOTHING
    size, near = _size(case, answer.native)
    match, same = _colors(case, answer.native) if near else (0.0, False)
    aligned = _aligned(case, answer)
    return Score(size, near, aligned, match, size and same, float(size and same) if is_clean else match)


def left_alone(right: bool, kind: Kind) -> Score:
    """Score of an answer to native art, or to a picture without a grid."""
    return Score(right, right, None, float(right), right, float(right), kind)


def _size(case: Case, native: Pixels) -> tuple[bool, bool]:
    """Whether the size is right, and whether it is at most one off; cells that a cut left in part may be missing."""
    sides = list(zip(native.shape[:2], case.least, case.scored.shape, strict=True))
    return (
        all(least <= side <= most for side, least, most in sides),
        all(least - 1 <= side <= most + 1 for side, least, most in sides),
    )


def _colors(case: Case, native: Pixels) -> tuple[float, bool]:
    """Best share of scored cells with the right colour, and whether all are the same, over small shifts.

    Shifts go one cell either way, two where border cells were cut.
    """
    assert case.native is not None
    reach = 1 if case.least == case.scored.shape else 2
    height, width = case.scored.shape
    truth, found = to_oklab(case.native), to_oklab(native)
    count = max(1, int(case.scored.sum()))
    best, same = 0.0, False
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            y0, y1 = max(0, dy), min(height, native.shape[0] + dy)
            x0, x1 = max(0, dx), min(width, native.shape[1] + dx)
            if y0 >= y1 or x0 >= x1:
                continue
            want, got = np.s_[y0:y1, x0:x1], np.s_[y0 - dy : y1 - dy, x0 - dx : x1 - dx]
            scored = case.scored[want]
            close = np.square(truth[want] - found[got]).sum(-1) < TOLERANCE**2
            best = max(best, float((close & scored).sum()) / count)
            same = same or int(((case.native[want] == native[got]).all(-1) & scored).sum()) == count
    return best, same


def _aligned(case: Case, answer: Answer) -> float:
    """Mean of both axes' F-scores; tools that tell no lines are taken to cut the picture evenly."""
    assert answer.native is not None
    scores = []
    for axis, truth, told in ((0, case.rows, answer.rows), (1, case.cols, answer.cols)):
        even = np.linspace(0, case.image.shape[axis], answer.native.shape[axis] + 1)
        scores.append(line_score(truth, even if told is None else told))
    return float(np.mean(scores))


def line_score(truth: Lines, found: Lines) -> float:
    """F-score of inner cut lines: harmonic mean of the share of found lines that lie within `NEAR` px of a true one,
    and of the share of true lines that lie within `NEAR` px of a found one. 1 where both have none.
    """
    true, cut = (_inner(lines, float(truth[-1])) for lines in (truth, found))
    if not len(true) or not len(cut):
        return float(len(true) == len(cut))
    precise, whole = _share_near(cut, true), _share_near(true, cut)
    return 2 * precise * whole / (precise + whole) if precise + whole else 0.0


def _inner(lines: Lines, length: float) -> Lines:
    return np.sort(lines[(lines > NEAR) & (lines < length - NEAR)])


def _share_near(lines: Lines, others: Lines) -> float:
    """Share of lines with one of the (sorted) others within `NEAR` px."""
    place = np.clip(np.searchsorted(others, lines), 1, max(1, len(others) - 1))
    nearest: npt.NDArray[np.float64] = np.minimum(
        np.abs(lines - others[place - 1]), np.abs(lines - others[np.minimum(place, len(others) - 1)])
    )
    return float((nearest <= NEAR + 1e-6).mean())


def read_truth(case: Case) -> Answer:
    """Answer of someone who knows the grid: the median of the middle of every cell. Shows what damage leaves."""
    if case.native is None or case.native.shape == case.image.shape:
        return Answer(None)
    # Each cell's middle: 5x5 points in its inner 44 %.
    grids = []
    for lines, length in ((case.rows, case.image.shape[0]), (case.cols, case.image.shape[1])):
        points = lines[:-1, None] + np.diff(lines)[:, None] * np.linspace(0.28, 0.72, 5)
        grids.append(np.clip(points.astype(int), 0, length - 1))
    block = case.image[grids[0][:, :, None, None], grids[1][None, None]]
    native = np.median(block, axis=(1, 3)).round().astype(np.uint8)
    return Answer(native, case.rows, case.cols, 1.0)
