"""``unipixel caption``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import engine_options, json_option, overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.captioning import Captioned, compare_looks, write_captions
from unipixel.stages.engine import Engine
from unipixel.stages.workspace import Workspace

if TYPE_CHECKING:
    from unipixel.caption.wd import WdTagger


@click.command("caption", short_help=VERBS["caption"])
@workspace_argument
@click.option(
    "--tagger", "model", metavar="MODEL",
    help="Let a WD v3 tagger propose tags: its name, such as wd-vit-tagger-v3, or a folder with model.onnx and "
    "selected_tags.csv. Needs the extra [caption].",
)  # fmt: skip
@click.option("--download", is_flag=True, help="Download the tagger from Hugging Face if it is not on this machine.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), help="Score from which tags are proposed. Default: the model's own."
)
@click.option(
    "--character-threshold", type=click.FloatRange(0, 1), default=0.85, show_default=True,
    help="The same for names of characters.",
)  # fmt: skip
@click.option(
    "--tagger-input", "looks", default="nearest", show_default=True, metavar="LOOKS",
    help="How natives are shown to the tagger: nearest, lanczos, epx, loader. Of several, divided by commas, the mean "
    "score counts and each is in the reason.",
)  # fmt: skip
@click.option("--compare", is_flag=True, help="List the scores for each of --tagger-input, and write nothing.")
@click.option(
    "--profile",
    type=click.Choice(["recipe", "danbooru"]),
    help="Words of this call: far away, or wide shot. To keep it: caption.profile in recipe.toml.",
)
@click.option("--dry-run", is_flag=True, help="List the captions that would change, and write nothing.")
@engine_options
@json_option
@overrides_option
def command(
    workspace: Workspace,
    model: str | None,
    download: bool,
    threshold: float | None,
    character_threshold: float,
    looks: str,
    compare: bool,
    profile: str | None,
    dry_run: bool,
    engine: Engine,
    as_json: bool,
    overrides: tuple[tuple[str, Any], ...],
) -> None:
    """Write a caption beside each training image of WORKSPACE.

    Trigger word first, then the recipe's constants, tags by hand, and what was accepted of the tags that are measured
    from the picture or proposed by a tagger. What is only guessed stays a proposal: see unipixel tags.
    """
    if model is None and (compare or download):
        raise click.UsageError("--compare and --download need --tagger.")
    ways = tuple(look.strip() for look in looks.split(",") if look.strip())
    tagger = _open_tagger(model, download, threshold, character_threshold, ways) if model else None
    bar = Bar()
    if compare:
        _compare(workspace, tagger, ways, as_json, bar)
        return
    values = dict(overrides) | ({"caption.profile": profile} if profile else {})
    asked = f"{','.join(ways)} {tagger.threshold:g} {character_threshold:g}" if tagger else ""
    done = write_captions(
        workspace, tagger=tagger, asked=asked, overrides=values, dry_run=dry_run, engine=engine, progress=bar
    )
    bar.close()
    if as_json:
        click.echo(json.dumps(_as_dict(done), indent=1, ensure_ascii=False))
    elif dry_run:
        for file, before, after in done.changed:
            click.echo(f"{file}\n  - {before}\n  + {after}")
    _report(done, workspace, dry_run)


def _open_tagger(
    model: str, download: bool, threshold: float | None, character_threshold: float, looks: tuple[str, ...]
) -> WdTagger:
    from unipixel.caption.wd import WdTagger, download_tagger

    if download:
        click.echo(f"The tagger is in {download_tagger(model)}.", err=True)
    return WdTagger(model, threshold=threshold, character_threshold=character_threshold, looks=looks)


def _compare(workspace: Workspace, tagger: Any, looks: tuple[str, ...], as_json: bool, bar: Bar) -> None:
    rows = dict(compare_looks(workspace, tagger, looks, progress=bar))
    bar.close()
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for file, scores in rows.items():
        click.echo(f"{file}\n  {'':<24}" + "".join(f"{look:>9}" for look in looks))
        for tag, by_look in scores.items():
            click.echo(f"  {tag:<24}" + "".join(f"{by_look[look]:>9.2f}" for look in looks))


def _report(done: Captioned, workspace: Workspace, dry_run: bool) -> None:
    verb = "would change" if dry_run else "written or changed"
    click.echo(f"{done.images} images, {len(done.changed)} captions {verb}.", err=True)
    if done.proposed:
        click.echo(f"{done.proposed} proposals wait for a verdict: unipixel tags ls {workspace.root}", err=True)
    for file, tokens in done.too_long:
        click.echo(f"{file}: {tokens} tokens, CLIP reads 75. Take its least tags away: unipixel tags delete", err=True)
    for file, flags in done.flags:
        click.echo(f"{file}: the tagger sees {', '.join(flags)}. Look at it before you train.", err=True)
    if done.ratings:
        click.echo("ratings: " + ", ".join(f"{count} {name}" for name, count in done.ratings.items()), err=True)


def _as_dict(done: Captioned) -> dict[str, Any]:
    return {
        "images": done.images,
        "changed": [{"file": file, "before": before, "after": after} for file, before, after in done.changed],
        "proposed": done.proposed,
        "too_long": [{"file": file, "tokens": tokens} for file, tokens in done.too_long],
        "flags": [{"file": file, "flags": list(flags)} for file, flags in done.flags],
        "ratings": dict(done.ratings),
    }
