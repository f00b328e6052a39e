"""Convert many pictures, and the samples of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.color import Palette
from unipixel.conversion import Conversion, convert, save_conversion
from unipixel.errors import UniPixelError, WorkspaceError
from unipixel.grid import CellRule
from unipixel.image import read_metadata
from unipixel.progress import Event, Progress, quiet
from unipixel.stages.samples import plan_samples
from unipixel.stages.workspace import Workspace


@dataclass(frozen=True)
class Converted:
    """What became of one picture."""

    source: Path
    """The picture."""
    target: Path | None
    """Where the true pixel art lies; None where it could not be made."""
    conversion: Conversion | None
    """The result."""
    problem: str = ""
    """Why there is none."""


def convert_files(
    files: Sequence[Path],
    folder: Path,
    *,
    scale: int | None = None,
    colors: int | None = None,
    palette: Palette | None = None,
    cells: CellRule = "auto",
    zoom: int = 1,
    force: bool = False,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> list[Converted]:
    """Convert pictures into a folder; a bad one is reported and the rest goes on.

    Parameters
    ----------
    files : sequence of Path
    folder : Path
        Gets ``NAME.png`` for each; a source is never overwritten.
    scale, colors, palette, cells, force
        As for :func:`unipixel.conversion.convert`.
    zoom : int
        Px of a native pixel in the result; 1 for true resolution.
    overwrite : bool
        Replace results that are there.
    progress : Progress
        Told after each picture.
    """
    results = []
    for index, file in enumerate(files):
        target = folder / f"{file.stem}.png"
        try:
            if target.resolve() == file.resolve():
                raise UniPixelError("the result would overwrite the picture itself. Choose another folder.")
            if target.exists() and not overwrite:
                raise UniPixelError(f"{target} is there already. Give --overwrite to replace it.")
            done = convert(file, scale=scale, colors=colors, palette=palette, cells=cells, force=force)
            text = read_metadata(file)
            save_conversion(
                target, done, scale=zoom, text={"parameters": text["parameters"]} if "parameters" in text else None
            )
            results.append(Converted(file, target, done))
        except UniPixelError as error:
            results.append(Converted(file, None, None, str(error)))
        progress(Event("convert", index + 1, len(files), file.name))
    return results


def convert_samples(
    workspace: Workspace,
    *,
    run: str | None = None,
    overrides: dict[str, Any] | None = None,
    progress: Progress = quiet,
) -> int:
    """Convert the samples that were drawn with the LoRA: divide by the scale, index; returns how many.

    Raises
    ------
    WorkspaceError
        A sample is missing.
    """
    recipe, place = workspace.recipe(overrides), workspace.run(run)
    plan = plan_samples(recipe)
    for index, sample in enumerate(plan):
        source = sample.file(place, "with")
        if not source.exists():
            raise WorkspaceError(f"{source}: this sample is missing. Draw it with: unipixel sample {workspace.root}")
        made = convert(source, scale=recipe.scale, colors=recipe.dataset.max_colors)
        save_conversion(sample.pixel_file(place), made, text=read_metadata(source))
        progress(Event("convert", index + 1, len(plan), source.name))
    return len(plan)
