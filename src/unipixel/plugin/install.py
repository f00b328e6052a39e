"""Copy a plug-in into a host program, or link it there; whole or not at all, and never over what is not ours."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unipixel.errors import PluginError
from unipixel.plugin.hosts import HOSTS, Host
from unipixel.version import __version__


@dataclass(frozen=True)
class Installed:
    """What was done, and what is left to do."""

    folder: Path
    """Where the plug-in lies now."""
    state: Literal["new", "replaced"]
    """``replaced``: an older one of ours was there."""
    next_steps: tuple[str, ...]
    """A sentence or command each, in order."""


def install_plugin(host: str, place: Path, *, link: bool = False) -> Installed:
    """Put a plug-in into a host program.

    Parameters
    ----------
    host : str
        Of :data:`HOSTS`.
    place : Path
        The program's folder, or its folder of plug-ins.
    link : bool
        Link to where the plug-in lies now instead of copying: it then follows that folder.

    Returns
    -------
    Installed

    Raises
    ------
    PluginError
        No such host, not its folder, something else is in the way, or no links can be made there.
    """
    if host not in HOSTS:
        raise PluginError(f"there is no plug-in for {host!r}. There are: {', '.join(HOSTS)}.")
    about, source = HOSTS[host], plugin_source(host)
    root = _root(about, place)
    target = root / about.plugins / about.folder
    was_there = _require_ours(target, source)
    aside = target.with_name(about.set_aside)
    _remove(aside)  # of an install that was killed
    aside.mkdir()
    fresh, old = aside / "new", aside / "old"
    try:
        if link:
            _link(fresh, source)
        else:
            shutil.copytree(source, fresh, ignore=shutil.ignore_patterns("__pycache__"))
    except BaseException:
        _remove(aside)
        raise
    if was_there:
        target.rename(old)
    fresh.rename(target)
    _remove(aside)
    return Installed(target, "replaced" if was_there else "new", _next_steps(about, root))


def plugin_source(host: str) -> Path:
    """Folder of a plug-in: within the package where it was installed from a wheel, beside it in a checkout.

    Raises
    ------
    PluginError
        It is in neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "integrations" / host, package.parents[1] / "integrations" / host):
        if (folder / "pyproject.toml").is_file():
            return folder
    raise PluginError(f"the plug-in for {host} is not among the installed files. Install unipixel-kit again.")


def _root(host: Host, place: Path) -> Path:
    if place.name == host.plugins and place.is_dir():
        return place.parent
    if (place / host.plugins).is_dir():
        return place
    raise PluginError(
        f"{place}: this is not the folder of {host.title}, for it has no folder {host.plugins}. Name the one that has."
    )


def _require_ours(target: Path, source: Path) -> bool:
    """Whether an older one of ours is there; anything else is refused."""
    if not os.path.lexists(target):
        return False
    if target.is_symlink() and not target.exists():  # it leads nowhere, so nothing is lost
        return True
    if _name_in(target) != _name_in(source):
        raise PluginError(f"{target}: is there already and not ours. Move it away.")
    if not target.is_symlink() and (target / ".git").exists():
        raise PluginError(f"{target}: is a clone; bring it up to date with git, or remove it first.")
    return True


def _name_in(folder: Path) -> str | None:
    """What a plug-in's ``pyproject.toml`` calls it."""
    try:
        text = (folder / "pyproject.toml").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r'^name\s*=\s*"([^"]+)"', text, flags=re.MULTILINE)
    return found[1] if found else None


def _link(name: Path, source: Path) -> None:
    try:
        name.symlink_to(source, target_is_directory=True)
    except OSError as error:
        raise PluginError(f"{name.parent}: no links can be made here ({error.strerror}). Leave --link out.") from error


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def _next_steps(host: Host, root: Path) -> tuple[str, ...]:
    """Commands and sentences; the core goes into the host's own Python, which may not be this one."""
    found = next((root / python for python in host.pythons if (root / python).exists()), None)
    python = f'"{found}"' if found else "python"
    where = "" if found else f", with the Python that {host.title} runs on"
    return (
        f"Install the core for {host.title}{where}: {python} -m pip install unipixel-kit=={__version__}",
        host.then,
    )
