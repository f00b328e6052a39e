"""Where a person put a canvas over a native: what lies under it is shown, what lies beside the native is fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.dataset.balance import Candidate
from unipixel.dataset.fit import fit
from unipixel.dataset.manifest import Entry, native_id
from unipixel.dataset.windows import Window
from unipixel.errors import ImageError

STEP = "place"
"""``op`` of the step in a source's history."""

COST = -1.0
"""What a placing by hand costs a plan: less than any other, so that it is taken first."""

Place = tuple[int, int, int, int]
"""Row, column, height and width of a window in native px."""


@dataclass(frozen=True)
class ByHand:
    """One placing of a source."""

    native: str
    """Id of the native that it is of; another native of the source has none."""
    canvas: str
    """``WIDTHxHEIGHT`` in canvas px."""
    corner: tuple[int, int]
    """Row and column of the canvas' top left corner in native px; negative where there is fill before the native."""
    instead: Place
    """The window that the plan had chosen, in whose place this one is."""

    def to_dict(self) -> dict[str, Any]:
        """The step of the history, as JSON types."""
        return {
            "op": STEP,
            "native": self.native,
            "canvas": self.canvas,
            "corner": list(self.corner),
            "instead": list(self.instead),
        }


def placings(row: Entry) -> tuple[ByHand, ...]:
    """What the history of a row says of its native."""
    steps = [step for step in row.history if step.get("op") == STEP and step["native"] == row.id]
    return tuple(
        ByHand(step["native"], step["canvas"], tuple(step["corner"]), tuple(step["instead"])) for step in steps
    )


def lay(size: tuple[int, int], canvas: tuple[int, int], corner: tuple[int, int]) -> tuple[Window, tuple[float, float]]:
    """Lay a canvas over a native.

    Parameters
    ----------
    size, canvas : (h, w)
        Of the native, and of the canvas in native px.
    corner : (row, col)
        Where the top left corner of the canvas lies in the native; may be outside.

    Returns
    -------
    (Window, (float, float))
        The part of the native that is under the canvas, and the anchor at which :func:`unipixel.dataset.fit` puts it.

    Raises
    ------
    ImageError
        Nothing of the native is under the canvas.
    """
    starts = [max(0, at) for at in corner]
    spans = [min(corner[axis] + canvas[axis], size[axis]) - starts[axis] for axis in (0, 1)]
    if min(spans) < 1:
        raise ImageError(
            f"a {canvas[1]}x{canvas[0]} canvas at row {corner[0]}, column {corner[1]} shows nothing of a "
            f"{size[1]}x{size[0]} native."
        )
    rooms = [canvas[axis] - spans[axis] for axis in (0, 1)]
    anchor = [(starts[axis] - corner[axis]) / rooms[axis] if rooms[axis] else 0.5 for axis in (0, 1)]
    return Window(starts[0], starts[1], spans[0], spans[1]), (anchor[0], anchor[1])


def with_placings(
    candidates: Sequence[Candidate],
    native: npt.NDArray[np.uint8],
    given: Sequence[ByHand],
    *,
    scale: int,
    background: tuple[int, int, int] | None = None,
) -> tuple[Candidate, ...]:
    """Put what a person said in the place of what a plan would choose from.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of one source.
    native : (h, w, 4) uint8
    given : sequence of ByHand
        Of that source.
    scale : int
        Canvas px per native px.
    background : (r, g, b), optional
        See :func:`unipixel.dataset.fit`.
    """
    made = list(candidates)
    for each in given:
        like = next((option for option in made if str(option.canvas) == each.canvas), None)
        if like is None:
            continue  # the recipe has this canvas no more
        size = like.canvas.native_size(scale)
        window, anchor = lay((native.shape[0], native.shape[1]), size, each.corner)
        placed = fit(native, size, window=window, anchor=anchor, background=background)
        hand = replace(like, window=window, anchor=anchor, cost=COST, rank=0, pixels=native_id(placed.native))
        others = [option for option in made if not _is_replaced(option, each)]
        made = [hand, *others]
    ranks: dict[str, int] = {}
    ordered = []
    for option in made:
        ranks[str(option.canvas)] = rank = ranks.get(str(option.canvas), -1) + 1
        ordered.append(replace(option, rank=rank))
    return tuple(ordered)


def _is_replaced(option: Candidate, by: ByHand) -> bool:
    window = option.window
    return str(option.canvas) == by.canvas and (window.row, window.col, window.height, window.width) == by.instead
