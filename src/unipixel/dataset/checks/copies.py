"""Images that are there twice, or on both sides of the split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.dataset.checks.finding import Finding
from unipixel.dataset.manifest import Split, native_id


@dataclass(frozen=True)
class Look:
    """What an image shows, as a name of its native pixels."""

    straight: str
    """As it is."""
    mirrored: str
    """Left and right exchanged."""


def look_at(image: npt.NDArray[np.uint8], scale: int) -> Look:
    """Name what an image shows.

    Parameters
    ----------
    image : (H, W, 4) uint8
        One pixel of each native one counts; that the others are the same is another check's.
    scale : int
    """
    whole = image.shape[0] % scale == 0 and image.shape[1] % scale == 0
    native = image[::scale, ::scale] if whole else image
    return Look(native_id(native), native_id(np.ascontiguousarray(native[:, ::-1])))


def check_copies(
    looks: Mapping[str, Look], splits: Mapping[str, Split], sources: Mapping[str, str]
) -> Iterator[Finding]:
    """Compare all images.

    Parameters
    ----------
    looks : mapping
        File to what it shows.
    splits : mapping
        File to what it is for; training where it is not said.
    sources : mapping
        File to the picture that it was made from, as far as that is known.
    """
    straight: dict[str, list[str]] = defaultdict(list)
    for file in sorted(looks):
        straight[looks[file].straight].append(file)
    for files in straight.values():
        for file in files[1:]:
            leak = splits.get(file, "train") != splits.get(files[0], "train")
            where = f"{files[0]}, on the other side of the split" if leak else files[0]
            yield Finding(file, f"the same pixels as {where}", "leave one of them out")
    for file in sorted(looks):
        other = next(iter(straight.get(looks[file].mirrored, ())), None)
        if other is not None and file < other:  # each pair once, and none with itself
            yield Finding(
                file, f"the mirror image of {other}", "leave one of them out, or keep both on purpose", "note"
            )
    yield from _check_leaks(splits, sources)


def _check_leaks(splits: Mapping[str, Split], sources: Mapping[str, str]) -> Iterator[Finding]:
    sides: dict[str, dict[Split, Sequence[str]]] = defaultdict(dict)
    for file in sorted(sources):
        split = splits.get(file, "train")
        sides[sources[file]][split] = [*sides[sources[file]].get(split, ()), file]
    for source in sorted(sides):
        if len(sides[source]) > 1:
            file = sides[source]["validation"][0]
            yield Finding(file, f"for validation, and {source} is trained on too", "keep all of a source on one side")
