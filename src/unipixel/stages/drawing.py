"""Draw any prompts: at any sizes and seeds, with any LoRAs, each picture raw and as true pixel art."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

from unipixel.conversion import Options, convert_with, save_conversion
from unipixel.dataset.canvas import Canvas
from unipixel.errors import OptionError
from unipixel.files import sha256
from unipixel.image import save_png
from unipixel.progress import Event, Progress, quiet
from unipixel.sampling import Drawing, Lora, check_sampler, picture_notes, plain_text
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


@dataclass(frozen=True)
class Finish:
    """What becomes of a picture once it is drawn."""

    scale: int | None = None
    """As for :class:`Wish`."""
    max_colors: int | None = None
    """Likewise."""
    decoder: Path | None = None
    """Likewise."""


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
    finish = Finish(wish.scale, wish.max_colors, wish.decoder)
    plan = place_drawings(plan_drawings(wish), folder, finish, base=base, force=force)
    if dry_run:
        return plan
    return draw_missing(plan, finish, lambda: open_base(base, device=device), batch_size=batch_size, progress=progress)


def place_drawings(
    drawings: Sequence[Drawing], folder: Path, finish: Finish, *, base: str, force: bool = False
) -> list[Drawn]:
    """Say where each picture lies, or will lie; see `draw`."""
    return [_place(drawing, finish, folder, base, force) for drawing in drawings]


def draw_missing(
    plan: Sequence[Drawn],
    finish: Finish,
    load: Callable[[], Any],
    *,
    batch_size: int | None = None,
    progress: Progress = quiet,
) -> list[Drawn]:
    """Draw what is missing of a plan, those of one size with the same LoRAs together.

    Parameters
    ----------
    plan : sequence of Drawn
        From `place_drawings`.
    finish : Finish
        The same.
    load : callable
        Loads the base; not called where all is there.
    batch_size, progress
        As for `draw`.

    Returns
    -------
    list of Drawn
        In the order of the plan.
    """
    left = [each for each in plan if each.state == "planned"]
    done = len(plan) - len(left)
    progress(Event("sample", done, len(plan)))
    if left:
        need_torch("sampling")
        loaded = load()
        groups: dict[tuple[Any, ...], list[Drawn]] = {}
        for each in left:
            groups.setdefault((each.drawing.loras, each.drawing.width, each.drawing.height), []).append(each)
        for group in groups.values():
            for each in _draw_group(loaded, finish, group, batch_size):
                done += 1
                progress(Event("sample", done, len(plan), each.file.name))
    for each in plan:
        _make_native(each, finish, anew=False)  # a picture from before may have none yet
    return [replace(each, state="drawn") if each.state == "planned" else each for each in plan]


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


def _place(drawing: Drawing, finish: Finish, folder: Path, base: str, force: bool) -> Drawn:
    file = folder / _name(drawing, base, finish.decoder)
    state: State = "kept" if file.exists() and not force else "planned"
    return Drawn(drawing, file, None if finish.scale is None else folder / NATIVE / file.name, state)


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


def _draw_group(base: Any, finish: Finish, group: Sequence[Drawn], batch_size: int | None) -> Iterator[Drawn]:
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
        decoder=None if finish.decoder is None else load_native_decoder(finish.decoder, base_hash=base.hash),
    )
    extra = {} if finish.scale is None else {"scale": finish.scale}
    for index, image in pictures:
        each = group[index]
        save_png(each.file, image, text=picture_notes(each.drawing, model, extra))
        _make_native(each, finish, anew=True)
        yield each


def _make_native(each: Drawn, finish: Finish, *, anew: bool) -> None:
    """Divide a raw picture by the scale; its notes come along."""
    if each.native is None or (each.native.exists() and not anew):
        return
    options = Options(scale=finish.scale, offset=(0.0, 0.0), colors=finish.max_colors)
    save_conversion(each.native, convert_with(each.file, options), force=True)
