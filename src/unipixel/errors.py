"""Every error that UniPixel raises on purpose.

::

    UniPixelError
    ├── ImageError          a picture can't be read, written or used
    ├── GridError           the pixel grid of a picture
    │   ├── NoGridFound     the picture has no grid that we could name
    │   └── GridMismatch    a grid was given that the picture does not have
    ├── PaletteError        a palette can't be read or does not fit
    ├── OptionError         an option is out of its range, or contradicts another
    ├── CanvasError         a canvas that can't hold native pixels
    ├── CaptionError        a caption or tag that trainers would misread
    ├── QueryError          a search that can't be understood
    ├── RecipeError         a recipe; carries every problem at once in ``.problems``
    ├── DatasetError        a data set; carries every problem at once in ``.problems``
    ├── ExportError         an export can't be written there
    ├── PluginError         a plug-in can't be put there
    ├── WorkspaceError      a workspace folder is missing a part or is in use
    ├── ModelError          a base model or a LoRA file can't be used
    ├── Diverged            a training left the finite numbers
    ├── OutOfMemory         a device has no room for what was asked of it
    ├── ResultError         a run ended, but its own final check failed
    ├── WorkerLost          a worker process was stopped from outside
    └── MissingExtra        an optional part is not installed

A message says what was wrong, where, and what to do next, in one or two sentences.
"""

from __future__ import annotations

from collections.abc import Sequence


class UniPixelError(Exception):
    """Base class: catch this to catch everything that UniPixel raises on purpose."""

    exit_code = 2


class ImageError(UniPixelError):
    """A picture can't be read, written or used."""


class GridError(UniPixelError):
    """Something about the pixel grid of a picture."""


class NoGridFound(GridError):
    """The picture has no grid that we could name."""


class GridMismatch(GridError):
    """A grid was given that the picture does not have."""


class PaletteError(UniPixelError):
    """A palette can't be read or does not fit."""


class OptionError(UniPixelError):
    """An option is out of its range, or contradicts another."""


class CanvasError(UniPixelError):
    """A canvas that can't hold whole native pixels."""


class CaptionError(UniPixelError):
    """A caption or tag that trainers would misread."""


class QueryError(UniPixelError):
    """A search over the data set that can't be understood."""


class ManyProblems(UniPixelError):
    """An error that lists every problem at once.

    Attributes
    ----------
    problems : tuple of str
        One sentence each.
    """

    def __init__(self, title: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(title + "".join(f"\n  - {problem}" for problem in self.problems))


class RecipeError(ManyProblems):
    """A recipe that can't be run; lists every problem."""


class DatasetError(ManyProblems):
    """A data set that would spoil a training; lists every problem."""

    exit_code = 1


class WorkspaceError(UniPixelError):
    """A workspace folder is missing a part, or is in use."""


class ExportError(UniPixelError):
    """An export can't be written there, or may not be."""


class PluginError(UniPixelError):
    """A plug-in can't be put there."""


class ModelError(UniPixelError):
    """A base model or a LoRA file can't be used."""


class Diverged(UniPixelError):
    """A training left the finite numbers; the last good checkpoint is named."""

    exit_code = 1


class OutOfMemory(UniPixelError):
    """A device has no room for what was asked of it; names the settings that would need less."""

    exit_code = 1


class ResultError(ManyProblems):
    """A run ended, but its own final check failed."""

    exit_code = 1


class WorkerLost(UniPixelError):
    """A worker process was stopped from outside."""


class MissingExtra(UniPixelError):
    """An optional part of UniPixel is not installed."""
