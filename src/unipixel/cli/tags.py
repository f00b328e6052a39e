"""``unipixel tags``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from unipixel.caption import Vocabulary, edits, shipped_vocabulary
from unipixel.caption.edits import Edit
from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, workspace_argument
from unipixel.stages.caption_files import read_caption
from unipixel.stages.preparing import training_file
from unipixel.stages.tagging import (
    EditResult,
    edit_tags,
    find_images,
    judge_rules,
    list_edits,
    list_tags,
    redo_edit,
    undo_edit,
)
from unipixel.stages.workspace import Workspace

where_option = click.option(
    "-w", "--where", default="", metavar="SEARCH",
    help='Only images that fit, such as "night -moon", "theme:forest OR canvas:1024x1024", "proposed:fog". '
    "Default: all.",
)  # fmt: skip
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")


@click.group("tags", short_help=VERBS["tags"])
def command() -> None:
    """Find images by their tags, and edit the tags of many at once.

    Every edit can be previewed with --dry-run and taken back with undo, also days later: the journal is
    tags.journal.jsonl in the workspace. Tags are spelt as Danbooru does; captions are written in the words of the
    recipe's profile. The searches of --where: docs/how-to/captions.md.
    """


@command.command("ls")
@workspace_argument
@where_option
@json_option
def ls(workspace: Workspace, where: str, as_json: bool) -> None:
    """Count tags: in captions, proposed, rejected."""
    rows = list_tags(workspace, where)
    if as_json:
        _echo_json([asdict(row) for row in rows])
        return
    click.echo(f"{'in captions':>11} {'proposed':>8} {'rejected':>8}  tag")
    for row in rows:
        hint = _hint(row.name) if row.accepted or row.proposed else ""
        click.echo(f"{row.accepted:>11} {row.proposed:>8} {row.rejected:>8}  {row.name}{hint}")


@command.command("find")
@workspace_argument
@click.argument("search")
@json_option
def find(workspace: Workspace, search: str, as_json: bool) -> None:
    """List images that fit SEARCH, with their captions."""
    rows = [
        {"file": workspace.relative(training_file(workspace, entry)), "caption": read_caption(workspace, entry)}
        for entry in find_images(workspace, search)
    ]
    if as_json:
        _echo_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['file']}: {row['caption']}")
        click.echo(f"{len(rows)} images.", err=True)


@command.command("add")
@workspace_argument
@click.argument("tag")
@where_option
@dry_run_option
@json_option
def add(workspace: Workspace, tag: str, where: str, dry_run: bool, as_json: bool) -> None:
    """Put TAG on images; where it was proposed or rejected it is accepted."""
    _warn_unknown(tag)
    _edit(workspace, edits.add(tag), where, dry_run, as_json)


@command.command("rename")
@workspace_argument
@click.argument("old")
@click.argument("new")
@where_option
@dry_run_option
@json_option
def rename(workspace: Workspace, old: str, new: str, where: str, dry_run: bool, as_json: bool) -> None:
    """Put the tag NEW in the place of OLD."""
    _warn_unknown(new)
    _edit(workspace, edits.rename(old, new), where, dry_run, as_json)


@command.command("replace")
@workspace_argument
@click.argument("expression")
@click.argument("new")
@where_option
@dry_run_option
@json_option
def replace(workspace: Workspace, expression: str, new: str, where: str, dry_run: bool, as_json: bool) -> None:
    r"""Replace what a regular EXPRESSION finds in each tag by NEW, with \1 for its groups.

    A tag that is left empty is deleted.
    """
    _edit(workspace, edits.substitute(expression, new), where, dry_run, as_json)


@command.command("delete")
@workspace_argument
@click.argument("tag")
@where_option
@dry_run_option
@json_option
def delete(workspace: Workspace, tag: str, where: str, dry_run: bool, as_json: bool) -> None:
    """Take TAG off, a pattern with * and ? too; it stays off, whatever proposes it again."""
    _edit(workspace, edits.delete(tag), where, dry_run, as_json)


@command.command("accept")
@workspace_argument
@click.argument("tag")
@click.option("--min-score", type=click.FloatRange(0, 1), default=0.0, help="Only proposals from this score on.")
@where_option
@dry_run_option
@json_option
def accept(workspace: Workspace, tag: str, min_score: float, where: str, dry_run: bool, as_json: bool) -> None:
    """Accept proposals of TAG, a pattern with * and ? too."""
    _edit(workspace, edits.accept(tag, min_score), where, dry_run, as_json)


@command.command("reject")
@workspace_argument
@click.argument("tag")
@click.option("--below", type=click.FloatRange(0, 1), default=0.0, help="Only proposals below this score.")
@where_option
@dry_run_option
@json_option
def reject(workspace: Workspace, tag: str, below: float, where: str, dry_run: bool, as_json: bool) -> None:
    """Reject proposals of TAG, a pattern with * and ? too; they are not proposed again."""
    _edit(workspace, edits.reject(tag, below), where, dry_run, as_json)


@command.command("undo")
@workspace_argument
@dry_run_option
@json_option
def undo(workspace: Workspace, dry_run: bool, as_json: bool) -> None:
    """Take the last edit back."""
    _show(undo_edit(workspace, dry_run=dry_run), "There is no edit to take back.", dry_run, as_json)


@command.command("redo")
@workspace_argument
@dry_run_option
@json_option
def redo(workspace: Workspace, dry_run: bool, as_json: bool) -> None:
    """Make the edit that was taken back last again."""
    _show(redo_edit(workspace, dry_run=dry_run), "There is no edit to make again.", dry_run, as_json)


@command.command("log")
@workspace_argument
@json_option
def log(workspace: Workspace, as_json: bool) -> None:
    """List all edits, the oldest first."""
    rows = [
        {
            **{"number": one.number, "at": one.at, "edit": one.what, "where": one.where},
            **{"images": len(one.changes), "undone": one.undone},
        }
        for one in list_edits(workspace)
    ]
    if as_json:
        _echo_json(rows)
        return
    for row in rows:
        where = f" where {row['where']}" if row["where"] else ""
        undone = " (taken back)" if row["undone"] else ""
        click.echo(f"{row['number']:>4}  {row['at']}  {row['edit']}{where}: {row['images']} images{undone}")


@command.command("verdicts")
@workspace_argument
@json_option
def verdicts(workspace: Workspace, as_json: bool) -> None:
    """Count what became of each rule's and each tagger's proposals; suggest a threshold after 30 verdicts."""
    rows = judge_rules(workspace)
    if as_json:
        _echo_json([asdict(row) for row in rows])
        return
    click.echo(f"{'accepted':>8} {'rejected':>8} {'waiting':>8}  by")
    for row in rows:
        hint = "" if row.threshold is None else f" (nine of ten from {row.threshold:g} on were accepted)"
        click.echo(f"{row.accepted:>8} {row.rejected:>8} {row.proposed:>8}  {row.by}{hint}")


@command.command("complete")
@click.argument("start")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Tags to list at most.")
@click.option(
    "--list", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own tag list beside the one built in: a1111-tagcomplete's danbooru.csv, or selected_tags.csv.",
)  # fmt: skip
@json_option
def complete(start: str, limit: int, path: Path | None, as_json: bool) -> None:
    """List tags that begin with START, the most used first."""
    words = Vocabulary.load(path) if path else shipped_vocabulary()
    found = words.complete(start, limit)
    if as_json:
        _echo_json([asdict(tag) for tag in found])
        return
    for tag in found:
        click.echo(f"{tag.posts:>9}  {tag.name}")


def _edit(workspace: Workspace, edit: Edit, where: str, dry_run: bool, as_json: bool) -> None:
    _show(edit_tags(workspace, edit, where, dry_run=dry_run), "", dry_run, as_json)


def _show(result: EditResult | None, nothing: str, dry_run: bool, as_json: bool) -> None:
    if as_json:
        _echo_json(None if result is None else asdict(result))
        return
    if result is None:
        click.echo(nothing, err=True)
        return
    for image in result.images:
        click.echo(f"{image.file}\n  - {image.before}\n  + {image.after}")
    count = len(result.images)
    click.echo(f"{result.what}: {count} images{' would change' if dry_run else ''}.", err=True)


def _warn_unknown(tag: str) -> None:
    """Say so where a tag is no word that base models know; it is written all the same."""
    hint = _hint(tag)
    if hint:
        click.echo(f"{tag}{hint}", err=True)


def _hint(tag: str) -> str:
    near = shipped_vocabulary().suggest(tag)
    return f" (not in the vocabulary; did you mean {near}?)" if near else ""


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))
