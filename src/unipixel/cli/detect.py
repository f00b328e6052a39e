"""``unipixel detect``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option
from unipixel.errors import UniPixelError
from unipixel.grid import Recovery, recover
from unipixel.image import load_image


@click.command("detect", short_help=VERBS["detect"])
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def command(files: tuple[Path, ...], as_json: bool) -> None:
    """Say in words which grid each of FILES has. Exit code 1 where one can't be read."""
    failed = False
    for file in files:
        try:
            found = recover(load_image(file))
        except UniPixelError as error:
            failed = True
            click.echo(json.dumps({"file": str(file), "problem": str(error)}) if as_json else str(error))
            continue
        click.echo(json.dumps({"file": str(file), **_row(found)}) if as_json else f"{file}: {_sentence(found)}")
    if failed:
        raise SystemExit(1)


def _row(found: Recovery) -> dict[str, object]:
    size = None if found.native is None else [found.native.shape[1], found.native.shape[0]]
    return {
        "native": size,
        "cell": None if found.grid is None else list(found.grid.cell),
        "offset": None if found.grid is None else list(found.grid.offset),
        "confidence": round(found.confidence, 4),
        "sure": found.is_sure,
        "reason": found.reason,
        "alternatives": [
            {"native": [other.native_size[1], other.native_size[0]], "confidence": round(other.confidence, 4)}
            for other in found.alternatives
        ],
    }


def _sentence(found: Recovery) -> str:
    word = "sure" if found.is_sure else "not sure"
    return f"{found.reason} ({word}, confidence {found.confidence:.2f})"
