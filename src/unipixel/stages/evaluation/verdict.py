"""What an evaluation's figures say, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unipixel.evaluation import ENOUGH
from unipixel.evaluation.recommend import ON_GRID
from unipixel.stages.evaluation.plan import BASE, LORA, NO_TRIGGER

Data = Mapping[str, Any]


def verdict(data: Data) -> dict[str, Any]:
    """Sentences for a person, and whether the LoRA is good.

    Good means: nine of ten pictures lie on the grid at every size, better than the base alone, and they are not the
    training images. What words move is told, but is no condition: a data set may hold none of them. None where all
    speaks for it but the pictures are too few to say so.
    """
    grid = [row for row in data["discipline"] if row["arm"] == LORA]
    on_grid = all(row["on_grid"] >= ON_GRID * row["n"] for row in grid)
    gains = _scores(data, BASE)
    better = all(_is_above(row) for row in gains)
    too_few = all(row["mean"] > 0 and (row["units"] < ENOUGH or row["low"] > 0) for row in gains)
    copies = data["memorisation"] is not None and data["memorisation"]["memorises"]
    sentences = [
        *_few(grid),
        *_grid(grid),
        *_gain(gains, better),
        *_trigger(data),
        *_distance(data),
        *_lights(data),
        *_copies(data),
    ]
    sentences += _diversity(data)
    good = on_grid and not copies and (better or (None if too_few else False))
    return {"sentences": sentences, "good": good}


def share_on_grid(data: Data) -> tuple[int, int]:
    """Pictures of the arm ``lora`` on the grid, and all of them."""
    rows = [row for row in data["discipline"] if row["arm"] == LORA]
    return sum(row["on_grid"] for row in rows), sum(row["n"] for row in rows)


def _scores(data: Data, arm: str) -> list[Data]:
    """How far the score with the LoRA is above that of an arm, by size."""
    return [row for row in data["differences"] if row["arm"] == arm and row["metric"] == "score"]


def _is_above(row: Data) -> bool:
    return bool(row["low"] > 0 and row["units"] >= ENOUGH)


def _few(rows: Sequence[Data]) -> Iterator[str]:
    units = min(row["units"] for row in rows)
    if units < ENOUGH:
        yield f"Themes times seeds are {units}: below {ENOUGH} nothing is beyond chance. Raise evaluate.seeds."


def _grid(rows: Sequence[Data]) -> Iterator[str]:
    for seen, words in ((True, "sizes that it was trained at"), (False, "sizes that it was not trained at")):
        part = [row for row in rows if row["seen"] is seen]
        if part:
            lie, count = sum(row["on_grid"] for row in part), sum(row["n"] for row in part)
            scores = ", ".join(f"{row['size']} {row['score']['mean']:.2f}" for row in part)
            yield f"{lie} of {count} pictures lie on the grid at {words}; score by size: {scores}."


def _gain(rows: Sequence[Data], better: bool) -> Iterator[str]:
    least, most = min(row["mean"] for row in rows), max(row["mean"] for row in rows)
    how = "beyond chance at every size" if better else "not beyond chance at every size"
    yield f"Against the base alone its score changes by {least:+.2f} to {most:+.2f}, {how}."


def _trigger(data: Data) -> Iterator[str]:
    rows = _scores(data, NO_TRIGGER)
    if rows:
        words = "needs its trigger" if all(_is_above(row) for row in rows) else "draws on the grid without it as well"
        mean = sum(row["mean"] for row in rows) / len(rows)
        yield f"The trigger adds {mean:+.2f} to the score: the LoRA {words}."


def _distance(data: Data) -> Iterator[str]:
    found = data["distance"]
    if found is None:
        return
    if found["rho"] is None:
        missed = found["unmeasured"]
        yield f"What words for distance do is not known: in {missed} pictures no subject could be measured."
        return
    how = (
        "move the subject's size as they should"
        if found["low"] > 0 and found["units"] >= ENOUGH
        else "move it the wrong way"
        if found["high"] < 0 and found["units"] >= ENOUGH
        else "are not seen to move it beyond chance"
    )
    sizes = ", ".join(f"{row['word'] or 'unsaid'} {_height(row['subject'])}" for row in found["words"])
    yield (
        f"Words for distance {how}: rank correlation {found['rho']:.2f} [{found['low']:.2f}, {found['high']:.2f}], "
        f"subject {sizes}; in {found['unmeasured']} pictures it could not be measured."
    )


def _height(subject: Data | None) -> str:
    return "never measured" if subject is None else f"{subject['mean']:.0f} px"


def _lights(data: Data) -> Iterator[str]:
    moved = [row for row in data["lights"] if row["moves"]]
    still = [row for row in data["lights"] if not row["moves"]]
    if moved:
        words = ", ".join(f"{row['word']} ({row['statistic']} {row['difference']['mean']:+.2f})" for row in moved)
        yield f"Words for light that move the palette as they should: {words}."
    if still:
        words = ", ".join(f"{row['word']} ({row['statistic']} {row['difference']['mean']:+.2f})" for row in still)
        yield f"Words for light that do not, beyond chance: {words}."


def _copies(data: Data) -> Iterator[str]:
    found = data["memorisation"]
    if found is None:
        yield "Whether it memorises is not known: its training images are not at hand."
        return
    near, usual = found["nearest"]["mean"], found["training"]["mean"]
    how = "It memorises" if found["memorises"] else "It does not memorise"
    yield (
        f"{how}: {found['copies']} of {found['n']} pictures are copies of training images; the nearest one is "
        f"{near:.2f} away on average, training images {usual:.2f} from one another (0 is a copy)."
    )


def _diversity(data: Data) -> Iterator[str]:
    means = {row["arm"]: row["mean"] for row in data["diversity"] if row["size"] is None}
    if LORA in means and BASE in means:
        yield (
            f"Pictures of one prompt differ by {means[LORA]:.3f} on average in OKLab, those of the base by "
            f"{means[BASE]:.3f}."
        )
