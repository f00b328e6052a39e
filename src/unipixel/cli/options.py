"""Arguments and options that several verbs share, so that they are named and explained once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import click

from unipixel.recipe import parse_override
from unipixel.stages.base import DEFAULT_BASE
from unipixel.stages.engine import Engine, EngineName
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
prediction_option = click.option(
    "--prediction", "prediction_type", type=click.Choice(["auto", "epsilon", "v_prediction"]), default="auto",
    show_default=True,
    help="What the base model predicts; auto believes what the model says of itself.",
)  # fmt: skip
hub_option = click.option(
    "--hub",
    "allow_hub",
    is_flag=True,
    help="Take MODEL for a name on the Hugging Face Hub where there is no such path, and download it.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to standard output.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who does the work on single pictures: hands the verb an ``engine``."""

    @click.option(
        "--engine", "engine_name", type=click.Choice(get_args(EngineName)), default="local", show_default=True,
        help="All cores of this machine, or a Ray cluster whose machines see WORKSPACE at the same path.",
    )  # fmt: skip
    @click.option(
        "--workers", type=click.IntRange(min=1), metavar="N", help="Pictures at once. Default: one for each core."
    )
    @wraps(command)
    def with_engine(*args: Any, engine_name: EngineName, workers: int | None, **options: Any) -> Any:
        return command(*args, engine=Engine(engine_name, workers), **options)

    return with_engine
