"""Compare evaluated LoRAs pair by pair, and recommend one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unipixel.errors import OptionError, WorkspaceError
from unipixel.evaluation import bootstrap_units, is_below
from unipixel.evaluation.recommend import Merits, recommend
from unipixel.stages.evaluation.drawing import FOLDER
from unipixel.stages.evaluation.pages import FORMAT, REPORT, write_comparison
from unipixel.stages.evaluation.plan import LORA
from unipixel.stages.evaluation.summary import Row, paired, place_of, plain, unit_of
from unipixel.stages.evaluation.verdict import share_on_grid
from unipixel.stages.measuring import METRICS
from unipixel.stages.workspace import Workspace

Data = Mapping[str, Any]
_ALL = (*METRICS, "nearest", "adherence")
"""Figures that are compared pair by pair; ``nearest`` is the distance to the nearest training image."""


def compare(places: Sequence[Path], *, output: Path | None = None) -> dict[str, Any]:
    """Compare evaluations.

    Parameters
    ----------
    places : sequence of Path
        Each a ``report.json``, the folder of one, a run with its evaluations, or a workspace with its runs'.
    output : Path, optional
        Folder for ``report.json`` and its page; nothing is written by default.

    Returns
    -------
    dict
        ``candidates`` (figures of each), ``differences`` (each minus the recommended one, paired by theme, distance,
        light, size and seed), ``recommended`` and ``reasons``.

    Raises
    ------
    WorkspaceError
        There is no evaluation in a place.
    OptionError
        There are fewer than two, or they can't be compared.
    """
    files = list(dict.fromkeys(file.resolve() for place in places for file in _reports(place)))
    found = {name: (file, data) for name, file, data in _named([(file, read_report(file)) for file in files])}
    _check(found)
    rows = {name: _drawn(data) for name, (_, data) in found.items()}
    chosen, reasons = recommend(
        [_merits(name, data) for name, (_, data) in found.items()],
        lambda one, other: is_below(_difference(rows[one], rows[other], "score")),
    )
    root = (output or Path()).resolve()
    if len({frozenset(drawn) for drawn in rows.values()}) > 1:
        reasons = ["They were not drawn by one [evaluate]: only what two share is compared pair by pair.", *reasons]
    result = {
        "kind": "comparison",
        "format": FORMAT,
        "base": next(iter(found.values()))[1]["base"],
        "scale": next(iter(found.values()))[1]["scale"],
        "candidates": [candidate_of(name, data, file, root) for name, (file, data) in found.items()],
        "differences": [
            row for name in found if name != chosen for row in _differences(name, rows[name], chosen, rows[chosen])
        ],
        "recommended": chosen,
        "reasons": reasons,
    }
    if output is not None:
        write_comparison(result, output)
    return result


def _reports(place: Path) -> Iterator[Path]:
    """Reports in a place, a run's whole training before its checkpoints."""
    if place.is_file():
        yield place
        return
    folders = [place, *_evaluations(place)]
    if (place / "recipe.toml").is_file() and (place / "runs").is_dir():
        folders += [
            each for run in sorted((Workspace.open(place).root / "runs").iterdir()) for each in _evaluations(run)
        ]
    found = [folder / REPORT for folder in folders if _is_evaluation(folder / REPORT)]
    if not found:
        raise WorkspaceError(f"{place}: there is no evaluation here. Make one with: unipixel evaluate {place}")
    yield from found


def _evaluations(run: Path) -> list[Path]:
    def step(folder: Path) -> int:
        end = folder.name.rpartition("-")[2]
        return int(end) if end.isdigit() else 0

    return sorted((folder for folder in run.glob(f"{FOLDER}*") if folder.is_dir()), key=step)


def _is_evaluation(file: Path) -> bool:
    return file.is_file() and read_report(file).get("kind") == "evaluation"


def read_report(file: Path) -> dict[str, Any]:
    """Content of a ``report.json``.

    Raises
    ------
    WorkspaceError
        It is none.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise WorkspaceError(f"{file}: not a report of an evaluation.") from None
    if not isinstance(data, dict):
        raise WorkspaceError(f"{file}: not a report of an evaluation.")
    return data


def _named(found: Sequence[tuple[Path, dict[str, Any]]]) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Names that tell them apart: where two have one, the folders that they lie in come in front."""
    for file, data in found:
        if data.get("kind") != "evaluation":
            raise WorkspaceError(f"{file}: not a report of an evaluation.")
        if data.get("format") != FORMAT:
            raise WorkspaceError(
                f"{file}: written by another version of UniPixel. Evaluate again: nothing is drawn anew."
            )
    names = [data["name"] for _, data in found]
    for file, data in found:
        name = data["name"]
        if names.count(name) > 1:
            name = f"{name} in {file.parent}"
        yield name, file, data


