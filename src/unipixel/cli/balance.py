"""``unipixel balance``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import engine_options, json_option, overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.dataset.survey import Survey, Table
from unipixel.stages.balancing import BalancePlan, plan_balance
from unipixel.stages.engine import Engine
from unipixel.stages.workspace import Workspace


@click.command("balance", short_help=VERBS["balance"])
@workspace_argument
@overrides_option
@click.option("--apply", is_flag=True, help="Do what the plan says; without it, nothing is written.")
@engine_options
@json_option
def command(
    workspace: Workspace, overrides: tuple[tuple[str, Any], ...], apply: bool, engine: Engine, as_json: bool
) -> None:
    """Report how often WORKSPACE shows which theme, canvas, distance and light, and plan it even.

    The plan names sources to cut more images from, near doubles to leave out, images to repeat, and what pictures are
    still wanted. Values that never meet are marked with -; a value that always comes with another is named, for a LoRA
    can't tell the two apart.
    """
    bar = Bar()
    result = plan_balance(workspace, overrides=dict(overrides), apply=apply, engine=engine, progress=bar)
    bar.close()
    if as_json:
        click.echo(json.dumps(asdict(result), indent=1))
    else:
        _say_survey(result.survey)
        _say_plan(result.plan, applied=apply)
    if apply:
        click.echo("The plan is applied.", err=True)
    elif result.plan.crop or result.plan.leave_out or result.plan.repeat:
        click.echo("Do it with --apply.", err=True)


def _say_survey(found: Survey) -> None:
    click.echo(f"{found.images} images")
    for table in found.tables:
        if all(len(found.counts[axis]) > 1 for axis in table.axes):
            click.echo("\n" + _table(table))
    for confound in found.confounds:
        click.echo(f"confound: {confound}")


def _table(table: Table) -> str:
    down, across = table.axes
    columns = list(next(iter(table.counts.values())))
    lines = [[f"{down} x {across}", *columns]]
    lines += [[name, *(str(row[column] or "-") for column in columns)] for name, row in table.counts.items()]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    )


def _say_plan(plan: BalancePlan, *, applied: bool) -> None:
    click.echo(f"\nplan: {plan.per_canvas} images for each canvas, {plan.wanted_per_canvas} wanted")
    for crop in plan.crop:
        click.echo(f"crop: {crop.images} images of {crop.source}")
    for left in plan.leave_out:
        click.echo(f"leave out: {left.source}, nearly the same as {left.like}")
    for wanted in plan.still_wanted:
        click.echo(f"still wanted: {wanted}")
    if plan.repeat and not applied:
        click.echo(f"repeat: {len(plan.repeat)} images until others are there")
