"""``unipixel measure``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import base_option, device_option, json_option, overrides_option, run_option
from unipixel.cli.progress import Bar
from unipixel.errors import ImageError
from unipixel.evaluation import Discipline
from unipixel.files import write_atomic
from unipixel.stages.measuring import Measured, measure, measure_files, summarize
from unipixel.stages.workspace import IMAGE_SUFFIXES, Workspace


@click.command("measure", short_help=VERBS["measure"])
@click.argument("places", nargs=-1, type=click.Path(path_type=Path), metavar="[WORKSPACE | PICTURES...]")
@click.option("--scale", type=click.IntRange(min=2), help="Canvas px per native px; needed for pictures.")
@click.option(
    "--min", "minimum", type=click.FloatRange(0, 1), help="Exit code 1 where a picture's score is below this."
)
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write a table, a row for each picture.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes. Default: one for each core.")
@base_option
@run_option
@overrides_option
@device_option
@json_option
def command(
    places: tuple[Path, ...],
    scale: int | None,
    minimum: float | None,
    table: Path | None,
    workers: int | None,
    base: str,
    run: str | None,
    overrides: tuple[tuple[str, Any], ...],
    device: str,
    as_json: bool,
) -> None:
    """Measure grid discipline: of the run of a WORKSPACE, or of any PICTURES (files or folders) with --scale.

    Several pictures are summed up, with 95 % bootstrap intervals; with --json the sum is the last line. A picture that
    can't be read is reported and the rest goes on; the exit code is then 1.
    """
    if scale is None and (len(places) > 1 or (places and places[0].is_file())):
        raise click.UsageError("Say the scale of the pictures, such as --scale 8.")
    if scale is None:
        bar = Bar()
        workspace = Workspace.open(places[0] if places else Path())
        result = measure(workspace, run=run, base=base, overrides=dict(overrides), device=device, progress=bar)
        bar.close()
        _show_run(result, as_json)
        return
    files = [file for place in places or (Path(),) for file in _pictures(place)]
    rows = list(_measured(files, scale, workers, as_json))
    figures = [row.figures for row in rows if row.figures is not None]
    if len(figures) > 1:
        _show_sum(summarize(figures), as_json)
    if table is not None:
        write_atomic(table, _as_csv(rows))
    if len(figures) < len(rows) or (minimum is not None and any(found.score < minimum for found in figures)):
        raise SystemExit(1)


def _measured(files: list[Path], scale: int, workers: int | None, as_json: bool) -> Iterator[Measured]:
    """Show each picture as it comes."""
    bar = Bar()
    for row in measure_files(files, scale=scale, workers=workers, progress=bar):
        bar.clear()
        if as_json:
            values = {"problem": row.problem} if row.figures is None else row.figures.to_dict()
            click.echo(json.dumps({"file": str(row.file), **values}))
        elif row.figures is None:
            click.echo(f"{row.file}: {row.problem}", err=True)
        else:
            click.echo(f"{row.file}: {_sentence(row.figures)}")
        yield row
    bar.close()


def _pictures(place: Path) -> list[Path]:
    """A file, even one that is missing, or all pictures of a folder."""
    if not place.is_dir():
        return [place]
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise ImageError(f"{place}: no pictures in this folder.")
    return files


def _sentence(found: Discipline) -> str:
    row, col = found.best_offset
    parts = [
        f"score {found.score:.3f}",
        f"{found.within_cell_variance:.2%} of variance within cells",
        f"{found.edge_energy_on_grid:.1%} of edges on the grid",
        f"{found.round_trip_psnr:.1f} dB",
        "on the grid" if found.is_on_grid else f"best at offset row {row}, column {col}",
        "no lines to follow" if found.drift is None else f"drift {found.drift:.2f} px",
        *([f"pitch {_pitch(found)}"] if found.drift is not None else []),
        f"{found.mixels:.1%} mixels" if found.block_size == 1 else f"all in blocks of {found.block_size} cells",
        f"{found.colors} colours",
    ]
    return ", ".join(parts)


def _pitch(found: Discipline) -> str:
    """Width x height, as sizes are written for people."""
    return " x ".join("?" if side is None else f"{side:.3f}" for side in reversed(found.pitch))


def _show_sum(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"summary": summary}))
        return
    click.echo(f"{summary['n']} pictures, {summary['on_grid']} on the grid; means with 95 % intervals:")
    for name, value in summary.items():
        if isinstance(value, dict):
            click.echo(f"  {name:<22} {value['mean']:.4g} [{value['low']:.4g}, {value['high']:.4g}]")


def _as_csv(rows: list[Measured]) -> str:
    """A row for each picture; pairs (row, col) in two columns; what is not there is empty."""
    flat = [{"file": str(row.file), **_flat(row.figures), "problem": row.problem} for row in rows]
    names = max((list(row) for row in flat), key=len, default=["file", "problem"])
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _flat(found: Discipline | None) -> dict[str, object]:
    cells: dict[str, object] = {}
    for name, value in ({} if found is None else found.to_dict()).items():
        if isinstance(value, list):
            cells |= dict(zip((f"{name}_row", f"{name}_col"), value, strict=True))
        else:
            cells[name] = value
    return cells


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
