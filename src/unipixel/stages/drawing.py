"""Draw any prompts: at any sizes and seeds, with any LoRAs, each picture raw and as true pixel art."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from pathlib import Path
from typing import Any, Literal

from unipixel.conversion import Options, convert_with, save_conversion
from unipixel.dataset.canvas import Canvas
from unipixel.errors import OptionError
from unipixel.files import sha256
from unipixel.image import load_image, save_png
from unipixel.progress import Event, Progress, quiet
from unipixel.sampling import Drawing, Lora, check_sampler, contact_sheet, picture_notes, plain_text
from unipixel.stages.base import need_torch, open_base

NATIVE = "native"
"""Folder of the true pixel art, in that of the raw pictures, under the same names."""

State = Literal["drawn", "kept", "planned"]
_LONGEST_NAME = 48


@dataclass(frozen=True)
class Wish:
    """What is to be drawn: every prompt with every seed, at every size, at every weight of the first LoRA."""

    prompts: tuple[str, ...]
    """Whole prompts, the trigger word included."""
    sizes: tuple[Canvas, ...]
    seeds: tuple[int, ...]
    negative_prompt: str
    steps: int
    guidance: float
    sampler: str
    """A name of :data:`unipixel.sampling.SAMPLER_NAMES`."""
    loras: tuple[Lora, ...] = ()
    """All of them at once, each at its weight."""
    weights: tuple[float, ...] = ()
    """Weights of the first LoRA to compare; none for its own alone."""
    scale: int | None = None
    """Canvas px per native px; None where it is not known: then there is no true pixel art."""
    max_colors: int | None = None
    """Most colours of a native; None leaves its own."""
    decoder: Path | None = None
    """A native decoder that decodes instead of the autoencoder: its pictures are on the grid whatever was drawn."""


@dataclass(frozen=True)
class Drawn:
    """One picture and where it lies."""

    drawing: Drawing
    file: Path
    """The raw picture."""
    native: Path | None
    """The true pixel art; None without a scale."""
    state: State

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON types."""
        drawing = self.drawing
        return {
            "file": str(self.file),
            "native": None if self.native is None else str(self.native),
            "state": self.state,
            "prompt": drawing.prompt,
            "negative_prompt": drawing.negative_prompt,
            "size": f"{drawing.width}x{drawing.height}",
            "seed": drawing.seed,
            "steps": drawing.steps,
            "guidance": drawing.guidance,
            "sampler": drawing.sampler,
            "loras": [{"file": str(lora.file), "weight": lora.weight} for lora in drawing.loras],
        }


def plan_drawings(wish: Wish) -> list[Drawing]:
    """Every picture of a wish: by weight of the LoRA, then size, prompt and seed.

    Raises
    ------
    OptionError
        A value is out of its range, a prompt is not plain text, or weights are compared without a LoRA.
    CanvasError
        A size is no whole number of native pixels.
    """
    _check(wish)
    negative = plain_text(wish.negative_prompt)
    prompts = dict.fromkeys(plain_text(prompt) for prompt in wish.prompts)
    stacks = [(replace(wish.loras[0], weight=weight), *wish.loras[1:]) for weight in wish.weights] or [wish.loras]
    return [
        Drawing(
            prompt=prompt,
            negative_prompt=negative,
            width=size.width,
            height=size.height,
            seed=seed,
            steps=wish.steps,
            guidance=wish.guidance,
            sampler=wish.sampler,
            loras=stack,
        )
        for stack, size, prompt, seed in product(stacks, wish.sizes, prompts, wish.seeds)
    ]


def draw(
    wish: Wish,
    folder: Path,
    *,
    base: str,
    device: str = "auto",
    batch_size: int | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress = quiet,
) -> list[Drawn]:
    """Draw what is missing of a wish, and save each picture as soon as it is there.

    A picture's name follows from its prompt, its seed and everything else that it depends on; so the same wish finds
    its pictures again, another one lies beside them, and nothing is overwritten.

    Parameters
    ----------
    wish : Wish
    folder : Path
        Raw pictures; true pixel art in its folder :data:`NATIVE`.
    base : str
        Base model: a path, or ``micro`` for the embedded one.
    device : str
        As for :func:`~unipixel.stages.training.train`.
    batch_size : int, optional
        Pictures at once; as many as fit into memory by default.
    force : bool
        Draw those too that are there.
    dry_run : bool
        Say what would be drawn, and load nothing.
    progress : Progress
        Told after each picture.

    Returns
    -------
    list of Drawn
        In the order of `plan_drawings`.

    Raises
    ------
    OptionError, CanvasError
        As for `plan_drawings`.
    ModelError
        The base or a LoRA can't be used, or one picture does not fit into memory.
    """
    plan = [_place(drawing, wish, folder, base, force) for drawing in plan_drawings(wish)]
    if dry_run:
        return plan
    left = [each for each in plan if each.state == "planned"]
    done = len(plan) - len(left)
    progress(Event("sample", done, len(plan)))
    if left:
        need_torch("sampling")
        loaded = open_base(base, device=device)
        for _, group in groupby(left, key=lambda each: (each.drawing.loras, each.drawing.width, each.drawing.height)):
            for each in _draw_group(loaded, wish, list(group), batch_size):
                done += 1
                progress(Event("sample", done, len(plan), each.file.name))
    for each in plan:
        _make_native(each, wish, anew=False)  # a picture from before may have none yet
    return [replace(each, state="drawn") if each.state == "planned" else each for each in plan]


