"""``unipixel plugin``."""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.plugin import HOSTS, install_plugin


@click.group("plugin", short_help=VERBS["plugin"])
def command() -> None:
    """Put UniPixel into other programs: as nodes into ComfyUI and InvokeAI, as an extension into A1111 and Forge."""


@command.command("install")
@click.argument("host", type=click.Choice(list(HOSTS)))
@click.argument("place", type=click.Path(path_type=Path), metavar="PATH")
@click.option("--link", is_flag=True, help="Link to the plug-in here instead of copying it: it follows this folder.")
def install(host: str, place: Path, link: bool) -> None:
    """Put the plug-in into the HOST program whose folder is PATH.

    An older one of ours is replaced; anything else in its place is left alone. Nothing is installed into the host's
    Python: what is left to do is told.
    """
    done = install_plugin(host, place, link=link)
    click.echo(f"{done.folder}: {'linked' if link else 'copied'}{' anew' if done.state == 'replaced' else ''}.")
    for number, step in enumerate(done.next_steps, start=1):
        click.echo(f"{number}. {step}", err=True)
