"""``unipixel serve``."""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.web.serve import LOCAL, is_local, serve

PORT = 8420
"""Always the same one, so that a browser knows the page again."""


@click.command("serve", short_help=VERBS["serve"])
@click.argument("workspace", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--models", type=click.Path(path_type=Path, file_okay=False, exists=True), multiple=True, metavar="FOLDER",
    help="Folder of base models for trainings, such as ComfyUI's models/checkpoints. Can be given several times.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port; 0 takes any that is free."
)
@click.option("--no-browser", is_flag=True, help="Only print the address; don't open it.")
@click.option(
    "--host", default=LOCAL, show_default=True, metavar="ADDRESS",
    help="Address to listen on. Others than this machine's own let in whoever has the token, over an open line.",
)  # fmt: skip
def command(workspace: Path | None, models: tuple[Path, ...], port: int, no_browser: bool, host: str) -> None:
    """Open the studio: one page on this machine, and a REST API that does the same.

    Without WORKSPACE it converts pictures. With one it also curates, captions, trains and judges; where the folder is
    none yet, the page makes it one.

    Nothing leaves the machine. The address holds a secret token, new for each start: who has it may use the server.
    Stop with Ctrl-C. The API is described at /api/openapi.json.
    """
    if not is_local(host):
        click.echo(
            f"Warning: listening on {host}, other machines can reach this server. Whoever has the address with its "
            "token may use it, and the line is not encrypted: use it in a network that you trust.",
            err=True,
        )
    serve(host=host, port=port, open_browser=not no_browser, root=workspace, models=models, tell=_tell)
    click.echo("Stopped.", err=True)


def _tell(address: str) -> None:
    click.echo(f"The studio is open at {address}\nStop it with Ctrl-C.")
