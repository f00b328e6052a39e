"""``unipixel palette``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Literal, get_args

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import ColorCount, json_option
from unipixel.color import (
    Palette,
    PaletteOrder,
    builtin_palette,
    draw_swatches,
    extract,
    find_palette,
    palette_names,
    pool_pixels,
    reduce_palette,
    save_palette,
    shelf_entry,
    sort_palette,
)
from unipixel.color.palette_files import FORMATS
from unipixel.errors import PaletteError
from unipixel.image import load_image, save_png
from unipixel.stages.workspace import IMAGE_SUFFIXES

palette_argument = click.argument("palette", metavar="PALETTE")
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path),
    help="Palette file to write. Its ending tells the format. Default: the colours to standard output.",
)  # fmt: skip
format_option = click.option(
    "--format", "format_name", type=click.Choice(list(FORMATS)),
    help="Format of the file, where its ending does not tell: .pal is JASC, --format riff the other one.",
)  # fmt: skip
force_option = click.option("--force", is_flag=True, help="Replace a file that is there.")


@click.group("palette", short_help=VERBS["palette"])
def command() -> None:
    """List, show, take, convert, sort and reduce palettes.

    PALETTE is a name (unipixel palette ls), a palette file of any format, a picture, or a list of colours such as
    "#0f380f,#306230".
    """


@command.command("ls")
@click.option("--sources", is_flag=True, help="Also where the colours were found, and which version they are.")
@json_option
def ls(sources: bool, as_json: bool) -> None:
    """List the built-in palettes."""
    for name in palette_names():
        palette, entry = builtin_palette(name), shelf_entry(name)
        if as_json:
            row = {"name": name, "aliases": entry.aliases, "colors": palette.to_hex(), "remark": entry.remark}
            click.echo(json.dumps({**row, "home": entry.home, "sources": entry.sources}, ensure_ascii=False))
            continue
        click.echo(f"{name:<16} {len(palette):>3}  {_swatches(palette)}".rstrip())
        if sources:
            for line in filter(None, (entry.remark, entry.home, *entry.sources)):
                click.echo(f"    {line}")


@command.command("show")
@palette_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="PNG to draw swatches on.")
@click.option("--size", type=click.IntRange(1, 512), default=32, show_default=True, help="Px of a swatch's side.")
@force_option
@json_option
def show(palette: str, output: Path | None, size: int, force: bool, as_json: bool) -> None:
    """Print the colours of a PALETTE, one a line, or draw them."""
    found = find_palette(palette)
    if output is not None:
        _check_target(output, palette, force=force)
        save_png(output, draw_swatches(found, size=size))
    if as_json:
        click.echo(json.dumps({"name": found.name, "colors": found.to_hex()}, ensure_ascii=False))
    elif output is None:
        _print(found)


@command.command("extract")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--colors", type=ColorCount(), default=32, show_default=True,
    help="Most colours to take; auto finds how many the pictures need.",
)  # fmt: skip
@output_option
@format_option
@force_option
def extract_command(
    pictures: tuple[Path, ...], colors: int | Literal["auto"], output: Path | None, format_name: str | None, force: bool
) -> None:
    """Take one palette from PICTURES (files or folders) together: colours that occur in them, dark to light."""
    files = [file for place in pictures for file in _pictures(place)]
    pixels = load_image(files[0]) if len(files) == 1 else pool_pixels(load_image(file) for file in files)
    if pixels.size == 0:
        raise PaletteError(f"{', '.join(map(str, pictures))}: every pixel is transparent, there is no colour to take.")
    name = output.stem if output else ""
    _deliver(extract(pixels, colors, name=name), output, format_name, *map(str, files), force=force)


@command.command("convert")
@palette_argument
@click.argument("output", type=click.Path(path_type=Path))
@format_option
@force_option
def convert(palette: str, output: Path, format_name: str | None, force: bool) -> None:
    """Write a PALETTE as OUTPUT, in the format that its ending names."""
    _deliver(find_palette(palette), output, format_name, palette, force=force)


@command.command("sort")
@palette_argument
@click.option(
    "--by", type=click.Choice(get_args(PaletteOrder)), default="ramp", show_default=True,
    help="ramp: greys, then each hue from dark to light.",
)  # fmt: skip
@click.option("--reverse", is_flag=True, help="The other way round.")
@output_option
@format_option
@force_option
def sort(
    palette: str, by: PaletteOrder, reverse: bool, output: Path | None, format_name: str | None, force: bool
) -> None:
    """Sort a PALETTE as the eye does (OKLab)."""
    done = sort_palette(find_palette(palette), by, reverse=reverse)
    _deliver(done, output, format_name, palette, force=force)


@command.command("reduce")
@palette_argument
@click.option("--colors", type=click.IntRange(1, 256), required=True, help="Most colours to keep.")
@output_option
@format_option
@force_option
def reduce(palette: str, colors: int, output: Path | None, format_name: str | None, force: bool) -> None:
    """Reduce a PALETTE to those of its colours that stand for the others best; their order is kept."""
    _deliver(reduce_palette(find_palette(palette), colors), output, format_name, palette, force=force)


def _pictures(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise PaletteError(f"{place}: no pictures in this folder.")
    return files


def _deliver(palette: Palette, output: Path | None, format_name: str | None, *sources: str, force: bool) -> None:
    if output is None:
        if format_name is not None:
            raise PaletteError("a format is for a file. Name one with -o.")
        _print(palette)
        return
    _check_target(output, *sources, force=force)
    save_palette(output, palette, format=format_name)
    click.echo(f"{output}: {len(palette)} colours.", err=True)


def _check_target(target: Path, *sources: str, force: bool) -> None:
    if target.exists() and any(os.path.exists(source) and os.path.samefile(source, target) for source in sources):
        raise PaletteError(f"{target} is what is read. Give the result another name.")
    if target.exists() and not force:
        raise PaletteError(f"{target} is there already. Give --force to replace it, or another name.")


def _print(palette: Palette) -> None:
    for code, color in zip(palette.to_hex(), palette.colors.tolist(), strict=True):
        click.echo(f"{_block(color, 4)} {code}" if _shows_colors() else code)


def _swatches(palette: Palette) -> str:
    return "".join(_block(color, 1) for color in palette.colors.tolist()) if _shows_colors() else ""


def _block(color: list[int], width: int) -> str:
    return f"\x1b[48;2;{color[0]};{color[1]};{color[2]}m{' ' * width}\x1b[0m"


def _shows_colors() -> bool:
    """Whether standard output is a terminal that says it shows 24-bit colour, and nobody asked for none."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return False
    return os.environ.get("COLORTERM", "") in ("truecolor", "24bit") or "WT_SESSION" in os.environ
