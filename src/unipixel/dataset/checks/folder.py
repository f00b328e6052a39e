"""Check training folders: everything that would spoil a training, each finding with what mends it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.checks.captions import check_caption, check_captions, read_caption
from unipixel.dataset.checks.copies import Look, check_copies, look_at
from unipixel.dataset.checks.counts import check_counts
from unipixel.dataset.checks.finding import PREPARE, Finding, in_order
from unipixel.dataset.checks.images import check_image, check_name, is_image
from unipixel.dataset.checks.leftovers import check_leftovers
from unipixel.dataset.checks.rows import check_change
from unipixel.dataset.manifest import Entry
from unipixel.errors import ImageError
from unipixel.image import load_image

Run = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Calls a function with each of many items."""


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
    natives: Path | None = None,
    run: Run = map,
) -> list[Finding]:
    """Check several folders as one data set; parameters as of :func:`check_training_folder`, and these.

    Parameters
    ----------
    root : Path
        What findings are relative to.
    folders : sequence of Path
    rows : mapping, optional
        Image to its row, where there are rows: repeats and the split then count.
    natives : Path, optional
        Folder of the natives that the rows name: images are compared with what was prepared.
    run : callable
        Calls a function with each of many items, in their order, such as :func:`map` or ``Engine.run``.
    """
    for canvas in canvases:
        canvas.native_size(scale)
    files = [file for folder in folders for file in training_images(folder)]
    if not files:
        return [Finding(".", "no image in it", PREPARE)]
    known = {file.relative_to(root).as_posix(): row for file, row in (rows or {}).items()}
    names = [file.relative_to(root).as_posix() for file in files]
    rules = Rules(scale, tuple(canvases), trigger, max_colors, natives)
    tasks = [(name, file, known.get(name)) for name, file in zip(names, files, strict=True)]
    looked_at = list(run(partial(look_through, rules=rules), tasks))
    findings = [finding for seen in looked_at for finding in seen.findings]
    looks = {seen.name: seen.look for seen in looked_at if seen.look is not None}
    captions = {seen.name: seen.caption for seen in looked_at if seen.caption}
    splits = {name: row.split for name, row in known.items()}
    sources = {name: known[name].source for name in looks if name in known}
    findings += check_counts(_count(looked_at, known), canvases, expected_per_canvas)
    findings += check_copies(looks, splits, sources)
    findings += check_captions(captions, trigger, constants)
    findings += check_leftovers(root, folders, files)
    findings += check_pairs(root, folders, files)
    return in_order(findings)


@dataclass(frozen=True)
class Rules:
    """What every image is held to."""

    scale: int
    canvases: tuple[Canvas, ...]
    trigger: str
    max_colors: int
    natives: Path | None


@dataclass(frozen=True)
class Looked:
    """What was found in one image and its caption, and what the checks of all images together need of it."""

    name: str
    findings: tuple[Finding, ...]
    caption: list[str]
    canvas: Canvas | None = None
    look: Look | None = None


def look_through(task: tuple[str, Path, Entry | None], *, rules: Rules) -> Looked:
    """Check one image with its caption: its name, its file, and its row where there is one."""
    name, file, row = task
    pieces, problems = read_caption(file.with_suffix(".txt"))
    problems += check_caption(pieces, rules.trigger) if pieces else []
    findings = [Finding(name, *found) for found in (*problems, *check_name(file))]
    try:
        image = load_image(file)
    except ImageError as error:
        return Looked(name, (*findings, Finding(name, str(error), PREPARE)), pieces)
    found = check_image(image, rules.scale, rules.canvases, rules.max_colors)
    findings += [Finding(name, *each) for each in found]
    if row is not None and rules.natives is not None:
        native = rules.natives / f"{row.id}.png"
        findings += check_change(name, image, native, row, rules.scale, rules.max_colors)
    fitting = [canvas for canvas in rules.canvases if (canvas.height, canvas.width) == image.shape[:2]]
    return Looked(name, tuple(findings), pieces, fitting[0] if fitting else None, look_at(image, rules.scale))


def _count(looked_at: Sequence[Looked], rows: Mapping[str, Entry]) -> Counter[Canvas]:
    """Images of each canvas: as often as they are repeated, and not where they are for validation."""
    counts: Counter[Canvas] = Counter()
    for seen in looked_at:
        row = rows.get(seen.name)
        if seen.canvas is not None:
            counts[seen.canvas] += 1 if row is None else row.repeats if row.split == "train" else 0
    return counts


def check_pairs(root: Path, folders: Sequence[Path], files: Sequence[Path]) -> Iterator[Finding]:
    """Find images that share a caption, and captions without an image."""
    twins = Counter(path.with_suffix("") for path in files)
    for stem in sorted(stem for stem in twins if twins[stem] > 1):
        yield Finding(stem.relative_to(root).as_posix(), "two images share one caption", "rename one of them")
    for folder in folders:
        for text in sorted((*folder.glob("*.txt"), *folder.glob("*/*.txt"))):
            if text.with_suffix("") not in twins:
                name = text.relative_to(root).as_posix()
                yield Finding(name, "a caption without an image", "delete it, or add its image")
