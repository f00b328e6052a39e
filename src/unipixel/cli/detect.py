"""``unipixel detect``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option
from unipixel.errors import UniPixelError
from unipixel.grid import Part, Recovery, describe_recovery, find_parts, recover
from unipixel.image import RGBA, load_image, save_png
from unipixel.report.explain import draw_explanation


@click.command("detect", short_help=VERBS["detect"])
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--explain", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Also draw a picture for each: the grid on it, the steps it follows, the native image, the doubt.",
)  # fmt: skip
@json_option
def command(files: tuple[Path, ...], explain: Path | None, as_json: bool) -> None:
    """Say in words which grid each of FILES has. Exit code 1 where one can't be read."""
    failed = False
    for file in files:
        try:
            image = load_image(file)
            found = recover(image)
            if explain is not None:
                _explain(explain / f"{file.name}.grid.png", image, found, file.name)
        except UniPixelError as error:
            failed = True
            click.echo(json.dumps({"file": str(file), "problem": str(error)}) if as_json else str(error))
            continue
        click.echo(
            json.dumps({"file": str(file), **describe_recovery(found)}) if as_json else f"{file}: {_sentence(found)}"
        )
    if failed:
        raise SystemExit(1)


def _explain(target: Path, image: RGBA, found: Recovery, title: str) -> None:
    if target.exists():
        raise UniPixelError(f"{target} is there already. Delete it, or give another folder.")
    save_png(target, draw_explanation(image, found, title=title))


def _sentence(found: Recovery) -> str:
    word = "sure" if found.is_sure else "not sure"
    parts = find_parts(found)
    apart = f" Parts of it have grids of their own: {'; '.join(map(_part, parts))}." if parts else ""
    return f"{found.reason} ({word}, confidence {found.confidence:.2f}){apart}"


def _part(part: Part) -> str:
    top, left, bottom, right = part.region
    return f"{right - left}x{bottom - top} px at {left},{top} with cells of {part.cell[1]:.4g}x{part.cell[0]:.4g}"
