"""Many pictures: what becomes of each, on all cores, in order; a bad one is reported and the rest goes on."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from unipixel.color import Palette, extract, pool_pixels
from unipixel.conversion.convert import convert_with
from unipixel.conversion.model import Conversion
from unipixel.conversion.options import Options
from unipixel.conversion.recolor import as_palette
from unipixel.conversion.save import save_conversion
from unipixel.errors import ImageError, UniPixelError
from unipixel.grid import describe_candidates
from unipixel.image import RGBA
from unipixel.parallel import in_order
from unipixel.progress import Event, Progress, quiet

PICTURES = frozenset({".png", ".apng", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".aseprite", ".ase"})
"""Endings of files that are taken from a folder; a file that is named itself may have any."""

ANIMATED = {".gif": ".gif", ".mp4": ".gif", ".webm": ".gif", ".mov": ".gif", ".mkv": ".gif"}
"""Endings whose results are GIFs where nobody asks for another format; all others become PNGs."""

FEW = 4
"""Pictures for which no worker process is started: it would take longer than they do."""


@dataclass(frozen=True)
class Job:
    """One picture to convert."""

    source: Path
    """A file, or a folder of frames."""
    target: Path
    """Where the result goes; its ending names the format."""


@dataclass(frozen=True)
class Converted:
    """What became of one picture."""

    source: Path
    target: Path
    state: Literal["converted", "kept", "failed"]
    """``kept``: a result was there already."""
    problem: str = ""
    """Why it failed, as a sentence."""
    facts: dict[str, Any] | None = None
    """Size, grid, colours and report as JSON types; None where nothing was converted."""


def plan_jobs(places: Iterable[Path], folder: Path, *, format: str | None = None, as_frames: bool = False) -> list[Job]:
    """Say which pictures there are and where each result goes; the same for the same files.

    Parameters
    ----------
    places : iterable of Path
        Files, folders (with all in them) and patterns such as ``art/*.png``.
    folder : Path
        Gets the results; those of a folder lie as they do there. Pictures that lie in it are no sources.
    format : str, optional
        Ending of the results, such as ``.gif``.
    as_frames : bool
        Each folder is one animation.

    Raises
    ------
    ImageError
        A place has no pictures.
    """
    found = [pair for place in places for pair in _sources(place, folder, as_frames)]
    found = list(dict.fromkeys(found))
    targets = [name.with_suffix(format or ANIMATED.get(name.suffix.lower(), ".png")) for _, name in found]
    taken = Counter(str(target).lower() for target in targets)
    return [
        # two of one name: both keep their old ending before the new one
        Job(source, folder / (target if taken[str(target).lower()] == 1 else Path(f"{name}{target.suffix}")))
        for (source, name), target in zip(found, targets, strict=True)
    ]


def convert_jobs(
    jobs: Sequence[Job],
    options: Options,
    *,
    force: bool = False,
    workers: int | None = None,
    progress: Progress = quiet,
) -> Iterator[Converted]:
    """Convert pictures; the same results in the same order for any number of workers.

    Parameters
    ----------
    jobs : sequence of Job
    options : Options
    force : bool
        Replace results that are there; otherwise they are kept.
    workers : int, optional
        Processes; default: one for each core, or none for a few pictures.
    progress : Progress
        Told after each picture.

    Yields
    ------
    Converted
    """
    options = _with_read_palettes(options)
    count = 1 if workers is None and len(jobs) <= FEW else workers
    done = in_order(partial(convert_job, options=options, force=force), jobs, workers=count)
    for index, result in enumerate(done):
        progress(Event("convert", index + 1, len(jobs), result.source.name))
        yield result


def share_palette(
    jobs: Sequence[Job], options: Options, *, workers: int | None = None, progress: Progress = quiet
) -> Palette:
    """Take one palette from all natives: of as many colours as the options say, or as they need.

    Pictures that can't be converted have no say. The natives are read once more when they are converted.

    Raises
    ------
    ImageError
        None of the pictures can be converted.
    """
    plain = without_palette(options)
    count = 1 if workers is None and len(jobs) <= FEW else workers
    natives = []
    for index, native in enumerate(in_order(partial(_read_native, options=plain), jobs, workers=count)):
        progress(Event("palette", index + 1, len(jobs), jobs[index].source.name))
        if native is not None:
            natives.append(native)
    if not natives:
        raise ImageError("none of the pictures can be converted, so there is no palette for them to share.")
    return pool_palette(natives, options)


def pool_palette(natives: Iterable[RGBA], options: Options) -> Palette:
    """Take the palette that pictures share from their natives ``(h, w, 4)``, as the options say."""
    keep = None if options.keep is None else as_palette(options.keep)
    return extract(pool_pixels(natives), options.colors or "auto", method=options.quantizer, keep=keep, name="shared")


def without_palette(options: Options) -> Options:
    """The same options without any palette: what natives are read with that a palette is taken from."""
    return replace(options, palette=None, colors=None, keep=None, dither="none")


def with_palette(options: Options, palette: Palette) -> Options:
    """The same options with a fixed palette in place of an automatic one."""
    return replace(options, palette=palette, colors=None, keep=None)


def _with_read_palettes(options: Options) -> Options:
    """Palettes read once, and refused before anything is done."""
    palette, keep = (None if value is None else as_palette(value) for value in (options.palette, options.keep))
    return replace(options, palette=palette, keep=keep)


def _read_native(job: Job, *, options: Options) -> RGBA | None:
    try:
        frames = convert_with(job.source, options).frames
    except (UniPixelError, MemoryError):
        return None
    tall: RGBA = frames.reshape(-1, *frames.shape[2:])
    return tall


def convert_job(job: Job, *, options: Options, force: bool = False) -> Converted:
    """Convert one picture; what is wrong with it is in the answer."""
    if job.target.resolve() == job.source.resolve():
        return Converted(job.source, job.target, "failed", "the result would overwrite the picture itself.")
    if job.target.exists() and not force:
        return Converted(job.source, job.target, "kept")
    try:
        made = convert_with(job.source, options)
        save_conversion(job.target, made, zoom=options.zoom, optimize=options.optimize, force=force)
    except UniPixelError as error:
        return Converted(job.source, job.target, "failed", str(error).removeprefix(f"{job.source}: "))
    except MemoryError:
        return Converted(job.source, job.target, "failed", "not enough memory for a picture of this size.")
    return Converted(job.source, job.target, "converted", facts=describe(made))


def describe(made: Conversion) -> dict[str, Any]:
    """Size, grid, colours and report of a conversion as JSON types."""
    height, width = made.native.shape[:2]
    return {
        "native": [width, height],
        "frames": len(made.frames),
        "cell": list(reversed(made.grid.cell)),
        "offset": list(reversed(made.grid.offset)),
        "confidence": round(made.confidence, 4),
        "reason": made.reason,
        "alternatives": describe_candidates(made.alternatives),
        "report": made.report.to_dict(),
    }


def pictures_in(place: Path, results: Path | None = None) -> list[Path]:
    """Pictures in a folder and all below it, by name, without those in the folder of results."""
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in PICTURES and file.is_file())
    if results is None:
        return files
    inside = results.resolve()
    return [file for file in files if inside not in file.resolve().parents]


def _sources(place: Path, folder: Path, as_frames: bool) -> Iterator[tuple[Path, Path]]:
    """Each picture with the name that its result has in the folder."""
    if not place.is_dir():
        yield from _files(place)
        return
    if as_frames:
        yield place, Path(f"{place.resolve().name}.gif")
        return
    files = pictures_in(place, folder)
    if not files:
        raise ImageError(f"{place}: no pictures in this folder.")
    yield from ((file, file.relative_to(place)) for file in files)


def _files(place: Path) -> list[tuple[Path, Path]]:
    """A file, even one that is missing; or what a pattern names, which not every shell expands."""
    if place.exists() or not glob.has_magic(str(place)):
        return [(place, Path(place.name))]
    files = sorted(Path(name) for name in glob.glob(str(place), recursive=True) if Path(name).is_file())
    if not files:
        raise ImageError(f"{place}: no file has such a name.")
    return [(file, Path(file.name)) for file in files]
