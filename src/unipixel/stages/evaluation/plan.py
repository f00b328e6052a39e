"""The matrix of an evaluation: which pictures are drawn, and in which arm each is.

The arm ``lora`` draws every theme at every distance in every light, at every size, with every seed. The other arms
draw only what says neither distance nor light, so that each of their pictures has its like in ``lora``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from unipixel.dataset.canvas import Canvas
from unipixel.errors import OptionError
from unipixel.recipe import Recipe
from unipixel.sampling import Drawing, Lora, check_sampler, plain_text, with_trigger
from unipixel.stages.drawing_defaults import trigger_of
from unipixel.stages.evaluation.candidate import Candidate

LORA, BASE, NO_TRIGGER = "lora", "base", "no-trigger"
"""Arms: the LoRA as its recipe says; the base without it, same prompts; the LoRA without its trigger."""


@dataclass(frozen=True)
class Cell:
    """One picture of the matrix."""

    arm: str
    """One of the above, ``weight 0.5`` or ``with NAME``."""
    theme: str
    distance: str
    """Word for the distance; empty where nothing is said."""
    light: str
    """Word for the light, likewise."""
    canvas: Canvas
    seen: bool
    """Whether the LoRA was trained at this size."""
    weight: float
    """Of the LoRA; 0 in the arm ``base``."""
    drawing: Drawing

    @property
    def asked(self) -> str:
        """What the picture should show: the prompt without trigger and constants."""
        return ", ".join(word for word in (self.theme, self.distance, self.light) if word)


def plan_evaluation(candidate: Candidate, others: Sequence[Lora] = ()) -> list[Cell]:
    """Every picture of an evaluation, arm by arm.

    Parameters
    ----------
    candidate : Candidate
    others : sequence of Lora
        LoRAs that are stacked on it, each in an arm of its own, called by its own trigger too.

    Raises
    ------
    OptionError
        A prompt is not plain text, the sampler can't take so many steps, or two of the others have one name.
    """
    recipe = candidate.recipe
    check_sampler(recipe.sample.sampler, recipe.sample.steps)
    if len({other.name for other in others}) < len(others):
        raise OptionError("Two LoRAs of --lora have one name, so their arms would too: rename a file.")
    lora, trigger = candidate.lora, candidate.trigger
    cells = list(_arm(recipe, LORA, trigger, (lora,), whole=True))
    cells += _arm(recipe, BASE, trigger, ())
    if trigger:
        cells += _arm(recipe, NO_TRIGGER, "", (lora,))
    for weight in recipe.evaluate.weights:
        if weight not in (0.0, lora.weight):  # those are the arms base and lora
            cells += _arm(recipe, f"weight {weight:g}", trigger, (replace(lora, weight=weight),))
    for other in others:
        words = ", ".join(word for word in (trigger, trigger_of([other])) if word)
        cells += _arm(recipe, f"with {other.name}", words, (lora, other))
    return cells


def _arm(recipe: Recipe, arm: str, trigger: str, loras: tuple[Lora, ...], *, whole: bool = False) -> Iterator[Cell]:
    sample, evaluate = recipe.sample, recipe.evaluate
    sizes = [(canvas, True) for canvas in recipe.dataset.canvases] + [(canvas, False) for canvas in sample.unseen]
    distances = dict.fromkeys((*evaluate.distances, "")) if whole else ("",)
    lights = dict.fromkeys(("", *evaluate.lights)) if whole else ("",)
    seeds = range(sample.seed, sample.seed + evaluate.seeds)
    for (canvas, seen), theme, distance, light, seed in product(sizes, evaluate.themes, distances, lights, seeds):
        said = [*recipe.caption.constants, theme, distance, light]
        drawing = Drawing(
            prompt=plain_text(with_trigger(trigger, ", ".join(word for word in said if word))),
            negative_prompt=plain_text(sample.negative_prompt),
            width=canvas.width,
            height=canvas.height,
            seed=seed,
            steps=sample.steps,
            guidance=sample.guidance,
            sampler=sample.sampler,
            loras=loras,
        )
        yield Cell(arm, theme, distance, light, canvas, seen, loras[0].weight if loras else 0.0, drawing)
