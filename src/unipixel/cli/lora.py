"""``unipixel lora``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option
from unipixel.errors import ModelError
from unipixel.files import write_atomic
from unipixel.lora import read_metadata
from unipixel.lora.combine import merge, resize
from unipixel.lora.extraction import extract
from unipixel.lora.info import LoraInfo, lora_info
from unipixel.lora.into_checkpoint import merge_into_checkpoint
from unipixel.lora.read import read_lora
from unipixel.lora.save import FORMATS, save_lora_file
from unipixel.lora.thumbnail import THUMBNAIL, thumbnail_bytes

_DTYPES = {"fp16": "F16", "bf16": "BF16", "fp32": "F32"}
_path = click.Path(path_type=Path)
file_argument = click.argument("file", type=_path)
output_option = click.option("-o", "--output", type=_path, required=True, help="What to write.")
force_option = click.option("--force", is_flag=True, help="Replace a file that is there.")
dtype_option = click.option(
    "--dtype", type=click.Choice(list(_DTYPES)), help="Numbers to store. Default: as the LoRA has them."
)


class Weighted(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """``FILE:WEIGHT``, or a file alone for a weight of 1."""

    name = "FILE[:WEIGHT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split at the last colon, where a number follows it: a drive letter has a colon too."""
        if not isinstance(value, str):
            return value
        file, _, weight = value.rpartition(":")
        try:
            return (Path(file), float(weight)) if file else (Path(value), 1.0)
        except ValueError:
            return Path(value), 1.0


@click.group("lora", short_help=VERBS["lora"])
def command() -> None:
    """Look into LoRA files of SDXL; convert, merge, resize and extract them.

    FILE is a .safetensors file as kohya's trainer, diffusers or peft write it, or the folder of a peft adapter.
    """


