"""Check training folders: everything that would spoil a training, each finding with what mends it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.checks.captions import check_caption, check_captions, read_caption
from unipixel.dataset.checks.copies import Look, check_copies, look_at
from unipixel.dataset.checks.counts import check_counts
from unipixel.dataset.checks.finding import PREPARE, Finding, in_order
from unipixel.dataset.checks.images import check_image, check_name, is_image
from unipixel.dataset.checks.leftovers import check_leftovers
from unipixel.dataset.manifest import Entry
from unipixel.errors import ImageError
from unipixel.image import load_image

ImageCheck = Callable[[str, Path, npt.NDArray[np.uint8]], Iterator[Finding]]
"""Another check of one image: its name, its file, its pixels."""


def training_images(folder: str | os.PathLike[str]) -> list[Path]:
    """Images that a trainer would find in a folder, or one level below (kohya's ``N_trigger`` folders), sorted."""
    root = Path(folder)
    return sorted(path for path in (*root.glob("*"), *root.glob("*/*")) if is_image(path))


def check_training_folder(
    folder: str | os.PathLike[str],
    *,
    scale: int,
    canvases: Sequence[Canvas],
    trigger: str,
    max_colors: int = 32,
    expected_per_canvas: int | None = None,
    constants: Sequence[str] = (),
) -> list[Finding]:
    """Check every image and caption of a training folder as a trainer would read them.

    Images are decoded and compared with their own native scaled back up, pixel by pixel.

    Parameters
    ----------
    folder : path
        Images with a ``.txt`` caption each, in the folder or one level below (kohya's ``N_trigger`` folders).
    scale : int
        Canvas px per native px.
    canvases : sequence of Canvas
        Sizes that an image may have.
    trigger : str
        First tag of every caption.
    max_colors : int
        Colours that one image may have.
    expected_per_canvas : int, optional
        Images that each canvas must have; without it they must only be equally many.
    constants : sequence of str
        Tags that are meant to be on every image.

    Returns
    -------
    list of Finding
        Faults first, then by file; empty where nothing is to be said.

    Raises
    ------
    CanvasError
        A canvas does not divide by the scale.
    """
    return check_folders(
        Path(folder),
        [Path(folder)],
        scale=scale,
        canvases=canvases,
        trigger=trigger,
        max_colors=max_colors,
        expected_per_canvas=expected_per_canvas,
        constants=constants,
    )


def check_folders(
    root: Path,
    folders: Sequence[Path],
    *,
    scale: int,
    canvases: Sequence[Canvas],
    trigger: str,
    max_colors: int,
    expected_per_canvas: int | None = None,
    constants: Sequence[str] = (),
    rows: Mapping[Path, Entry] | None = None,
    more: Sequence[ImageCheck] = (),
) -> list[Finding]:
    """Check several folders as one data set; parameters as of :func:`check_training_folder`, and these.

    Parameters
    ----------
    root : Path
        What findings are relative to.
    folders : sequence of Path
    rows : mapping, optional
        Image to its row, where there are rows: repeats and the split then count.
    more : sequence of ImageCheck
        Other checks of each image, so that it is decoded once.
    """
    for canvas in canvases:
        canvas.native_size(scale)
    files = [file for folder in folders for file in training_images(folder)]
    if not files:
        return [Finding(".", "no image in it", PREPARE)]
    known = {file.relative_to(root).as_posix(): row for file, row in (rows or {}).items()}
    findings: list[Finding] = []
    seen = _Seen(known, canvases)
    for file in files:
        name = file.relative_to(root).as_posix()
        findings += _check_text(name, file, trigger, seen)
        try:
            image = load_image(file)
        except ImageError as error:
            findings.append(Finding(name, str(error), PREPARE))
            continue
        findings += [Finding(name, *found) for found in check_image(image, scale, canvases, max_colors)]
        for check in more:
            findings += check(name, file, image)
        seen.take(name, image, scale)
    splits = {name: row.split for name, row in known.items()}
    sources = {name: known[name].source for name in seen.looks if name in known}
    findings += check_counts(seen.images, canvases, expected_per_canvas)
    findings += check_copies(seen.looks, splits, sources)
    findings += check_captions(seen.captions, trigger, constants)
    findings += check_leftovers(root, folders, files)
    findings += _check_pairs(root, folders, files)
    return in_order(findings)


@dataclass
class _Seen:
    """What the checks of all images together need of each."""

    rows: Mapping[str, Entry]
    canvases: Sequence[Canvas]
    images: Counter[Canvas] = field(default_factory=Counter)
    looks: dict[str, Look] = field(default_factory=dict)
    captions: dict[str, list[str]] = field(default_factory=dict)

    def take(self, name: str, image: npt.NDArray[np.uint8], scale: int) -> None:
        """Note an image; it counts as often as it is repeated, and not where it is for validation."""
        self.looks[name] = look_at(image, scale)
        row = self.rows.get(name)
        weight = 1 if row is None else row.repeats if row.split == "train" else 0
        for canvas in self.canvases:
            if (canvas.height, canvas.width) == image.shape[:2]:
                self.images[canvas] += weight


def _check_text(name: str, file: Path, trigger: str, seen: _Seen) -> list[Finding]:
    pieces, problems = read_caption(file.with_suffix(".txt"))
    if pieces:
        seen.captions[name] = pieces
        problems += check_caption(pieces, trigger)
    return [Finding(name, *found) for found in (*problems, *check_name(file))]


def _check_pairs(root: Path, folders: Sequence[Path], files: Sequence[Path]) -> Iterator[Finding]:
    twins = Counter(path.with_suffix("") for path in files)
    for stem in sorted(stem for stem in twins if twins[stem] > 1):
        yield Finding(stem.relative_to(root).as_posix(), "two images share one caption", "rename one of them")
    for folder in folders:
        for text in sorted((*folder.glob("*.txt"), *folder.glob("*/*.txt"))):
            if text.with_suffix("") not in twins:
                name = text.relative_to(root).as_posix()
                yield Finding(name, "a caption without an image", "delete it, or add its image")
