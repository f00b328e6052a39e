"""``unipixel lora``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from unipixel.cli.app import VERBS
from unipixel.cli.lora_release import command as release
from unipixel.cli.options import json_option
from unipixel.cli.progress import Bar
from unipixel.errors import ModelError, OptionError
from unipixel.files import write_atomic
from unipixel.lora.bake import bake_loras
from unipixel.lora.dtypes import DTYPE_NAMES
from unipixel.lora.extract import extract_lora
from unipixel.lora.file import read_metadata
from unipixel.lora.info import LoraInfo, inspect_lora
from unipixel.lora.merge import merge_loras
from unipixel.lora.model import Lora, read_lora
from unipixel.lora.resize import Kept, resize_lora
from unipixel.lora.thumbnail import read_thumbnail
from unipixel.lora.write import Format, write_lora

TAGS_SHOWN = 12
path_type = click.Path(path_type=Path)
output_option = click.option("-o", "--output", required=True, type=path_type, help="File to write.")
force_option = click.option("--force", is_flag=True, help="Replace a file that is there.")
rank_type = click.IntRange(min=1)
dtype_option = click.option(
    "--dtype", type=click.Choice(list(DTYPE_NAMES)), help="Of the weights. Default: as they are."
)


@click.group("lora", short_help=VERBS["lora"])
def command() -> None:
    """Look into LoRA files; convert, merge, resize and extract them.

    A LoRA is a .safetensors file of kohya's trainer, OneTrainer, ai-toolkit, diffusers or ComfyUI, or a folder of
    peft. What is written is read back and compared before it gets its name.
    """


command.add_command(release)


@command.command("info")
@click.argument("file", type=path_type)
@click.option("--blocks", is_flag=True, help="Also how strongly each block is changed.")
@click.option("--save-thumbnail", type=path_type, metavar="PICTURE", help="Write the picture that the file carries.")
@force_option
@json_option
def info(file: Path, blocks: bool, save_thumbnail: Path | None, force: bool, as_json: bool) -> None:
    """Say what a LoRA FILE is, what it was trained on, and what is wrong with it."""
    found = inspect_lora(file)
    if save_thumbnail is not None:
        _save_thumbnail(file, save_thumbnail, force=force)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    for label, text in _lines(found):
        click.echo(f"{label:<12} {text}")
    for block in found.blocks if blocks else ():
        click.echo(f"  {block.block:<18} {block.modules:>4}  median {block.median:.4g}  largest {block.largest:.4g}")
    for warning in found.warnings:
        click.echo(f"Warning: {warning}.", err=True)


@command.command("convert")
@click.argument("file", type=path_type)
@click.option(
    "--to", "form", required=True, type=click.Choice(("kohya", "diffusers", "peft")),
    help="kohya: for A1111, Forge, ComfyUI and trainers. peft writes a folder.",
)  # fmt: skip
@output_option
@dtype_option
@force_option
def convert(file: Path, form: str, output: Path, dtype: str | None, force: bool) -> None:
    """Write a LoRA FILE in another format; alpha and metadata come along."""
    _check_target(output, [file], force=force)
    lora = read_lora(file)
    write_lora(output, lora, form=cast(Format, form), dtype=DTYPE_NAMES[dtype] if dtype else None)
    _tell_left_out(lora)
    click.echo(f"{output}: {len(lora.parts)} modules, weights checked by loading back.", err=True)


@command.command("merge")
@click.argument("loras", nargs=-1, required=True, metavar="LORA[:WEIGHT]...")
@output_option
@click.option("--rank", default="keep", show_default=True, metavar="N", help="Highest rank; keep lets ranks add up.")
@click.option("--into", type=path_type, metavar="CHECKPOINT", help="Merge into this SDXL checkpoint instead.")
@dtype_option
@force_option
def merge(loras: tuple[str, ...], output: Path, rank: str, into: Path | None, dtype: str | None, force: bool) -> None:
    """Merge LORAs, each at its weight (1 where none is given), into one, or into a checkpoint."""
    pairs = [_weighted(text) for text in loras]
    _check_target(output, [*(path for path, _ in pairs), *([into] if into else [])], force=force)
    limit = _rank(rank)
    if into is not None and (limit is not None or dtype is not None):
        raise OptionError("--into keeps the checkpoint's own dtype and has no rank; leave --rank and --dtype out")
    opened = [(read_lora(path), weight) for path, weight in pairs]
    for lora, _ in opened:
        _tell_left_out(lora)
    if into is not None:
        done = bake_loras(into, opened, output, progress=Bar())
        click.echo(
            f"{output}: {done.modules} modules merged into {done.tensors} tensors, {done.untouched} left as they were; "
            "checked by loading back.",
            err=True,
        )
        return
    made, kept = merge_loras(opened, title=output.stem, rank=limit, dtype=DTYPE_NAMES[dtype] if dtype else None)
    write_lora(output, made)
    _tell_kept(output, made, kept)


@command.command("resize")
@click.argument("file", type=path_type)
@click.option("--rank", type=rank_type, help="Highest rank of a module.")
@click.option("--energy", type=float, help="Share of each module's energy to keep, such as 0.95.")
@output_option
@dtype_option
@force_option
def resize(file: Path, rank: int | None, energy: float | None, output: Path, dtype: str | None, force: bool) -> None:
    """Give a LoRA FILE a smaller rank; it stays as strong, and its alpha follows."""
    _check_target(output, [file], force=force)
    lora = read_lora(file)
    code = DTYPE_NAMES[dtype] if dtype else None
    made, kept = resize_lora(lora, rank=rank, energy=energy, dtype=code)
    _tell_left_out(lora)
    write_lora(output, made, dtype=code)
    _tell_kept(output, made, kept)


@command.command("extract")
@click.argument("tuned", type=path_type)
@click.argument("base", type=path_type)
@click.option("--rank", type=rank_type, required=True, help="Rank of linear layers.")
@click.option("--conv-rank", type=rank_type, help="Rank of convolutions; without it none are extracted.")
@click.option("--text-encoders", is_flag=True, help="Extract the text encoders too.")
@click.option(
    "--dtype", type=click.Choice(list(DTYPE_NAMES)), default="float16", show_default=True, help="Of the weights."
)
@output_option
@force_option
def extract(
    tuned: Path,
    base: Path,
    rank: int,
    conv_rank: int | None,
    text_encoders: bool,
    dtype: str,
    output: Path,
    force: bool,
) -> None:
    """Find the LoRA that turns the checkpoint BASE into the checkpoint TUNED."""
    _check_target(output, [tuned, base], force=force)
    made, kept = extract_lora(
        tuned,
        base,
        title=output.stem,
        rank=rank,
        conv_rank=conv_rank,
        text_encoders=text_encoders,
        dtype=DTYPE_NAMES[dtype],
        progress=Bar(),
    )
    write_lora(output, made)
    _tell_kept(output, made, kept)


def _weighted(text: str) -> tuple[Path, float]:
    """Split ``file:weight``; a file of that whole name goes first."""
    path, colon, weight = text.rpartition(":")
    if not colon or Path(text).exists():
        return Path(text), 1.0
    try:
        return Path(path), float(weight)
    except ValueError:
        return Path(text), 1.0


def _rank(text: str) -> int | None:
    if text == "keep":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise OptionError(f"--rank is a whole number from 1, or keep, not {text!r}")
    return int(text)


def _check_target(target: Path, sources: Sequence[Path], *, force: bool) -> None:
    if target.exists() and any(source.exists() and os.path.samefile(source, target) for source in sources):
        raise ModelError(f"{target} is what is read. Give the result another name.")
    if target.exists() and not force:
        raise ModelError(f"{target} is there already. Give --force to replace it, or another name.")


def _save_thumbnail(file: Path, target: Path, *, force: bool) -> None:
    picture = read_thumbnail(read_metadata(file)) if file.is_file() else None
    if picture is None:
        raise ModelError(f"{file}: there is no picture in its metadata.")
    kind, data = picture
    if target.suffix.lower().replace(".jpg", ".jpeg") != f".{kind}":
        raise ModelError(f"{target}: the picture is a {kind} file; give it a name that ends in .{kind}")
    _check_target(target, [file], force=force)
    write_atomic(target, data)


def _tell_left_out(lora: Lora) -> None:
    if lora.others:
        click.echo(f"Warning: {lora.path}: {len(lora.others)} tensors of embeddings are left out.", err=True)


def _tell_kept(output: Path, lora: Lora, kept: Kept) -> None:
    low, high = kept.ranks
    click.echo(
        f"{output}: {len(lora.parts)} modules of rank {low if low == high else f'{low} to {high}'}, "
        f"{kept.share:.2%} of the energy kept ({kept.least:.2%} where least); checked by loading back.",
        err=True,
    )


def _lines(found: LoraInfo) -> list[tuple[str, str]]:
    base = " ".join(text for text in (found.base_name, f"({found.base_version})" if found.base_version else "") if text)
    hashes = ", ".join(f"{check.name} {'holds' if check.holds else 'does not hold'}" for check in found.hashes)
    lines = [
        ("file", f"{found.path}, {found.bytes:,} bytes"),
        ("format", f"{found.kind}, {', '.join(found.dtypes)}, for {found.family}"),
        ("modules", ", ".join(f"{count} {model}" for model, count in found.modules.items())),
        ("rank", _counted(found.ranks)),
        ("alpha", _counted(found.alphas)),
        ("title", found.title),
        ("trigger", found.trigger),
        ("base", base),
        ("prediction", found.prediction_type),
        ("tags", ", ".join(f"{tag} {count}" for tag, count in list(found.tags.items())[:TAGS_SHOWN])),
        ("buckets", ", ".join(f"{count} of {size}" for size, count in found.buckets.items())),
        ("recipe", str(found.recipe.get("name", "yes")) if found.recipe else ""),
        ("made by", ", ".join(str(step.get("did")) for step in found.history if isinstance(step, dict))),
        ("thumbnail", found.thumbnail),
        ("sha256", found.sha256),
        ("hashes", hashes),
    ]
    return [(label, text) for label, text in lines if text]


def _counted(numbers: dict[int, int] | dict[str, int]) -> str:
    if len(numbers) == 1:
        return str(next(iter(numbers)))
    return ", ".join(f"{number} ({count} modules)" for number, count in numbers.items())
