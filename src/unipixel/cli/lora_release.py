"""``unipixel lora release``."""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.options import dry_run_option, run_option, workspace_argument
from unipixel.stages.releasing import release_of, sizes_of, write_release
from unipixel.stages.runs import known_run
from unipixel.stages.workspace import Workspace


@click.command("release")
@workspace_argument
@run_option
@click.option("--checkpoint", type=click.IntRange(min=1), metavar="STEP", help="The LoRA of this checkpoint.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="New or empty folder, or an earlier release, which is replaced.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a release whose files were changed.")
@dry_run_option
def command(
    workspace: Workspace, run: str | None, checkpoint: int | None, output: Path, force: bool, dry_run: bool
) -> None:
    """Write a LoRA of WORKSPACE as it is given to others: with its card, samples, recipe and attribution.

    README.md is the model card of the Hugging Face Hub, CIVITAI.md says what goes into Civitai's form.
    """
    release = release_of(workspace, known_run(workspace, workspace.run(run).name), checkpoint)
    for name, size in sizes_of(release).items():
        click.echo(f"{name}  {size:,} bytes")
    if dry_run:
        return
    wrote = write_release(release, output, force=force)
    click.echo(f"{output}: {'written' if wrote else 'is there already, the same'}.", err=True)
