"""The workspace: a folder that a person can read, copy and go on with.

::

    recipe.toml      a preset and what differs from it
    sources/         pictures as they came, never written after `unipixel add`; tags by hand beside them
    dataset.jsonl    one line for each picture: where it came from, its grid, its crop, its tags
    natives/         what the grid finder made of each source
    doubtful/        pictures that explain what waits for a decision
    training/        the training images on the grid, with captions: a view that is made anew at will
    validation/      the same for images that are kept from the training, where the recipe asks for some
    cache/           latents and embeddings, which all runs share; made anew at will
    runs/NAME/       recipe, versions, LoRA, samples and figures of one training
    jobs/            what the studio's page started, and what it said
    report.html      everything in pictures
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unipixel.errors import WorkspaceError
from unipixel.files import write_atomic
from unipixel.recipe import Recipe, load_recipe
from unipixel.stages.lock import LOCK, hold

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})
"""Files that are taken for pictures."""

_LEFTOVERS = (".", "sources", "natives", "training/*", "validation/*")
"""Folders in which a kill may have left a file half written."""


@dataclass(frozen=True)
class Run:
    """The folder of one training."""

    root: Path
    """``runs/NAME`` in the workspace."""

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.root.name

    @property
    def recipe_file(self) -> Path:
        """The recipe as it was resolved when the training began."""
        return self.root / "recipe.toml"

    @property
    def facts_file(self) -> Path:
        """Base model, versions and hashes."""
        return self.root / "run.json"

    @property
    def lora(self) -> Path:
        """The trained LoRA."""
        return self.root / "lora.safetensors"

    @property
    def samples(self) -> Path:
        """Folder of samples: ``WIDTHxHEIGHT/with|without/NNN.png``."""
        return self.root / "samples"

    @property
    def pixel_art(self) -> Path:
        """Folder of converted samples: ``WIDTHxHEIGHT/NNN.png``."""
        return self.root / "pixel-art"

    @property
    def measures_file(self) -> Path:
        """Measured figures."""
        return self.root / "measures.json"

    def facts(self) -> dict[str, Any]:
        """Content of :attr:`facts_file`; empty before a training."""
        return json.loads(self.facts_file.read_text("utf-8")) if self.facts_file.exists() else {}


@dataclass(frozen=True)
class Workspace:
    """A workspace folder."""

    root: Path
    """The folder."""

    @classmethod
    def create(cls, root: Path, *, preset: str) -> Workspace:
        """Make a workspace, or open the one that is there.

        Raises
        ------
        WorkspaceError
            A workspace of another preset is there.
        RecipeError
            There is no such preset.
        """
        load_recipe(preset)
        workspace = cls(root)
        text = (
            f'# What differs from the preset: `unipixel recipe show {preset}` lists all of it.\nextends = "{preset}"\n'
        )
        if workspace.recipe_file.exists():
            if f'extends = "{preset}"' not in workspace.recipe_file.read_text("utf-8"):
                raise WorkspaceError(f"{root}: there is a workspace of another preset here. Choose another folder.")
        else:
            write_atomic(workspace.root / ".gitignore", f"{LOCK}\n*.part\ncache/\njobs/\n")
            write_atomic(workspace.recipe_file, text)
        workspace.sources.mkdir(parents=True, exist_ok=True)
        return workspace

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open a workspace.

        Raises
        ------
        WorkspaceError
            The folder is none.
        """
        workspace = cls(root)
        if not workspace.recipe_file.is_file():
            raise WorkspaceError(f"{root}: no workspace (no recipe.toml). Make one with: unipixel new {root}")
        return workspace

    @property
    def recipe_file(self) -> Path:
        """``recipe.toml``."""
        return self.root / "recipe.toml"

    @property
    def sources(self) -> Path:
        """Folder of pictures as they came."""
        return self.root / "sources"

    @property
    def natives(self) -> Path:
        """Folder of recovered natives."""
        return self.root / "natives"

    @property
    def manifest(self) -> Path:
        """``dataset.jsonl``."""
        return self.root / "dataset.jsonl"

    @property
    def training(self) -> Path:
        """Folder of training images and captions."""
        return self.root / "training"

    @property
    def validation(self) -> Path:
        """Folder of images and captions that are kept from the training."""
        return self.root / "validation"

    @property
    def cache(self) -> Path:
        """Folder of latents and embeddings."""
        return self.root / "cache"

    @property
    def doubtful(self) -> Path:
        """Folder of pictures that explain what waits for a decision."""
        return self.root / "doubtful"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from writing here meanwhile; takes away what a killed one left half written.

        Raises
        ------
        WorkspaceError
            Another process holds the workspace.
        """
        with hold(self.root):
            for folder in _LEFTOVERS:
                for part in self.root.glob(f"{folder}/.*.part"):
                    part.unlink(missing_ok=True)
            yield

    def recipe(self, overrides: Mapping[str, Any] | None = None) -> Recipe:
        """Load the recipe."""
        return load_recipe(self.recipe_file, overrides)

    def run(self, name: str | None = None) -> Run:
        """The run of a name; that of the workspace's folder by default."""
        return Run(self.root / "runs" / (name or self.recipe().name))

    def relative(self, path: Path) -> str:
        """A path inside the workspace as it is written in files: from the workspace, with ``/``."""
        return path.relative_to(self.root).as_posix()

    def source_files(self) -> list[Path]:
        """Pictures in :attr:`sources`, in the order of their names."""
        return sorted(path for path in self.sources.glob("**/*") if path.suffix.lower() in IMAGE_SUFFIXES)

    def training_files(self) -> list[Path]:
        """Training images, canvas by canvas, in the order of their names."""
        return sorted(self.training.glob("*x*/*.png"))