@command.command("info")
@file_argument
@click.option("--save-thumbnail", "thumbnail", type=_path, metavar="PNG", help="Write the picture it carries.")
@force_option
@json_option
def info(file: Path, thumbnail: Path | None, force: bool, as_json: bool) -> None:
    """Say what a LoRA is, how strong, and what is wrong with it."""
    found = lora_info(file)
    if thumbnail is not None:
        _check_target(thumbnail, file, force=force)
        if not found.thumbnail:
            raise ModelError(f"{file}: there is no thumbnail in it")
        write_atomic(thumbnail, thumbnail_bytes(read_metadata(file)[THUMBNAIL]))
    if as_json:
        click.echo(json.dumps({"file": str(file), **asdict(found)}, ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)
    for warning in found.warnings:
        click.echo(f"Warning: {warning}.", err=True)


@command.command("convert")
@file_argument
@click.option("--to", "format_name", type=click.Choice(FORMATS), required=True, help="peft writes a folder.")
@output_option
@dtype_option
@force_option
def convert(file: Path, format_name: str, output: Path, dtype: str | None, force: bool) -> None:
    """Write a LoRA in another format, with the same effect."""
    _check_target(output, file, force=force)
    weights = read_lora(file)
    save_lora_file(weights, output, format=format_name, dtype=_DTYPES.get(dtype or "", ""))
    click.echo(f"{output}: {len(weights.pairs)} modules.", err=True)


@command.command("merge")
@click.argument("files", nargs=-1, required=True, type=Weighted())
@output_option
@click.option("--rank", type=click.IntRange(1), help="Rank of the result. Default: the ranks add up, which is exact.")
@click.option("--into", "checkpoint", type=_path, metavar="CHECKPOINT", help="Add them to a copy of this checkpoint.")
@dtype_option
@force_option
def merge_command(
    files: tuple[tuple[Path, float], ...],
    output: Path,
    rank: int | None,
    checkpoint: Path | None,
    dtype: str | None,
    force: bool,
) -> None:
    """Merge LoRAs into one, or into a checkpoint. FILE:0.6 takes one at 0.6 of its strength."""
    if checkpoint is not None and (rank is not None or dtype is not None):
        raise ModelError("--rank and --dtype are for a LoRA; a checkpoint keeps the dtype of each of its tensors")
    _check_target(output, *(file for file, _ in files), *filter(None, [checkpoint]), force=force)
    parts = [(read_lora(file), weight) for file, weight in files]
    if checkpoint is not None:
        merge_into_checkpoint(checkpoint, parts, output)
    else:
        save_lora_file(merge(parts, rank=rank), output, dtype=_DTYPES.get(dtype or "", ""), title=output.stem)
    click.echo(f"{output}: {len(files)} LoRA merged.", err=True)


@command.command("resize")
@file_argument
@output_option
@click.option("--rank", type=click.IntRange(1), help="Largest rank of a module.")
@click.option("--energy", type=click.FloatRange(0, 1, min_open=True), help="Share of a module to keep, such as 0.95.")
@dtype_option
@force_option
def resize_command(
    file: Path, output: Path, rank: int | None, energy: float | None, dtype: str | None, force: bool
) -> None:
    """Give a LoRA a smaller rank, by --rank or --energy."""
    _check_target(output, file, force=force)
    smaller, kept = resize(read_lora(file), rank=rank, energy=energy)
    save_lora_file(smaller, output, dtype=_DTYPES.get(dtype or "", ""), title=output.stem)
    ranks = _counts(dict(smaller.ranks().most_common()))
    click.echo(f"{output}: {kept:.2%} of the energy kept, ranks {ranks}.", err=True)


@command.command("extract")
@click.argument("tuned", type=_path)
@click.argument("base", type=_path)
@output_option
@click.option("--rank", type=click.IntRange(1), default=32, show_default=True, help="Of linear layers.")
@click.option("--conv-rank", type=click.IntRange(0), default=16, show_default=True, help="Of convolutions; 0: none.")
@click.option("--text-encoders", is_flag=True, help="Take their difference too.")
@dtype_option
@force_option
def extract_command(
    tuned: Path,
    base: Path,
    output: Path,
    rank: int,
    conv_rank: int,
    text_encoders: bool,
    dtype: str | None,
    force: bool,
) -> None:
    """Make a LoRA of what the checkpoint TUNED has more than the checkpoint BASE."""
    _check_target(output, tuned, base, force=force)
    weights = extract(tuned, base, rank=rank, conv_rank=conv_rank, text_encoders=text_encoders)
    save_lora_file(weights, output, dtype=_DTYPES.get(dtype or "", ""), title=output.stem)
    click.echo(f"{output}: {len(weights.pairs)} modules.", err=True)


def _lines(found: LoraInfo) -> list[str]:
    rows: dict[str, str] = {"format": f"{found.format}, {found.dtype}"}
    rows |= {"ranks": _counts(found.ranks), "alphas": _counts(found.alphas)}
    for part, facts in found.parts.items():
        rows[part] = (
            f"{facts.modules} modules, norm {facts.norm:.4g}, largest {facts.largest} ({facts.largest_norm:.4g})"
        )
    rows |= {name.replace("_", " "): text for name, text in found.stated.items()}
    rows |= {"tags": ", ".join(f"{tag} ({n})" for tag, n in found.tags.items())}
    rows |= {"canvases": _counts(found.buckets), "thumbnail": "yes" if found.thumbnail else "no"}
    rows |= {"hash": found.hash}
    return [f"{name + ':':<17} {text}" for name, text in rows.items() if text]


def _counts(counts: Mapping[Any, int]) -> str:
    return ", ".join(
        f"{value:g} ({n})" if isinstance(value, float) else f"{value} ({n})" for value, n in counts.items()
    )


def _check_target(target: Path, *sources: Path, force: bool) -> None:
    if target.exists() and any(source.exists() and os.path.samefile(source, target) for source in sources):
        raise ModelError(f"{target} is what is read. Give the result another name")
    if target.exists() and not force:
        raise ModelError(f"{target} is there already. Give --force to replace it, or another name")
