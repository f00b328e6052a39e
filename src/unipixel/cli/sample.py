"""``unipixel sample``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import (
    WorkspaceFolder,
    base_option,
    device_option,
    dry_run_option,
    json_option,
    overrides_option,
    run_option,
)
from unipixel.cli.progress import Bar
from unipixel.dataset.canvas import Canvas
from unipixel.errors import OptionError, WorkspaceError
from unipixel.sampling import SAMPLER_NAMES, Lora, open_lora, parse_lora, parse_seeds, with_trigger
from unipixel.stages.drawing import Drawn, Wish, draw
from unipixel.stages.drawing_defaults import defaults_for, trigger_of
from unipixel.stages.samples import draw_samples
from unipixel.stages.sheets import save_sheet
from unipixel.stages.workspace import Workspace


@click.command("sample", short_help=VERBS["sample"])
@click.argument("workspace", type=WorkspaceFolder(), required=False)
@click.option("--prompt", "prompts", multiple=True, metavar="TEXT", help="Draw this. Can be given several times.")
@click.option(
    "--prompts", "prompt_file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Draw each line of a file; lines that begin with # are left out.",
)  # fmt: skip
@click.option("--negative", metavar="TEXT", help="What the pictures are to keep away from.")
@click.option(
    "--lora", "loras", multiple=True, metavar="FILE[:WEIGHT]",
    help="LoRA, at weight 1 unless said. Several add up. Default: that of WORKSPACE.",
)  # fmt: skip
@click.option("--lora-weights", metavar="W,W,...", help="Compare the first LoRA at these weights; 0 is without it.")
@click.option("--no-trigger", is_flag=True, help="Don't put the LoRA's trigger word in front of the prompts.")
@click.option("--size", "sizes", multiple=True, metavar="WIDTHxHEIGHT", help="Canvas px. Can be given several times.")
@click.option("--seed", metavar="N|A-B|N,N", help="Each prompt is drawn with each of these seeds.")
@click.option("--steps", type=click.IntRange(1, 1000), help="Steps of the sampler.")
@click.option("--guidance", type=click.FloatRange(0, 100), help="Classifier-free guidance (CFG); 1 or less: none.")
@click.option("--sampler", type=click.Choice(SAMPLER_NAMES), help="How it goes from noise to picture.")
@click.option("--scale", type=click.IntRange(min=2), help="Canvas px per native px. Default: as the LoRA says.")
@click.option(
    "--decoder", type=click.Choice(["autoencoder", "native"]), default=None,
    help="What decodes: native is the one beside the first LoRA, straight to native pixels. Default: autoencoder.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the pictures.")
@click.option("--sheet", "--grid", "sheet", is_flag=True, help="Write a contact sheet of all pictures too.")
@click.option("--batch-size", metavar="N|auto", help="Pictures at once. Default: auto, as many as fit into memory.")
@click.option("--force", is_flag=True, help="Draw pictures anew that are there.")
@dry_run_option
@json_option
@base_option
@run_option
@overrides_option
@device_option
def command(
    workspace: Workspace | None,
    prompts: tuple[str, ...],
    prompt_file: Path | None,
    base: str,
    run: str | None,
    overrides: tuple[tuple[str, Any], ...],
    device: str,
    **free: Any,
) -> None:
    """Draw the recipe's prompts with and without the LoRA of WORKSPACE, same seeds, at every size.

    With --prompt or --prompts, draw those instead, with any LoRAs. What is not said comes from WORKSPACE where one is
    named, else from what the first LoRA says of its training. Each picture is written raw, with its settings as A1111
    and ComfyUI read them, and divided by the scale in the folder native. Pictures that are there are not drawn again.
    """
    if prompts or prompt_file:
        wanted = [*prompts, *(_lines(prompt_file) if prompt_file else ())]
        _draw_freely(wanted, workspace, run=run, base=base, overrides=dict(overrides), device=device, **free)
        return
    _refuse_without_prompt(free)
    place = workspace or Workspace.open(Path())
    bar = Bar()
    samples = draw_samples(place, run=run, base=base, overrides=dict(overrides), device=device, progress=bar)
    bar.close()
    click.echo(f"{len(samples)} samples with the LoRA and as many without: {place.run(run).samples}", err=True)


def _refuse_without_prompt(free: dict[str, Any]) -> None:
    """Options of the other form would be left out silently."""
    given = {name for name, value in free.items() if value is not None and value is not False and value != ()}
    for option in click.get_current_context().command.params:
        if option.name in given:
            raise click.UsageError(f"{option.opts[0]} is for drawing prompts: say one with --prompt.")


def _draw_freely(
    prompts: Sequence[str],
    workspace: Workspace | None,
    *,
    run: str | None,
    base: str,
    overrides: dict[str, Any],
    device: str,
    output: Path | None,
    sheet: bool,
    batch_size: str | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
    **said: Any,
) -> None:
    wish = _wish(prompts, workspace, run, base, overrides, **said)
    folder = output or (Path("drawings") if workspace is None else workspace.run(run).root / "drawings")
    bar = Bar()
    drawn = draw(
        wish,
        folder,
        base=base,
        device=device,
        batch_size=batch_size_of(batch_size),
        force=force,
        dry_run=dry_run,
        progress=bar,
    )
    bar.close()
    sheets = save_sheet(drawn, folder) if sheet and not dry_run else []
    _tell(drawn, sheets, folder, wish.scale, as_json)


def _wish(
    prompts: Sequence[str],
    workspace: Workspace | None,
    run: str | None,
    base: str,
    overrides: dict[str, Any],
    *,
    negative: str | None,
    loras: tuple[str, ...],
    lora_weights: str | None,
    no_trigger: bool,
    sizes: tuple[str, ...],
    seed: str | None,
    scale: int | None,
    decoder: str | None,
    **numbers: Any,
) -> Wish:
    """What is asked for, with what was not said filled in."""
    if workspace is None and (overrides or run):
        raise click.UsageError("--set and --run are of a workspace: name it.")
    recipe = None if workspace is None else workspace.recipe(overrides)
    stack = tuple(map(parse_lora, loras))
    if workspace is not None and recipe is not None and not stack:
        stack = (_lora_of(workspace, run, recipe.sample.lora_weight),)
    if decoder == "native" and not stack:
        raise click.UsageError("--decoder native is the one beside a LoRA: name one with --lora.")
    defaults = defaults_for(base, stack, recipe)
    weights = _weights(lora_weights)
    called = [replace(lora, weight=1.0) if weights and not place else lora for place, lora in enumerate(stack)]
    trigger = "" if no_trigger else trigger_of(called)
    return Wish(
        prompts=tuple(with_trigger(trigger, prompt) for prompt in prompts),
        sizes=tuple(dict.fromkeys(map(Canvas.parse, sizes))) or (defaults.size,),
        seeds=parse_seeds(seed) if seed is not None else (defaults.seed,),
        negative_prompt=defaults.negative_prompt if negative is None else negative,
        loras=stack,
        weights=weights,
        scale=scale or defaults.scale,
        max_colors=defaults.max_colors,
        decoder=stack[0].file.with_name("native-decoder.safetensors") if decoder == "native" else None,
        **{name: getattr(defaults, name) if value is None else value for name, value in numbers.items()},
    )


def _lora_of(workspace: Workspace, run: str | None, weight: float) -> Lora:
    place = workspace.run(run)
    if not place.lora.exists():
        raise WorkspaceError(f"{place.lora}: there is no LoRA yet. Make it with: unipixel train {workspace.root}")
    return open_lora(place.lora, weight, place.name)


def _weights(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(dict.fromkeys(float(part) for part in text.split(","))) if text else ()
    except ValueError:
        raise OptionError(f"--lora-weights {text}: write numbers with commas between, such as 0,0.5,1.") from None


def batch_size_of(text: str | None) -> int | None:
    """Read ``--batch-size``: None for as many as fit into memory."""
    if text in (None, "auto"):
        return None
    if not text.isdecimal() or int(text) < 1:
        raise OptionError(f"--batch-size {text}: write a number of pictures, or auto.")
    return int(text)


def _lines(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise OptionError(f"{file}: not a text file in UTF-8. Save it as UTF-8.") from None
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise OptionError(f"{file}: there is no prompt in it. Write one a line.")
    return found


def _tell(drawn: Sequence[Drawn], sheets: Sequence[Path], folder: Path, scale: int | None, as_json: bool) -> None:
    for each in drawn:
        click.echo(json.dumps(each.to_dict(), ensure_ascii=False) if as_json else f"{each.file} ({each.state})")
    for sheet in sheets:
        click.echo(json.dumps({"sheet": str(sheet)}) if as_json else f"{sheet}")
    counts = Counter(each.state for each in drawn)
    words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    native = "" if scale else " No scale is known, so there is no true pixel art: give --scale for it."
    click.echo(f"{words}: {folder}.{native}", err=True)
