"""Which of several LoRAs to use, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unipixel.errors import UniPixelError

ON_GRID = 0.9
"""Share of pictures that must lie on the grid; ours: what else a LoRA can do is worth little without it."""
AS_GOOD = 0.1
"""Difference of steerability that decides nothing, on its scale of -1 to 1; ours."""


@dataclass(frozen=True)
class Merits:
    """What is known of a LoRA."""

    name: str
    on_grid: float
    """Share of its pictures that lie on the grid, 0 to 1."""
    score: float
    """Mean score of grid discipline, 0 to 1."""
    copies: float | None = None
    """Share of its pictures that are copies of training images; None where that is not known."""
    memorises: bool = False
    """Whether that is too many."""
    steerability: float | None = None
    """Mean rank correlation of its words with what they should move, -1 to 1; None where no word was tried."""
    adherence: float | None = None
    """Mean likeness of pictures to their prompts; None without a CLIP model."""


IsWorse = Callable[[str, str], bool]
"""Whether the first's score is below the second's beyond chance, by name."""


def recommend(candidates: Sequence[Merits], is_worse: IsWorse) -> tuple[str, list[str]]:
    """Choose one, in this order.

    1. Those that do not keep the grid are out: less than :data:`ON_GRID` of their pictures lie on it.
    2. Those that memorise are out: a LoRA that copies its training images keeps the grid best of all.
    3. Of the rest, those whose score is not below the best one's beyond chance.
    4. Of these, the most steerable, and all within :data:`AS_GOOD` of it.
    5. Of these, the one that shows its prompts best; where that is not known, the one with the best score.

    A step that would leave none is left out, and says so.

    Parameters
    ----------
    candidates : sequence of Merits
        Each with a name of its own; earlier ones win ties.
    is_worse : callable

    Returns
    -------
    name : str
    reasons : list of str
        One sentence a step that decided something, and one on the winner.

    Raises
    ------
    UniPixelError
        There is none to choose from.
    """
    if not candidates:
        raise UniPixelError("There is nothing to choose from.")
    reasons: list[str] = []
    left = list(candidates)
    left = _keep(left, [each for each in left if each.on_grid >= ON_GRID], reasons, "does not keep the grid", _on_grid)
    left = _keep(left, [each for each in left if not each.memorises], reasons, "memorises", _copies)
    best = max(left, key=lambda each: each.score)
    close = [each for each in left if not is_worse(each.name, best.name)]
    left = _keep(left, close, reasons, f"scores below {best.name} beyond chance", _score)
    if all(each.steerability is not None for each in left):
        most = max(_steer(each) for each in left)
        near = [each for each in left if _steer(each) >= most - AS_GOOD]
        left = _keep(left, near, reasons, "follows its words less", _words)
    shown = all(each.adherence is not None for each in left)
    chosen = max(left, key=lambda each: (each.adherence or 0.0 if shown else 0.0, each.score))
    others = [each.name for each in left if each is not chosen]
    if others:
        by = "shows its prompts best" if shown else "has the best score"
        reasons.append(f"{_listed(others)} would do as well; of these {chosen.name} {by}.")
    reasons.append(f"{chosen.name}: {_on_grid(chosen)}, {_score(chosen)}, {_copies(chosen)}, {_words(chosen)}.")
    return chosen.name, reasons


def _keep(
    before: list[Merits], after: list[Merits], reasons: list[str], fault: str, why: Callable[[Merits], str]
) -> list[Merits]:
    if not after:
        reasons.append(f"Every one left {fault}, so that this decides nothing.")
        return before
    for each in before:
        if each not in after:
            reasons.append(f"{each.name} {fault}: {why(each)}.")
    return after


def _steer(each: Merits) -> float:
    return each.steerability if each.steerability is not None else -1.0


def _on_grid(each: Merits) -> str:
    return f"{each.on_grid:.0%} of its pictures lie on the grid"


def _score(each: Merits) -> str:
    return f"score {each.score:.3f}"


def _copies(each: Merits) -> str:
    return "copies not counted" if each.copies is None else f"{each.copies:.0%} copies of training images"


def _words(each: Merits) -> str:
    return "no words tried" if each.steerability is None else f"steerability {each.steerability:.2f}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
