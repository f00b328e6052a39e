"""Files against the rows of the data set, and what may be trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.color import quantize
from unipixel.dataset.checks.finding import DELETE, PREPARE, Finding
from unipixel.dataset.fit import replay
from unipixel.dataset.manifest import Entry, native_id
from unipixel.dataset.policy import is_refused, rating_tags
from unipixel.errors import DatasetError, ImageError
from unipixel.image import load_image


def check_rows(root: Path, rows: Mapping[Path, Entry], images: Sequence[Path], policy: str) -> Iterator[Finding]:
    """Compare rows with files.

    Parameters
    ----------
    root : Path
        What findings are relative to.
    rows : mapping
        Training image to its row.
    images : sequence of Path
        Training images that are there.
    policy : str
        ``refuse``, ``label`` or ``allow`` images rated questionable or explicit.
    """
    there = set(images)
    for file in sorted(rows):
        if file not in there:
            yield Finding(_name(root, file), "has a row in dataset.jsonl, and is not there", PREPARE)
        yield from _check_row(_name(root, file), rows[file], policy)
    for file in sorted(there - set(rows)):
        yield Finding(_name(root, file), "has no row in dataset.jsonl: nobody knows where it is from", PREPARE)
    unknown = sorted({row.source for row in rows.values() if row.provenance.allow_train == "unknown"})
    if unknown:
        what = f"nobody said whether {len(unknown)} pictures may be trained on, such as {unknown[0]}"
        mend = "run: unipixel licence . PATTERN --licence SPDX --allow-train yes"
        yield Finding(".", what, mend, "note")


def check_natives(root: Path, natives: Path, rows: Sequence[Entry]) -> Iterator[Finding]:
    """Look for natives that are damaged, or of no row.

    Parameters
    ----------
    root : Path
        What findings are relative to.
    natives : Path
        Folder of ``ID.png``.
    rows : sequence of Entry
        All rows, also those on no canvas.
    """
    known = {row.id for row in rows}
    for file in sorted(natives.glob("*.png")):
        if file.stem not in known:
            yield Finding(_name(root, file), "a native of no picture in dataset.jsonl", DELETE, "note")


def is_as_prepared(
    image: npt.NDArray[np.uint8], native: npt.NDArray[np.uint8], row: Entry, scale: int, max_colors: int
) -> bool:
    """Whether a training image is what its row makes of its native.

    Parameters
    ----------
    image : (H, W, 4) uint8
    native : (h, w, 4) uint8
        Before it was fitted.
    row : Entry
    scale, max_colors : int

    Raises
    ------
    DatasetError
        The row's transforms can't be done again.
    """
    indices, palette = quantize(replay(native, row.transforms[0]), max_colors)
    return bool(np.array_equal(image[::scale, ::scale, :3], palette.colors[indices]))


def check_change(
    name: str, image: npt.NDArray[np.uint8], native: Path, row: Entry, scale: int, max_colors: int
) -> Iterator[Finding]:
    """Find out whether somebody edited or saved anew an image, or its native, since it was prepared."""
    try:
        before = load_image(native)
        if native_id(before) != row.id:
            yield Finding(name, "its native was changed since it was recovered", f"delete {native.name}, then prepare")
        elif not is_as_prepared(image, before, row, scale, max_colors):
            yield Finding(name, "was changed since it was prepared", PREPARE)
    except (ImageError, DatasetError) as error:
        yield Finding(name, f"can't be compared with its native: {error}", PREPARE)


def _check_row(name: str, row: Entry, policy: str) -> Iterator[Finding]:
    if row.provenance.allow_train == "no":
        what = f"{row.source} may not be trained on, as its licence row says"
        yield Finding(name, what, "take it out of sources/, or run: unipixel licence")
    if is_refused(row.rating, policy):
        what = f"rated {row.rating}, and the policy is to refuse it"
        yield Finding(name, what, 'leave it out, or set policy.sexual = "label" in recipe.toml')


def missing_labels(row: Entry, tags: Sequence[str], policy: str) -> list[str]:
    """Rating tags that the policy wants in a caption and that are not there."""
    return [tag for tag in rating_tags(row.rating, policy) if tag not in tags]


def _name(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()
