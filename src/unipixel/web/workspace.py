"""The workspace as a whole, as operations of the API."""

from __future__ import annotations

from typing import Any

from unipixel.recipe import list_presets
from unipixel.web.operation import Asked, Operation
from unipixel.web.schema import INTEGER, SWITCH, list_of, obj, text
from unipixel.web.studio import Studio

WORKSPACE = obj(
    {
        "folder": text("Its path; empty where the studio was started without one."),
        "is_workspace": {**SWITCH, "description": "Whether it is one already, or is to be made by createWorkspace."},
        "presets": list_of(text("A name."), "Recipes that a new one may start from."),
    },
    recipe=text("Name of the recipe."),
    trigger=text("The word that calls the LoRA."),
    scale=INTEGER,
    sources=INTEGER,
    images={**INTEGER, "description": "Training images that are written."},
)
CREATE = obj({"preset": text("Of the list.")})
MODELS = list_of(obj({"path": text("As startJob takes it."), "name": text("For a person.")}))


def show_workspace(studio: Studio) -> dict[str, Any]:
    """What a page needs to know before it shows anything else."""
    root = studio.root
    about: dict[str, Any] = {
        "folder": "" if root is None else str(root.resolve()),
        "is_workspace": root is not None and (root / "recipe.toml").is_file(),
        "presets": list_presets(),
    }
    if about["is_workspace"]:
        workspace = studio.workspace
        recipe = workspace.recipe()
        about |= {
            "recipe": recipe.name,
            "trigger": recipe.trigger,
            "scale": recipe.scale,
            "sources": len(workspace.source_files()),
            "images": len(workspace.training_files()),
        }
    return about


def list_models(studio: Studio) -> list[dict[str, Any]]:
    """Base models that a job may name: the built-in one, and checkpoints in the folders of the studio."""
    found = [{"path": "micro", "name": "micro (built in, to try things out)"}]
    for folder in studio.models:
        paths = [*folder.rglob("*.safetensors"), *(path.parent for path in folder.rglob("model_index.json"))]
        found += [
            {"path": str(path.resolve()), "name": path.relative_to(folder).as_posix() if path != folder else path.name}
            for path in sorted(paths)
        ]
    return found


def _create(asked: Asked) -> Any:
    asked.studio.create(asked.text("preset"))
    return show_workspace(asked.studio)


OPERATIONS = (
    Operation(
        "showWorkspace", "GET", "/api/workspace", "The workspace that the studio was started with, in a few facts.",
        lambda asked: show_workspace(asked.studio), WORKSPACE,
    ),
    Operation(
        "createWorkspace", "POST", "/api/workspace", "Make the studio's folder a workspace.",
        _create, WORKSPACE, CREATE,
    ),
    Operation(
        "listModels", "GET", "/api/models", "Base models that jobs may use.",
        lambda asked: list_models(asked.studio), MODELS,
    ),
)  # fmt: skip
"""Of the workspace."""
