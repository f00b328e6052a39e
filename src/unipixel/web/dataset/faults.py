"""Balance and checks: what the data set lacks, what would spoil a training, and what mends it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unipixel.dataset.checks import Finding
from unipixel.dataset.manifest import read_manifest
from unipixel.dataset.survey import UNKNOWN, Table, survey
from unipixel.stages.balancing import plan_balance
from unipixel.stages.checking import review
from unipixel.stages.licensing import set_provenance
from unipixel.stages.mending import forget_changed_native, remove_leftovers
from unipixel.stages.preparing import training_file
from unipixel.stages.workspace import Workspace
from unipixel.web.operation import Asked

MOST = 10_000
"""Files that a request may name."""


def show_balance(workspace: Workspace) -> dict[str, Any]:
    """How often the values of every two axes meet, each cell with the search that finds its images."""
    found = survey(read_manifest(workspace.manifest))
    return {
        "images": found.images,
        "tables": [show_table(table) for table in found.tables],
        "confounds": [str(confound) for confound in found.confounds],
    }


def show_table(table: Table) -> dict[str, Any]:
    """A table with a search for each cell: where they never meet, for the images that have one of the two."""
    down, across = table.axes
    return {
        "axes": [down, across],
        "across": list(next(iter(table.counts.values()), {})),
        "information": table.information,
        "rows": [
            {
                "value": one,
                "cells": [
                    {
                        "value": two,
                        "images": count,
                        "query": f"{_term(down, one)}{' ' if count else ' OR '}{_term(across, two)}",
                        "is_empty": (one, two) in table.empty,
                    }
                    for two, count in row.items()
                ],
            }
            for one, row in table.counts.items()
        ],
    }


def _term(axis: str, value: str) -> str:
    """The search for a value of an axis."""
    if value == UNKNOWN:
        return f"{axis}:none" if axis in ("distance", "light") else f'{axis}:""'
    return f'{axis}:"{value}"' if " " in value else f"{axis}:{value}"


def show_plan(workspace: Workspace) -> list[str]:
    """What would make the data set even, a sentence for each step."""
    plan = plan_balance(workspace).plan
    return [
        f"{plan.per_canvas} images for each canvas; {plan.wanted_per_canvas} are wanted.",
        *(f"{step.source}: cut {step.images} images of it." for step in plan.crop),
        *(f"{step.source}: leave it out, it shows nearly what {step.like} shows." for step in plan.leave_out),
        *(f"{step.source} on {step.canvas}: show it {step.repeats} times." for step in plan.repeat),
        *(f"Still wanted: {step}." for step in plan.still_wanted),
    ]


def show_findings(workspace: Workspace) -> list[dict[str, Any]]:
    """What the checks have to say, each with what mends it and the image that it is of."""
    rows = [row for row in read_manifest(workspace.manifest) if row.canvas]
    names = {tag.name for row in rows for tag in row.tags}
    images = {workspace.relative(training_file(workspace, row)): row.image_id for row in rows}
    return [
        {
            **asdict(finding),
            "remedy": finding.remedy,
            "image": images.get(finding.file.removesuffix(".txt").removesuffix(".png") + ".png", ""),
            "words": _renamed(finding),
            "query": _tags_in(finding, names),
        }
        for finding in review(workspace, workspace.recipe())
    ]


def _renamed(finding: Finding) -> list[str]:
    """Tag and new tag, where another spelling mends it."""
    return shlex.split(finding.mend.removesuffix(", if so"))[-2:] if finding.remedy == "rename" else []


def _tags_in(finding: Finding, names: Collection[str]) -> str:
    """The search for images with the tags that a finding names; empty where it names none."""
    named = [word for word in re.findall(r"'([^']+)'", finding.problem) if word in names]
    return " OR ".join(f'"{word}"' if " " in word else word for word in named)


def remove(asked: Asked) -> list[str]:
    """Remove files that the checks name to be deleted."""
    workspace, files = asked.studio.workspace, asked.texts("files", MOST)
    if files and all(Path(file).suffix == ".png" and not file.startswith("natives/") for file in files):
        return [workspace.relative(forget_changed_native(workspace, file)) for file in files]
    return remove_leftovers(workspace, files)


def say_licence(asked: Asked) -> list[str]:
    """Say of sources, by patterns, where they come from and whether they may be trained on."""
    names = ("licence", "allow_train", "author", "url")
    said = {name: asked.text(name) for name in names if asked.body.get(name)}
    return set_provenance(asked.studio.workspace, said, asked.texts("patterns", MOST))
