"""As many images of each size as there should be, and enough for the steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.checks.finding import Finding

MOST_REPEATS = 4
"""Images that are seen more often than this in an epoch are learnt by heart; more of them is the better cure."""

EPOCHS = (10, 100)
"""Fewer epochs and a style is not learnt, more and the pictures are learnt by heart. Ours: the recipes do 41 and 45."""


def check_counts(seen: Mapping[Canvas, int], canvases: Sequence[Canvas], expected: int | None = None) -> list[Finding]:
    """Compare how many images of each canvas a trainer sees in an epoch, repeats counted.

    Parameters
    ----------
    seen : mapping
        Images by canvas, each counted as often as it is repeated.
    canvases : sequence of Canvas
        Those that should be there.
    expected : int, optional
        How many each should have; without it they must only be equally many.
    """
    wanted = expected if expected is not None else max((seen.get(canvas, 0) for canvas in canvases), default=0)
    short = [canvas for canvas in canvases if seen.get(canvas, 0) != wanted]
    repeats = equal_repeats({canvas: seen.get(canvas, 0) for canvas in canvases}) if expected is None else {}
    mend = "run: unipixel balance, which plans what to crop, leave out or add"
    if repeats:
        mend += "; or repeats of " + ", ".join(f"{repeats[canvas]} for {canvas}" for canvas in canvases)
    return [Finding(".", f"{seen.get(canvas, 0)} images of {canvas}, {wanted} wanted", mend) for canvas in short]


def equal_repeats(seen: Mapping[Canvas, int]) -> dict[Canvas, int]:
    """Fewest repeats of each canvas after which all are equally many; empty where more than 4 would be needed."""
    if not seen or not all(seen.values()):
        return {}
    target = math.lcm(*seen.values())
    repeats = {canvas: target // count for canvas, count in seen.items()}
    return repeats if max(repeats.values()) <= MOST_REPEATS else {}


def check_length(images: int, steps: int, batch_size: int) -> Iterator[Finding]:
    """Compare the number of images, repeats counted, with the steps of the recipe."""
    if not images:
        return
    epochs = steps * batch_size / images
    if not EPOCHS[0] <= epochs <= EPOCHS[1]:
        few, many = (round(images * bound / batch_size) for bound in EPOCHS)
        what = f"{steps} steps show each of {images} images {epochs:.3g} times"
        yield Finding(".", what, f"usual are {few} to {many} steps: train.steps in recipe.toml", "note")
