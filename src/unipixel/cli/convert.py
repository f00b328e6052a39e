"""``unipixel convert``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.conversion import conversion_options
from unipixel.cli.options import json_option, run_option
from unipixel.cli.progress import Bar
from unipixel.conversion import (
    FORMATS,
    Converted,
    Job,
    Options,
    convert_jobs,
    plan_jobs,
    share_palette,
    watch_folder,
    with_palette,
)
from unipixel.errors import OptionError
from unipixel.stages.converting import convert_samples
from unipixel.stages.workspace import Workspace


@click.command("convert", short_help=VERBS["convert"])
@click.argument("places", nargs=-1, required=True, metavar="PICTURES... | WORKSPACE")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("pixel-art"), show_default=True,
    help=f"Folder for the results, or a file ({' '.join(FORMATS)}) for one picture.",
)  # fmt: skip
@click.option(
    "--format", "ending", type=click.Choice([name[1:] for name in FORMATS]),
    help="Format of the results in a folder. Default: png, and gif for GIFs and videos.",
)  # fmt: skip
@conversion_options
@click.option("--frames", is_flag=True, help="Each folder is one animation: its pictures are the frames.")
@click.option(
    "--shared-palette", is_flag=True, help="One automatic palette for all pictures, of --colors or as needed."
)
@click.option("--force", is_flag=True, help="Replace results that are there.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes. Default: one for each core.")
@click.option("--watch", is_flag=True, help="Go on: convert each picture that lands in the folder.")
@run_option
@json_option
def command(
    places: tuple[str, ...],
    output: Path,
    ending: str | None,
    frames: bool,
    shared_palette: bool,
    force: bool,
    workers: int | None,
    watch: bool,
    run: str | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Turn PICTURES into true pixel art: one native pixel is one pixel, indexed.

    PICTURES are files, folders, patterns such as 'art/*.png', or - for a list of them on standard input. GIFs, APNGs,
    WebPs and videos are animations. A bad picture is reported and the rest goes on; the exit code is then 1. With a
    WORKSPACE instead, convert the samples of its run.
    """
    options = Options(**values)
    if len(places) == 1 and (Path(places[0]) / "recipe.toml").is_file():
        _convert_workspace(Path(places[0]), run)
        return
    suffix = f".{ending}" if ending else None
    if watch:
        _watch(places, output, options, suffix, force, as_json)
        return
    bar = Bar()
    jobs = _plan(places, output, suffix, frames)
    if shared_palette:
        palette = share_palette(jobs, options, workers=workers, progress=bar)
        options = with_palette(options, palette)
    states: Counter[str] = Counter()
    for result in convert_jobs(jobs, options, force=force, workers=workers, progress=bar):
        states[result.state] += 1
        bar.clear()
        _tell(result, as_json)
    bar.close()
    if len(jobs) > 1:
        click.echo(", ".join(f"{count} {state}" for state, count in sorted(states.items())) + ".", err=True)
    if states["failed"]:
        raise SystemExit(1)


def _convert_workspace(root: Path, run: str | None) -> None:
    bar = Bar()
    count = convert_samples(Workspace.open(root), run=run, progress=bar)
    bar.close()
    click.echo(f"{count} samples converted.", err=True)


def _plan(places: tuple[str, ...], output: Path, suffix: str | None, frames: bool) -> list[Job]:
    named = [Path(place) for place in _listed(places)]
    if output.suffix.lower() not in FORMATS or output.is_dir():
        return plan_jobs(named, output, format=suffix, as_frames=frames)
    jobs = plan_jobs(named, output.parent, format=output.suffix, as_frames=frames)
    if len(jobs) != 1:
        raise OptionError(f"{output} is one file, but there are {len(jobs)} pictures: name a folder with -o.")
    return [Job(jobs[0].source, output)]


def _listed(places: tuple[str, ...]) -> Iterator[str]:
    for place in places:
        if place == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield place


def _watch(
    places: tuple[str, ...], output: Path, options: Options, suffix: str | None, force: bool, as_json: bool
) -> None:
    if len(places) != 1:
        raise OptionError("--watch looks at one folder: name one.")
    click.echo(f"Watching {places[0]}; results go to {output}. Stop with Ctrl-C.", err=True)
    try:
        for result in watch_folder(Path(places[0]), output, options, format=suffix, force=force):
            if result is not None:
                _tell(result, as_json)
                sys.stdout.flush()
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


def _tell(result: Converted, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_row(result), ensure_ascii=False))
    elif result.state == "failed":
        click.echo(f"{result.source}: {result.problem}", err=True)
    elif result.state == "kept":
        click.echo(f"{result.source}: {result.target} is there already; --force replaces it.", err=True)
    else:
        facts = result.facts or {}
        click.echo(f"{result.source} -> {result.target}: {facts['report']['verdict']}")


def _row(result: Converted) -> dict[str, Any]:
    row: dict[str, Any] = {"source": str(result.source), "target": str(result.target), "state": result.state}
    return {**row, "problem": result.problem} if result.state == "failed" else {**row, **(result.facts or {})}
