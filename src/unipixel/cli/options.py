"""Arguments and options that several verbs share, so that they are named and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unipixel.recipe import parse_override
from unipixel.stages.base import DEFAULT_BASE
from unipixel.stages.workspace import Workspace


class Override(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """``NAME=VALUE`` for a value of the recipe."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Split it."""
        return parse_override(value) if isinstance(value, str) else value


class ColorCount(click.ParamType):  # type: ignore[type-arg]  # see above
    """A number of colours, or ``auto``."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        return value if value == "auto" else click.IntRange(1, 256).convert(value, param, ctx)


class WorkspaceFolder(click.ParamType):  # type: ignore[type-arg]  # see above
    """A folder that holds a workspace."""

    name = "WORKSPACE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Workspace:
        """Open it."""
        return value if isinstance(value, Workspace) else Workspace.open(Path(value))


workspace_argument = click.argument("workspace", type=WorkspaceFolder(), default=".")
overrides_option = click.option(
    "-s", "--set", "overrides", type=Override(), multiple=True, metavar="NAME=VALUE",
    help="Value of the recipe for this call, such as train.steps=100. Can be given several times.",
)  # fmt: skip
run_option = click.option("--run", metavar="NAME", help="Name of the run. Default: the name of the workspace's folder.")
base_option = click.option(
    "--base", default=DEFAULT_BASE, show_default=True, metavar="MODEL",
    help="Base model: an SDXL checkpoint (.safetensors), a diffusers folder, or 'micro', the small one built in.",
)  # fmt: skip
device_option = click.option(
    "--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:1 or mps."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to standard output.")
