"""What a studio works on: pictures that were sent, and one workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock

from unipixel.errors import WorkspaceError
from unipixel.stages.workspace import Workspace
from unipixel.web.convert.pictures import Pictures
from unipixel.web.convert.watched import Watched
from unipixel.web.jobs.jobs import Jobs
from unipixel.web.runs.planner import Planner


@dataclass(frozen=True, eq=False)
class Studio:
    """What a server is started with. All else that lasts is in the workspace's files."""

    pictures: Pictures = field(default_factory=Pictures)
    root: Path | None = None
    """Folder of the workspace, which may not be one yet; None where only pictures are converted."""
    watched: Watched | None = None
    """A folder whose new pictures come to the page."""
    models: tuple[Path, ...] = ()
    """Folders whose checkpoints may be used, besides the workspace."""

    turn: Lock = field(default_factory=Lock)
    """Held by a request while it reads or writes the data set: requests wait for each other, where commands in a shell
    are told that the workspace is in use."""

    @property
    def workspace(self) -> Workspace:
        """The workspace.

        Raises
        ------
        WorkspaceError
            The studio was started without one, or the folder is none yet.
        """
        return Workspace.open(self._folder)

    @cached_property
    def jobs(self) -> Jobs:
        """Verbs that run on the workspace, and those that ended.

        Raises
        ------
        WorkspaceError
            As :attr:`workspace`.
        """
        return Jobs(self.workspace.root)

    @cached_property
    def planner(self) -> Planner:
        """Works out the memory of trainings.

        Raises
        ------
        WorkspaceError
            As :attr:`workspace`.
        """
        return Planner(self.workspace.root)

    def create(self, preset: str) -> Workspace:
        """Make the folder a workspace.

        Raises
        ------
        WorkspaceError
            The studio was started without a folder, or a workspace of another preset is there.
        RecipeError
            There is no such preset.
        """
        return Workspace.create(self._folder, preset=preset)

    def model(self, path: str) -> Path:
        """A checkpoint that a request names: a file or folder within :attr:`models` or the workspace.

        Raises
        ------
        WorkspaceError
            It lies elsewhere, or is not there.
        """
        place = Path(path).resolve()
        fences = [folder.resolve() for folder in (*self.models, *filter(None, [self.root]))]
        if place.exists() and any(place.is_relative_to(fence) for fence in fences):
            return place
        raise WorkspaceError(f"{path}: no model of this studio. Name its folder: unipixel serve --models FOLDER.")

    @property
    def _folder(self) -> Path:
        if self.root is None:
            raise WorkspaceError("this studio has no workspace. Start it with one: unipixel serve FOLDER.")
        return self.root
