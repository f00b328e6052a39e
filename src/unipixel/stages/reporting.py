"""Gather what a workspace and its run hold into report.json, and show it as report.html."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.errors import RecipeError
from unipixel.files import read_jsonl, sha256, write_atomic
from unipixel.image import load_image
from unipixel.lora.run_files import LOSS_FILE
from unipixel.recipe import Recipe, diff_recipes, flatten, list_presets, load_recipe
from unipixel.report import render_report
from unipixel.stages.checking import check_against
from unipixel.stages.preparing import read_sources
from unipixel.stages.samples import plan_samples
from unipixel.stages.workspace import Run, Workspace
from unipixel.version import __version__

NATIVES_SHOWN = 12
"""Sources that the report shows with their natives, evenly over all and every doubtful kind."""
IMAGES_SHOWN = 36
"""Training images that the report shows."""


def write_report(workspace: Workspace, *, run: str | None = None, truth: Mapping[str, Any] | None = None) -> Path:
    """Write ``report.json`` and a self-contained ``report.html`` of all that is there so far.

    Parameters
    ----------
    workspace : Workspace
    run : str, optional
        Name of the run; that of the workspace's folder by default.
    truth : mapping, optional
        Result of a check against known natives; kept in ``truth.json`` for later reports.

    Returns
    -------
    Path
        The page.
    """
    kept = workspace.root / "truth.json"
    if truth is not None:
        write_atomic(kept, _json(truth))
    elif kept.exists():
        truth = json.loads(kept.read_text("utf-8"))
    data = gather(workspace, workspace.run(run), truth)
    write_atomic(workspace.root / "report.json", _json(data))
    return write_atomic(workspace.root / "report.html", render_report(data, workspace.root))


def gather(workspace: Workspace, run: Run, truth: Mapping[str, Any] | None) -> dict[str, Any]:
    """All that the report shows, as JSON types; paths are relative to the workspace."""
    recipe = load_recipe(run.recipe_file) if run.recipe_file.exists() else workspace.recipe()
    facts = run.facts()
    measures = json.loads(run.measures_file.read_text("utf-8")) if run.measures_file.exists() else {}
    return {
        "title": f"UniPixel report: {run.name}",
        "workspace": workspace.root.name,
        "trigger": recipe.trigger,
        "scale": recipe.scale,
        "recipe": flatten(recipe),
        "ours": {name: reason for name, reason in recipe.ours.items() if reason},
        "changes": _changes(workspace, recipe),
        "base": facts.get("base"),
        "versions": {"unipixel": __version__, **facts.get("versions", {})},
        "native": _natives(workspace),
        "truth": truth,
        "dataset": _dataset(workspace, recipe),
        "training": _training(workspace, run, recipe),
        "samples": _samples(workspace, run, recipe),
        "measures": measures.get("measures", []),
        "differences": measures.get("differences", []),
    }


def _changes(workspace: Workspace, recipe: Recipe) -> dict[str, list[Any]]:
    """What the run's recipe changes against the preset that the workspace extends."""
    for preset in list_presets():
        if f'extends = "{preset}"' in workspace.recipe_file.read_text("utf-8"):
            changes = diff_recipes(load_recipe(preset), recipe)
            return {name: list(pair) for name, pair in changes.items() if name not in ("name", "title")}
    try:
        return {name: list(pair) for name, pair in diff_recipes(workspace.recipe(), recipe).items()}
    except RecipeError:
        return {}


def _natives(workspace: Workspace) -> dict[str, Any] | None:
    rows = read_sources(workspace)
    if not rows:
        return None
    counts = Counter(row["state"] for row in rows)
    step = max(1, len(rows) // NATIVES_SHOWN)
    shown = [row for index, row in enumerate(rows) if index % step == 0][:NATIVES_SHOWN]
    return {
        "sure": counts["sure"],
        "doubtful": counts["doubtful"],
        "none": counts["none"],
        "examples": shown,
    }


def _dataset(workspace: Workspace, recipe: Recipe) -> dict[str, Any] | None:
    files = workspace.training_files()
    if not files:
        return None
    step = max(1, math.ceil(len(files) / IMAGES_SHOWN))
    return {
        "images": len(files),
        "canvases": dict(Counter(file.parent.name for file in files)),
        "examples": [_training_image(workspace, file) for file in files[::step]],
        "findings": [str(finding) for finding in check_against(workspace, recipe)],
    }


def _training_image(workspace: Workspace, file: Path) -> dict[str, Any]:
    from unipixel.color import count_colors

    caption = file.with_suffix(".txt")
    return {
        "file": workspace.relative(file),
        "caption": caption.read_text("utf-8").strip() if caption.exists() else "",
        "size": file.parent.name,
        "colors": count_colors(load_image(file)),
    }


def _training(workspace: Workspace, run: Run, recipe: Recipe) -> dict[str, Any] | None:
    if not run.lora.exists():
        return None
    losses = [[row["step"], row["loss"]] for row in read_jsonl(run.root / LOSS_FILE)]
    return {
        "steps": len(losses),
        "loss": losses,
        "seconds": None,
        "lora": workspace.relative(run.lora),
        "lora_bytes": run.lora.stat().st_size,
        "lora_sha256": sha256(run.lora),
        "rank": recipe.lora.rank,
        "targets": recipe.lora.targets,
    }


def _samples(workspace: Workspace, run: Run, recipe: Recipe) -> list[dict[str, Any]]:
    sizes: dict[str, dict[str, Any]] = {}
    for sample in plan_samples(recipe):
        files = {"base": sample.file(run, "without"), "lora": sample.file(run, "with"), "pixel": sample.pixel_file(run)}
        if not any(file.exists() for file in files.values()):
            continue
        group = sizes.setdefault(str(sample.canvas), {"size": str(sample.canvas), "seen": sample.seen, "pictures": []})
        paths = {name: workspace.relative(file) if file.exists() else None for name, file in files.items()}
        group["pictures"].append({"prompt": sample.prompt, "seed": sample.seed, **paths})
    return list(sizes.values())


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
