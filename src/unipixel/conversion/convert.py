"""Any image to true pixel art: find the grid or take the known one, read each cell's colour, tidy, index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette
from unipixel.conversion.edits import Edits, paint
from unipixel.conversion.indexed import index_frames
from unipixel.conversion.mend import mend
from unipixel.conversion.model import Conversion
from unipixel.conversion.natives import Natives, read_natives
from unipixel.conversion.options import Alpha, Options, Preset
from unipixel.conversion.recolor import recolor
from unipixel.conversion.save import save_conversion
from unipixel.conversion.steady import hold_still
from unipixel.conversion.tidy import tidy
from unipixel.dither import DitherMethod
from unipixel.errors import GridMismatch, ImageError
from unipixel.grid import CellRule, split_sheet
from unipixel.grid.doubt import measure_doubt
from unipixel.grid.pixels import as_rgba
from unipixel.image import RGBA, STILL_MS, Frames, ImageSource, load_image, open_frames

Source: TypeAlias = "ImageSource | Frames | list[ImageSource]"
"""A picture or an animation, opened before or not, or the frames of one."""


def convert(
    image: Source,
    *,
    preset: Preset = "auto",
    scale: float | None = None,
    native_size: tuple[int, int] | None = None,
    offset: tuple[float, float] | None = None,
    cells: CellRule = "auto",
    min_confidence: float = 0.5,
    sheet: tuple[int, int] | None = None,
    parts: bool = False,
    palette: Palette | str | os.PathLike[str] | None = None,
    colors: int | Literal["auto"] | None = None,
    keep: Palette | str | os.PathLike[str] | None = None,
    quantizer: str = "oklab",
    dither: DitherMethod = "none",
    dither_strength: float = 1.0,
    serpentine: bool = True,
    background: str | None = None,
    background_tolerance: float = 0.02,
    alpha: Alpha = "keep",
    alpha_threshold: int = 128,
    clean: Sequence[str] = (),
    zoom: int = 1,
    optimize: bool = False,
    edits: Edits | None = None,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Conversion:
    """Turn a picture, animation or sprite sheet into true pixel art.

    Parameters
    ----------
    image : path, bytes, PIL image, (H, W, 3|4) uint8 array, or a list of those
        A folder, GIF, APNG, WebP or video is an animation: one grid and one palette for all frames.
    preset, scale, native_size, offset, cells, min_confidence, sheet, parts
        The grid; see :class:`unipixel.conversion.Options`.
    palette, colors, keep, quantizer, dither, dither_strength, serpentine
        The colours; likewise.
    background, background_tolerance, alpha, alpha_threshold, clean
        Clean-up; likewise.
    zoom, optimize
        The file; likewise.
    edits : Edits, optional
        What was mended by hand.
    output : path, optional
        Write the result here too; the ending names the format, see :func:`unipixel.conversion.save_conversion`.
    force : bool
        Replace a file that is there. A source is never overwritten.

    Returns
    -------
    Conversion

    Raises
    ------
    OptionError
        An option is out of its range, or two contradict each other.
    ImageError
        Not a picture, or one that can't be read; or the output can't be written.
    NoGridFound
        No grid, or none that is likely enough.
    GridMismatch
        The grid that was given does not fit, or an edit does not.
    PaletteError
        No such palette.
    """
    options = Options(
        preset=preset, scale=scale, native_size=native_size, offset=offset, cells=cells, min_confidence=min_confidence,
        sheet=sheet, parts=parts, palette=palette, colors=colors, keep=keep, quantizer=quantizer, dither=dither,
        dither_strength=dither_strength, serpentine=serpentine, background=background,
        background_tolerance=background_tolerance, alpha=alpha, alpha_threshold=alpha_threshold,
        clean=tuple(clean), zoom=zoom, optimize=optimize,
    )  # fmt: skip
    if output is not None and isinstance(image, (str, os.PathLike)) and Path(output).resolve() == Path(image).resolve():
        raise ImageError(f"{output}: the result would overwrite the picture itself. Choose another name.")
    made = convert_with(image, options, edits)
    if output is not None:
        save_conversion(output, made, zoom=zoom, optimize=optimize, force=force)
    return made


def convert_with(image: Source, options: Options, edits: Edits | None = None) -> Conversion:
    """:func:`convert` with its options as one object, and nothing written."""
    given = edits or Edits()
    return repaint(finish(recut(take_natives(image, options), options, given), options), given)


@dataclass(frozen=True, eq=False)
class Taken:
    """Natives as they were read, before clean-up and colours: the half of a conversion that takes longest."""

    source: Frames
    pictures: Iterable[RGBA]
    """What the natives were read from: the frames of the source, or of the sheet that it is."""
    natives: Natives

    @cached_property
    def doubt(self) -> npt.NDArray[np.float32]:
        """``(n, h, w)``: how far the colour of each native pixel is a guess, see :attr:`unipixel.grid.Recovery.doubt`.

        That of a frame is measured at its own picture, which an animation decodes once more.
        """
        natives, grid = self.natives.frames, self.natives.grid
        if len(natives) == 1:
            return self.natives.found.doubt[None]
        if grid.scale == 1:
            return np.zeros(natives.shape[:3], np.float32)
        pairs = zip(natives, self.pictures, strict=True)
        return np.stack([measure_doubt(as_rgba(seen), native, grid.rows, grid.cols) for native, seen in pairs])


def take_natives(image: Source, options: Options) -> Taken:
    """Do the first half of a conversion. Of the options, only those of the group ``grid`` have a say.

    Raises
    ------
    UniPixelError
        As :func:`convert`.
    """
    frames = _open(image)
    pictures = frames if options.sheet is None else _cut(frames, options.sheet)
    return Taken(frames, pictures, read_natives(pictures, options))


def recut(taken: Taken, options: Options, edits: Edits) -> Taken:
    """Move the lines of the grid to where edits have them; what was taken, where they leave them alone.

    Raises
    ------
    GridMismatch
        The lines do not fit the picture.
    """
    if edits.lines is None:
        return taken
    return Taken(taken.source, taken.pictures, mend(taken.natives, taken.pictures, edits.lines, options.cells))


def finish(taken: Taken, options: Options) -> Conversion:
    """Do the second half: clean-up and colours. The same natives can be finished any number of times.

    Parameters
    ----------
    taken : Taken
    options : Options
        Those of the group ``grid`` must be the ones that the natives were taken with.
    """
    frames, natives = taken.source, taken.natives
    moves = frames.is_animation and not natives.found.is_exact  # the frames of a sheet need not follow each other
    steady = hold_still(natives.frames) if moves else natives.frames
    shown, palette = recolor(tidy(steady, taken.pictures, natives.grid, options), options)
    return Conversion(
        frames=shown,
        durations=frames.durations if frames.is_animation else (),
        loop=frames.loop,
        layout=options.sheet,
        palette=palette,
        indexed=index_frames(shown, palette),
        recovery=natives.found,
        metadata=frames.metadata,
    )


def repaint(made: Conversion, edits: Edits) -> Conversion:
    """Paint the cells of edits over a conversion; what was made, where there are none.

    Raises
    ------
    GridMismatch
        A cell is not there.
    """
    if not edits.cells:
        return made
    frames = paint(made.frames, edits.cells)
    return replace(made, frames=frames, indexed=index_frames(frames, made.palette), painted=edits.cells)


def _open(image: Source) -> Frames:
    if isinstance(image, Frames):
        return image
    if not isinstance(image, list):
        return open_frames(image)
    pictures = [load_image(each) for each in image]
    if not pictures:
        raise ImageError("there are no frames to convert.")
    return Frames(pictures[0].shape[:2], lambda: ((picture, STILL_MS) for picture in pictures), is_animation=True)


def _cut(frames: Frames, layout: tuple[int, int]) -> list[RGBA]:
    if frames.is_animation:
        raise GridMismatch("--sheet is for one picture that holds all frames; this is an animation already.")
    return split_sheet(next(iter(frames)), layout)
