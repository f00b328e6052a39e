"""``unipixel convert``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, run_option
from unipixel.cli.progress import Bar
from unipixel.color import builtin_palette, load_palette, palette_names
from unipixel.color.palette import Palette
from unipixel.errors import ImageError
from unipixel.grid import CellRule
from unipixel.stages.converting import Converted, convert_files, convert_samples
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace

PRESETS = {"auto": None, "unipixel": 8, "mini-unipixel": 16}
"""Known grids by name; ``auto`` finds the grid."""


@click.command("convert", short_help=VERBS["convert"])
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PICTURES... | WORKSPACE")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the results. Default: pixel-art.")
@click.option(
    "--preset", type=click.Choice(list(PRESETS)), default="auto", show_default=True, help="auto finds the grid."
)
@click.option("--scale", type=click.IntRange(min=1), help="Canvas px per native px, instead of a preset.")
@click.option("--colors", type=click.IntRange(1, 255), help="Most colours of an automatic palette.")
@click.option("--palette", "palette_name", help=f"Fixed palette: a file, or one of {', '.join(palette_names())}.")
@click.option(
    "--cells",
    type=click.Choice(get_args(CellRule)),
    default="auto",
    show_default=True,
    help="How a cell's colour is read. auto: nearest where that is exact, else consensus.",
)
@click.option(
    "--zoom", type=click.IntRange(min=1), default=1, show_default=True, help="Px of a native pixel in the result."
)
@click.option("--force", is_flag=True, help="Take the likeliest grid also where it is not sure.")
@click.option("--overwrite", is_flag=True, help="Replace results that are there.")
@run_option
@json_option
def command(
    places: tuple[Path, ...],
    output: Path | None,
    preset: str,
    scale: int | None,
    colors: int | None,
    palette_name: str | None,
    cells: CellRule,
    zoom: int,
    force: bool,
    overwrite: bool,
    run: str | None,
    as_json: bool,
) -> None:
    """Turn PICTURES (files or folders) into true pixel art: one native pixel is one pixel, indexed PNG.

    With a WORKSPACE instead, convert the samples of its run.
    """
    bar = Bar()
    if len(places) == 1 and (places[0] / "recipe.toml").is_file():
        count = convert_samples(Workspace.open(places[0]), run=run, progress=bar)
        bar.close()
        click.echo(f"{count} samples converted.", err=True)
        return
    results = convert_files(
        [file for place in places for file in _pictures(place)],
        output or Path("pixel-art"),
        scale=scale or PRESETS[preset],
        colors=colors,
        palette=_palette(palette_name),
        cells=cells,
        zoom=zoom,
        force=force,
        overwrite=overwrite,
        progress=bar,
    )
    bar.close()
    for result in results:
        click.echo(json.dumps(_row(result)) if as_json else _sentence(result))
    if any(result.target is None for result in results):
        raise SystemExit(1)


def _pictures(place: Path) -> list[Path]:
    if place.is_dir():
        files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
        if not files:
            raise ImageError(f"{place}: no pictures in this folder.")
        return files
    return [place]


def _palette(name: str | None) -> Palette | None:
    if name is None:
        return None
    return builtin_palette(name) if name in palette_names() else load_palette(Path(name))


def _row(result: Converted) -> dict[str, object]:
    if result.conversion is None:
        return {"source": str(result.source), "problem": result.problem}
    height, width = result.conversion.native.shape[:2]
    palette = result.conversion.palette
    return {
        "source": str(result.source),
        "target": str(result.target),
        "native": [width, height],
        "cell": list(result.conversion.grid.cell),
        "confidence": round(result.conversion.confidence, 4),
        "colors": None if palette is None else len(palette),
        "reason": result.conversion.reason,
    }


def _sentence(result: Converted) -> str:
    if result.conversion is None:
        known = result.problem.startswith(f"{result.source}:")
        return result.problem if known else f"{result.source}: {result.problem}"
    height, width = result.conversion.native.shape[:2]
    return f"{result.source} -> {result.target}: {width}x{height}. {result.conversion.reason}"
