"""``unipixel decide``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import WorkspaceFolder, dry_run_option, json_option
from unipixel.cli.progress import Bar
from unipixel.stages.deciding import Decision, Doubtful, decide, read_queue, show_queue
from unipixel.stages.workspace import Workspace


class _Pair(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """Two numbers with a sign between, or one for both."""

    def __init__(self, name: str, sign: str, *, whole: bool = False) -> None:
        self.name, self._sign, self._whole = name, sign, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split it."""
        if not isinstance(value, str):
            return value
        parts = value.lower().split(self._sign)
        try:
            numbers = [int(part) if self._whole else float(part) for part in parts]
        except ValueError:
            self.fail(f"{value!r} is not {self.name}.", param, ctx)
        if len(numbers) not in (1, 2) or (self._whole and len(numbers) == 1):
            self.fail(f"{value!r} is not {self.name}.", param, ctx)
        return (numbers[0], numbers[-1])


@click.command("decide", short_help=VERBS["decide"])
@click.argument("workspace", type=WorkspaceFolder())
@click.argument("sources", nargs=-1)
@click.option(
    "--above", type=click.FloatRange(0, 1), metavar="CONFIDENCE",
    help="In place of SOURCES: all that wait and have a native of at least this confidence, 0 to 1.",
)  # fmt: skip
@click.option("--accept", is_flag=True, help="The native that was found is right.")
@click.option("--reject", is_flag=True, help="Make no image of it.")
@click.option("--reopen", is_flag=True, help="Take an earlier decision back.")
@click.option("--native-size", type=_Pair("WIDTHxHEIGHT", "x", whole=True), help="Its native size is this.")
@click.option("--scale", type=_Pair("N|WIDTHxHEIGHT", "x"), help="Picture px per native px, such as 4 or 4.5x4.")
@click.option("--offset", type=_Pair("ROW,COL", ","), help="A grid line in picture px, with --scale.")
@dry_run_option
@json_option
def command(
    workspace: Workspace,
    sources: tuple[str, ...],
    above: float | None,
    accept: bool,
    reject: bool,
    reopen: bool,
    native_size: tuple[int, int] | None,
    scale: tuple[float, float] | None,
    offset: tuple[float, float] | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show the pictures of WORKSPACE whose native is doubtful, or decide on those that are named as SOURCES.

    Without SOURCES it lists what waits, and draws a picture of each in the folder doubtful: the grid that was found,
    what speaks for it, and the native at the likeliest sizes side by side. A decision is kept, and never asked again.
    """
    bar = Bar()
    if above is not None:
        sources = tuple(row.source for row in read_queue(workspace, above=max(above, 1e-9)))
    elif not sources:
        queue = show_queue(workspace, progress=bar)
        bar.close()
        if as_json:
            click.echo(json.dumps([asdict(item) for item in queue], indent=1))
        else:
            for item in queue:
                click.echo(_line(item))
        click.echo(f"{len(queue)} pictures wait for a decision.", err=True)
        return
    decision = Decision(accept, reject, reopen, _turned(native_size), _turned(scale), offset)
    rows = decide(workspace, sources, decision, dry_run=dry_run, progress=bar)
    bar.close()
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in rows], indent=1))
    would = "would be " if dry_run else ""
    click.echo(f"{len(rows)} pictures {would}decided. Next: unipixel prepare {workspace.root}", err=True)


def _turned(pair: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    """(width, height), as people write it, to (rows, columns)."""
    return None if pair is None else (pair[1], pair[0])


def _line(item: Doubtful) -> str:
    size = "no grid" if item.native_size is None else _size(item.native_size)
    others = f", or {', '.join(_size(other) for other in item.alternatives)}" if item.alternatives else ""
    return f"{item.source}  {size} ({item.confidence:.0%}){others}  {item.explanation}\n    {item.reason}"


def _size(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"
