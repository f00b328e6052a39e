"""``unipixel measure``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import base_option, device_option, json_option, overrides_option, run_option
from unipixel.cli.progress import Bar
from unipixel.errors import ImageError
from unipixel.stages.measuring import measure, measure_files
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace


@click.command("measure", short_help=VERBS["measure"])
@click.argument("places", nargs=-1, type=click.Path(path_type=Path), metavar="[WORKSPACE | PICTURES...]")
@click.option("--scale", type=click.IntRange(min=2), help="Canvas px per native px; needed for pictures.")
@click.option(
    "--min", "minimum", type=click.FloatRange(0, 1), help="Exit code 1 where a picture's score is below this."
)
@base_option
@run_option
@overrides_option
@device_option
@json_option
def command(
    places: tuple[Path, ...],
    scale: int | None,
    minimum: float | None,
    base: str,
    run: str | None,
    overrides: tuple[tuple[str, Any], ...],
    device: str,
    as_json: bool,
) -> None:
    """Measure grid discipline: of the run of a WORKSPACE, or of any PICTURES (files or folders) with --scale."""
    if scale is None and len(places) <= 1:
        bar = Bar()
        workspace = Workspace.open(places[0] if places else Path())
        result = measure(workspace, run=run, base=base, overrides=dict(overrides), device=device, progress=bar)
        bar.close()
        _show_run(result, as_json)
        return
    if scale is None:
        raise click.UsageError("Say the scale of the pictures, such as --scale 8.")
    files = [file for place in places for file in _pictures(place)]
    rows = [(file, figures) for file, figures in measure_files(files, scale=scale)]
    for file, figures in rows:
        values = figures.to_dict()
        click.echo(json.dumps({"file": str(file), **values}) if as_json else f"{file}: {_sentence(values)}")
    if minimum is not None and any(figures.score < minimum for _, figures in rows):
        raise SystemExit(1)


def _pictures(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
    if not place.exists():
        raise ImageError(f"{place}: there is no such file or folder.")
    return [place]


def _sentence(values: dict[str, Any]) -> str:
    row, col = values["best_offset"]
    phase = "on the grid" if values["is_on_grid"] else f"best at offset row {row}, column {col}"
    return (
        f"score {values['score']:.3f}, {values['within_cell_variance']:.2%} of variance within cells, "
        f"{values['edge_energy_on_grid']:.1%} of edges on the grid, {values['round_trip_psnr']:.1f} dB, "
        f"{values['colors']} colours, {phase}"
    )


def _show_run(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    for row in result["measures"]:
        within, edges = row["within_cell_variance"], row["edge_energy_on_grid"]
        click.echo(
            f"{row['set']:<32} {row['size']:>9}  "
            f"within cells {within['mean']:.4f} [{within['low']:.4f}, {within['high']:.4f}]  "
            f"edges on grid {edges['mean']:.3f} [{edges['low']:.3f}, {edges['high']:.3f}]  "
            f"on grid {row['on_grid']}/{row['n']}"
        )