def _check(found: Mapping[str, tuple[Path, Data]]) -> None:
    if len(found) < 2:
        raise OptionError("There is only one evaluation: give two or more to compare.")
    (first, (_, one)), *rest = found.items()
    for name, (_, other) in rest:
        if one["scale"] != other["scale"]:
            raise OptionError(
                f"{first} is of scale x{one['scale']} and {name} of x{other['scale']}: they draw other things, "
                "so that no figure of them compares."
            )
        if one["base"]["hash"] != other["base"]["hash"]:
            raise OptionError(
                f"{first} was drawn with the base {one['base']['name']} and {name} with {other['base']['name']}: "
                "evaluate both with one base."
            )
        if not _drawn(one).keys() & _drawn(other).keys():
            raise OptionError(
                f"{first} and {name} share no theme, distance, light, size and seed: evaluate both by one [evaluate]."
            )


def _drawn(data: Data) -> dict[tuple[Any, ...], Row]:
    rows = [row for row in data["samples"] if row["arm"] == LORA]
    return {place_of(row): {**row, "nearest": row["nearest"] and row["nearest"]["distance"]} for row in rows}


def _pairs(one: Mapping[Any, Row], other: Mapping[Any, Row], metric: str) -> list[tuple[Row, Row]]:
    both = [(one[place], other[place]) for place in one if place in other]
    return [(a, b) for a, b in both if a.get(metric) is not None and b.get(metric) is not None]


def _difference(one: Mapping[Any, Row], other: Mapping[Any, Row], metric: str) -> Any:
    pairs = _pairs(one, other, metric)
    return paired(pairs, metric) if pairs else None


def _differences(name: str, one: Mapping[Any, Row], against: str, other: Mapping[Any, Row]) -> Iterator[dict[str, Any]]:
    for metric in _ALL:
        interval = _difference(one, other, metric)
        if interval is not None:
            count = len(_pairs(one, other, metric))
            row = {"candidate": name, "against": against, "metric": metric, **plain(interval)}
            yield {**row, "n": count, "units": interval.n}


def steerability(data: Data) -> float | None:
    """Mean rank correlation of distance and of each light with what it should move; None where no word was tried."""
    told = [row["rho"] for row in (data["distance"], *data["lights"]) if row is not None and row["rho"] is not None]
    return float(np.mean(told)) if told else None


def _merits(name: str, data: Data) -> Merits:
    on_grid, count = share_on_grid(data)
    copies, shown = data["memorisation"], _of_lora(data["adherence"])
    return Merits(
        name=name,
        on_grid=on_grid / count,
        score=_mean(data, "score")["mean"],
        copies=None if copies is None else copies["copies"] / copies["n"],
        memorises=copies is not None and copies["memorises"],
        steerability=steerability(data),
        adherence=None if shown is None else shown["mean"],
    )


def candidate_of(name: str, data: Data, file: Path, root: Path) -> dict[str, Any]:
    """Figures of one evaluation as a comparison tells them.

    Parameters
    ----------
    name : str
    data : mapping
        Its report.
    file : Path
        Of the report.
    root : Path
        From where its folder is told.
    """
    on_grid, count = share_on_grid(data)
    return {
        "name": name,
        "folder": Path(os.path.relpath(file.parent, root)).as_posix(),
        "step": data["lora"]["step"],
        "n": count,
        "on_grid": on_grid,
        **{metric: _mean(data, metric) for metric in METRICS},
        "steerability": steerability(data),
        "distance": data["distance"],
        "lights": data["lights"],
        "memorisation": data["memorisation"],
        "diversity": _of_lora([row for row in data["diversity"] if row["size"] is None]),
        "adherence": _of_lora(data["adherence"]),
        "changes": data["changes"],
        "good": data["verdict"]["good"],
    }


def _mean(data: Data, metric: str) -> dict[str, float]:
    rows = list(_drawn(data).values())
    return plain(bootstrap_units([row[metric] for row in rows], [unit_of(row) for row in rows]))


def _of_lora(rows: Sequence[Data]) -> Data | None:
    return next((row for row in rows if row["arm"] == LORA), None)
