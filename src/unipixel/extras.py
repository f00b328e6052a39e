"""Optional parts: ask for a heavy module, or say how to install it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from unipixel.errors import MissingExtra


def need(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional module.

    Parameters
    ----------
    module : str
        Dotted name, such as ``"torch"``.
    extra : str
        The extra that installs it, such as ``"train"``.
    purpose : str
        What it is needed for, as the subject of a sentence: ``"training"``.

    Returns
    -------
    module

    Raises
    ------
    MissingExtra
        With the command that installs it.

    Examples
    --------
    >>> need("json", extra="train", purpose="training").__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != module.split(".")[0]:
            raise
        raise MissingExtra(
            f"{purpose} needs {module}, which is not installed. Install it with: pip install 'unipixel-kit[{extra}]'"
        ) from error