def save_sheet(drawn: Sequence[Drawn], folder: Path) -> list[Path]:
    """Write a contact sheet for each size: prompts down, seeds across; or weights across, where they are compared.

    Parameters
    ----------
    drawn : sequence of Drawn
        Of one wish, all there.
    folder : Path

    Returns
    -------
    list of Path
    """
    sheets = []
    for size in dict.fromkeys((each.drawing.width, each.drawing.height) for each in drawn):
        group = [each for each in drawn if (each.drawing.width, each.drawing.height) == size]
        name = hashlib.sha256("".join(each.file.name for each in group).encode()).hexdigest()[:8]
        sheets.append(save_png(folder / f"sheet-{size[0]}x{size[1]}-{name}.png", _sheet(group)))
    return sheets


def _check(wish: Wish) -> None:
    if wish.decoder is not None and not wish.decoder.is_file():
        raise OptionError(
            f"{wish.decoder}: no native decoder beside the LoRA. Trainings write it; use --decoder autoencoder."
        )
    check_sampler(wish.sampler, wish.steps)
    if not wish.prompts:
        raise OptionError("There is no prompt to draw. Say one with --prompt, or name a file of them with --prompts.")
    if wish.weights and not wish.loras:
        raise OptionError("--lora-weights compares weights of a LoRA: name one with --lora.")
    for size in wish.sizes:
        if wish.scale is not None:
            size.native_size(wish.scale)


def _place(drawing: Drawing, wish: Wish, folder: Path, base: str, force: bool) -> Drawn:
    file = folder / _name(drawing, base, wish.decoder)
    state: State = "kept" if file.exists() and not force else "planned"
    return Drawn(drawing, file, None if wish.scale is None else folder / NATIVE / file.name, state)


def _name(drawing: Drawing, base: str, decoder: Path | None) -> str:
    """File name: first words of the prompt, seed, and eight digits for everything that the picture depends on."""
    facts = {
        **vars(drawing),
        "base": Path(base).name,
        "loras": [(lora.hash, lora.weight) for lora in drawing.loras if lora.weight],
    }
    if decoder is not None:
        facts["decoder"] = sha256(decoder)
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:8]
    words = re.sub(r"[^a-z0-9]+", "-", drawing.prompt.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{words or 'picture'}-s{drawing.seed}-{digest}.png"


def _draw_group(base: Any, wish: Wish, group: Sequence[Drawn], batch_size: int | None) -> Iterator[Drawn]:
    """Draw pictures of one size with the same LoRAs."""
    from unipixel.diffusion.native_decoder import load_native_decoder
    from unipixel.diffusion.sample import sample_images
    from unipixel.diffusion.schedulers import model_note

    first, model = group[0].drawing, model_note(base)
    pictures = sample_images(
        base,
        [each.drawing.prompt for each in group],
        negative_prompt=first.negative_prompt,
        width=first.width,
        height=first.height,
        steps=first.steps,
        guidance=first.guidance,
        seeds=[each.drawing.seed for each in group],
        loras=[(lora.file, lora.weight) for lora in first.loras],
        sampler=first.sampler,
        batch_size=batch_size,
        decoder=None if wish.decoder is None else load_native_decoder(wish.decoder, base_hash=base.hash),
    )
    extra = {} if wish.scale is None else {"scale": wish.scale}
    for index, image in pictures:
        each = group[index]
        save_png(each.file, image, text=picture_notes(each.drawing, model, extra))
        _make_native(each, wish, anew=True)
        yield each


def _make_native(each: Drawn, wish: Wish, *, anew: bool) -> None:
    """Divide a raw picture by the scale; its notes come along."""
    if each.native is None or (each.native.exists() and not anew):
        return
    options = Options(scale=wish.scale, offset=(0.0, 0.0), colors=wish.max_colors)
    save_conversion(each.native, convert_with(each.file, options), force=True)


def _sheet(group: Sequence[Drawn]) -> Any:
    """The sheet of pictures of one size."""
    stacks = list(dict.fromkeys(each.drawing.loras for each in group))
    prompts = list(dict.fromkeys(each.drawing.prompt for each in group))
    seeds = list(dict.fromkeys(each.drawing.seed for each in group))
    places = {(each.drawing.loras, each.drawing.prompt, each.drawing.seed): each.native or each.file for each in group}
    if len(stacks) > 1:
        rows = [(prompt, seed) for prompt in prompts for seed in seeds]
        cells = [[places[stack, prompt, seed] for stack in stacks] for prompt, seed in rows]
        labels = [f"seed {seed}: {prompt}" for prompt, seed in rows]
        columns = [f"{stack[0].name} x{stack[0].weight:g}" for stack in stacks]
    else:
        cells = [[places[stacks[0], prompt, seed] for seed in seeds] for prompt in prompts]
        labels, columns = prompts, [f"seed {seed}" for seed in seeds]
    return contact_sheet([[load_image(file) for file in row] for row in cells], rows=labels, columns=columns)
