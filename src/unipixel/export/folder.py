"""Write a folder whole or not at all, and never over one that somebody else wrote."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from unipixel.errors import ExportError
from unipixel.export.model import Content
from unipixel.files import sha256
from unipixel.progress import Event, Progress, quiet

MANIFEST = "export.json"
"""In every export: what it is of, and each file with its hash. A folder with it is ours to write anew."""
FORMAT = "unipixel-export"
VERSION = (1, 0)
"""(major, minor) of :data:`MANIFEST`; another major is not read."""

State = Literal["absent", "same", "other"]
"""A folder against what would be written: not there (or empty), byte for byte the same, an earlier export of ours."""


@dataclass(frozen=True)
class Existing:
    """What is in a folder already."""

    state: State
    """See :data:`State`."""
    strange: tuple[str, ...] = ()
    """Files that are not as we wrote them, or that we did not write, sorted."""


def inspect_folder(folder: Path, facts: Mapping[str, Any], hashes: Mapping[str, str]) -> Existing:
    """Compare a folder with what would be written.

    Raises
    ------
    ExportError
        It is not empty and no export of ours, or one of a later UniPixel.
    """
    _finish_swap(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Existing("absent")
    earlier = read_export(folder)
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {MANIFEST}
    written = earlier["files"]
    strange = [name for name in sorted(there) if name not in written or sha256(folder / name) != written[name]]
    whole = not strange and there == set(written)
    return Existing("same" if whole and earlier == _manifest(facts, hashes) else "other", tuple(strange))


def read_export(folder: Path) -> dict[str, Any]:
    """Read the manifest of an export.

    Raises
    ------
    ExportError
        There is none, it is damaged, of another major version, or names a file outside of its folder.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise ExportError(
            f"{folder}: what is here is no export of UniPixel, so it stays as it is. Choose another folder."
        )
    try:
        manifest: dict[str, Any] = json.loads(file.read_text("utf-8"))
        version = [int(part) for part in str(manifest["version"]).split(".")]
        outside = [name for name in manifest["files"] if not is_inside(name)]
        known = manifest["format"] == FORMAT
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{file}: damaged ({error!r}). Delete the folder, or choose another.") from None
    if not known or version[0] != VERSION[0]:
        raise ExportError(f"{file}: written in version {manifest['version']}, which this UniPixel does not know.")
    if outside:
        raise ExportError(
            f"{file}: names files outside of its folder: {', '.join(outside[:3])}. Choose another folder."
        )
    return manifest


def is_inside(name: str) -> bool:
    """Whether a path is relative, with ``/``, and stays in its folder on every system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and not set(name) & set("\\:")


def hash_content(content: Content) -> str:
    """SHA-256 of what a file will hold."""
    if isinstance(content, Path):
        return sha256(content)
    if isinstance(content, str):
        return sha256(content.encode("utf-8"))
    sink = _Hashing()
    content(sink)  # type: ignore[arg-type]  # it writes, and no more
    return sink.digest.hexdigest()


def write_folder(
    folder: Path,
    files: Mapping[str, Content],
    facts: Mapping[str, Any],
    hashes: Mapping[str, str],
    *,
    hard_links: bool = False,
    progress: Progress = quiet,
) -> None:
    """Write all files beside the folder, then put them in its place: a reader sees the old ones or the new.

    Raises
    ------
    ExportError
        A hard link can't be made here.
    OSError
        No room, no permission; the folder is as it was.
    """
    part = _beside(folder, "part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for index, (name, content) in enumerate(files.items()):
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, content, hard_links)
            progress(Event("export", index + 1, len(files), name))
        (part / MANIFEST).write_text(_dump(_manifest(facts, hashes)), "utf-8", newline="\n")
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    old = _beside(folder, "old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def _write(target: Path, content: Content, hard_links: bool) -> None:
    if isinstance(content, Path):
        if not hard_links:
            shutil.copyfile(content, target)
            return
        try:
            os.link(content, target)
        except OSError as error:
            raise ExportError(
                f"{target}: no hard link to {content} ({error.strerror}). Leave --hard-links away."
            ) from None
    elif isinstance(content, str):
        target.write_text(content, "utf-8", newline="\n")
    else:
        with target.open("wb") as file:
            content(file)


def _finish_swap(folder: Path) -> None:
    """After a kill between the two renames the folder is away and the old one beside it: put it back."""
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        os.replace(old, folder)


def _beside(folder: Path, word: str) -> Path:
    place = folder.absolute()
    return place.with_name(f".{place.name}.unipixel-{word}")


def _manifest(facts: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, Any]:
    version = ".".join(map(str, VERSION))
    return {"format": FORMAT, "version": version, **facts, "files": dict(sorted(hashes.items()))}


def _dump(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


class _Hashing:
    """A file that keeps nothing but the hash of what is written."""

    def __init__(self) -> None:
        import hashlib

        self.digest = hashlib.sha256()
        self.at = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        return self.at
