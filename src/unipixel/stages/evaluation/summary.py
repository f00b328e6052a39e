"""From the figures of single pictures to those of an evaluation: means with intervals, differences, correlations.

Every interval is a 95 % bootstrap over independent units, which are themes with seeds; ``n`` counts pictures (or
pairs), ``units`` what was resampled.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.evaluation import (
    LIGHT_EFFECTS,
    Interval,
    blocked_correlation,
    bootstrap,
    bootstrap_units,
    copy_bound,
    is_above,
    mean_pairwise_distance,
    memorises,
)
from unipixel.image import load_image
from unipixel.stages.evaluation.plan import LORA
from unipixel.stages.measuring import METRICS

Row = Mapping[str, Any]
PLACE = ("theme", "distance", "light", "size", "seed")
"""What tells the pictures of an arm apart, and pairs them with those of another."""


def discipline(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Grid discipline of each arm at each size."""
    return [
        {
            "arm": arm,
            "size": size,
            "seen": group[0]["seen"],
            "n": len(group),
            "units": len({unit_of(row) for row in group}),
            "on_grid": sum(row["is_on_grid"] for row in group),
            **{metric: plain(_mean(group, metric)) for metric in METRICS},
        }
        for (arm, size), group in grouped(rows, "arm", "size").items()
    ]


def differences(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Arm ``lora`` minus each other arm, of the same theme, size and seed."""
    with_lora = {place_of(row): row for row in rows if row["arm"] == LORA}
    found = []
    for (arm, size), group in grouped(rows, "arm", "size").items():
        pairs = [(with_lora[place_of(row)], row) for row in group if arm != LORA]
        for metric in METRICS if pairs else ():
            interval = paired(pairs, metric)
            found.append(
                {"arm": arm, "size": size, "metric": metric, **plain(interval), "n": len(pairs), "units": interval.n}
            )
    return found


def distance(rows: Sequence[Row], words: Sequence[str]) -> dict[str, Any] | None:
    """Whether the words for distance, from near to far, make the subject smaller.

    Returns
    -------
    dict or None
        ``rho``: 1 where every nearer word gave a larger subject, theme by theme; None without two words.
    """
    drawn = [row for row in rows if row["arm"] == LORA]
    told = [row for row in drawn if row["distance"] in words]
    known = [row for row in told if row["subject"] is not None]
    if len(words) < 2:
        return None
    interval = blocked_correlation(
        [-words.index(row["distance"]) for row in known],
        [row["subject"] for row in known],
        [(row["theme"], row["light"], row["size"], row["seed"]) for row in known],
        [unit_of(row) for row in known],
    )
    by_word = {word: [row for row in known if row["distance"] == word] for word in words}
    return {
        **_rho(interval),
        "n": len(known),
        "unmeasured": len(told) - len(known),
        "words": [
            {"word": word, "n": len(group), "subject": plain(_mean(group, "subject")) if group else None}
            for word, group in by_word.items()
        ],
    }


def lights(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Whether each word for the light moves its figure of the palette, against the picture without the word."""
    drawn = {place_of(row): row for row in rows if row["arm"] == LORA}
    found = []
    for word in dict.fromkeys(row["light"] for row in drawn.values() if row["light"]):
        effect = LIGHT_EFFECTS[word]
        way = 1 if effect.expected == "higher" else -1
        pairs = [
            (row, drawn[place_of({**row, "light": ""})]) for row in drawn.values() if row["light"] == word
        ]  # fmt: skip
        change = paired(pairs, effect.statistic)
        rho = bootstrap_units(
            [float(np.sign(way * (one[effect.statistic] - other[effect.statistic]))) for one, other in pairs],
            [unit_of(one) for one, _ in pairs],
        )
        signed = paired(pairs, effect.statistic, way)
        found.append(
            {
                "word": word,
                "statistic": effect.statistic,
                "expected": effect.expected,
                "n": len(pairs),
                "units": change.n,
                "difference": plain(change),
                **_rho(rho),
                "moves": is_above(signed),
            }
        )
    return found


def diversity(rows: Sequence[Row], root: Path) -> list[dict[str, Any]]:
    """How different the pictures of one prompt are, by arm and size, and by arm over all sizes (size None).

    Of prompts that say neither distance nor light, so that arms compare; the independent unit is the theme.
    """
    neutral = [row for row in rows if not row["distance"] and not row["light"]]
    values: dict[tuple[str, str], dict[str, float]] = {}
    for (arm, size, theme), group in grouped(neutral, "arm", "size", "theme").items():
        mean = mean_pairwise_distance([load_image(root / row["native"]) for row in group])
        if mean is not None:
            values.setdefault((arm, size), {})[theme] = mean
    found = []
    for arm in dict.fromkeys(arm for arm, _ in values):
        of_arm = {size: of_size for (a, size), of_size in values.items() if a == arm}
        every = [(theme, value) for of_size in of_arm.values() for theme, value in of_size.items()]
        whole = bootstrap_units([value for _, value in every], [theme for theme, _ in every])
        found.append({"arm": arm, "size": None, **plain(whole), "n": len(every)})
        for size, of_size in of_arm.items():
            interval = bootstrap(list(of_size.values()))
            found.append({"arm": arm, "size": size, **plain(interval), "n": interval.n})
    return found


def memorisation(rows: Sequence[Row], training: Sequence[float]) -> dict[str, Any] | None:
    """How near the pictures drawn with the LoRA come to training images; None where those are not at hand."""
    drawn = [row for row in rows if row["arm"] == LORA and row["nearest"] is not None]
    if not training or not drawn:
        return None
    bound = copy_bound(training)
    distances = [row["nearest"]["distance"] for row in drawn]
    copies = sum(value < bound for value in distances)
    return {
        "copies": copies,
        "n": len(drawn),
        "bound": bound,
        "memorises": memorises(copies, len(drawn)),
        "nearest": plain(bootstrap_units(distances, [unit_of(row) for row in drawn])),
        "training": plain(bootstrap(list(training))),
    }


def adherence(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """How well pictures show their prompts, by arm; empty without a CLIP model."""
    known = [row for row in rows if row["adherence"] is not None]
    return [
        {"arm": arm, **plain(_mean(group, "adherence")), "n": len(group)}
        for (arm,), group in grouped(known, "arm").items()
    ]


def grouped(rows: Sequence[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by some of their fields, in the order of their first ones."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def place_of(row: Row) -> tuple[Any, ...]:
    """See :data:`PLACE`."""
    return tuple(row[name] for name in PLACE)


def unit_of(row: Row) -> Hashable:
    """The independent unit of a picture: its theme and its seed."""
    return row["theme"], row["seed"]


def paired(pairs: Sequence[tuple[Row, Row]], metric: str, way: float = 1.0) -> Interval:
    """Mean of the first minus the second of pairs, times ``way``, with an interval over units."""
    return bootstrap_units(
        [way * (one[metric] - other[metric]) for one, other in pairs], [unit_of(one) for one, _ in pairs]
    )


def plain(interval: Interval) -> dict[str, float]:
    """Mean and bounds as JSON types."""
    return {"mean": interval.mean, "low": interval.low, "high": interval.high}


def _mean(rows: Sequence[Row], name: str) -> Interval:
    return bootstrap_units([row[name] for row in rows], [unit_of(row) for row in rows])


def _rho(interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {"rho": None, "low": None, "high": None, "units": 0}
    return {"rho": interval.mean, "low": interval.low, "high": interval.high, "units": interval.n}
