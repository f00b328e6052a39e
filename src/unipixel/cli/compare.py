"""``unipixel compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option
from unipixel.stages.comparing import compare


@click.command("compare", short_help=VERBS["compare"])
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for report.json and page."
)
@json_option
def command(places: tuple[Path, ...], output: Path | None, as_json: bool) -> None:
    """Compare evaluations pair by pair: same theme, distance, light, size and seed. Recommend one, and say why.

    RUN is a folder that unipixel evaluate wrote, or its report.json; a run with all its evaluations; or a workspace
    with those of all its runs. What does not keep the grid or copies training images is out; then the grid counts, then
    what words move, then how well prompts are shown.
    """
    result = compare(places, output=output)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for row in result["candidates"]:
        click.echo(_line(row))
    for row in result["differences"]:
        if row["metric"] == "score":
            click.echo(
                f"{row['candidate']} minus {row['against']}: score {row['mean']:+.4f} "
                f"[{row['low']:+.4f}, {row['high']:+.4f}], {row['n']} pairs"
            )
    click.echo(f"Recommended: {result['recommended']}")
    for reason in result["reasons"]:
        click.echo(f"  {reason}")
    if output is not None:
        click.echo(f"Report: {output}", err=True)


def _line(row: dict[str, Any]) -> str:
    score, copies = row["score"], row["memorisation"]
    steer = "none tried" if row["steerability"] is None else f"{row['steerability']:+.2f}"
    copied = "not known" if copies is None else f"{copies['copies']}/{copies['n']}"
    return (
        f"{row['name']:<24} on grid {row['on_grid']}/{row['n']}  score {score['mean']:.3f} "
        f"[{score['low']:.3f}, {score['high']:.3f}]  words {steer}  copies {copied}"
    )
