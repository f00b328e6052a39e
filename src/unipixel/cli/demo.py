"""``unipixel demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import base_option, device_option, overrides_option
from unipixel.cli.progress import Bar
from unipixel.stages.demo import run_demo


@click.command("demo", short_help=VERBS["demo"])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"))
@base_option
@overrides_option
@device_option
def command(folder: Path, base: str, overrides: tuple[tuple[str, Any], ...], device: str) -> None:
    """Do the whole job in FOLDER on screenshots of the game Crafter, and check it against the game's own pixels."""
    bar = Bar()
    report = run_demo(folder, base=base, overrides=dict(overrides), device=device, progress=bar)
    bar.close()
    click.echo(f"Done. Open {report}", err=True)
