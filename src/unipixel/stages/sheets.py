"""Contact sheets of what was drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unipixel.image import load_image, save_png
from unipixel.sampling import contact_sheet
from unipixel.stages.drawing import Drawn


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
