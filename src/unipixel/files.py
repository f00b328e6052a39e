"""Files that are whole or absent: write to a temporary name, then rename; hashes; JSON lines."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_atomic(path: str | os.PathLike[str], data: bytes | str) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : path
        Its folder is made where it is missing.
    data : bytes or str
        Text is written as UTF-8, its line ends as they are on every platform.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        No room, no permission. What was there before is untouched.
    """
    target = Path(path)
    with replacing(target) as part:
        part.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return target


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Name of a temporary file that takes the place of ``path`` at the end of a ``with`` block.

    For files too large to be held in memory as `write_atomic` needs them. When the block ends with an error, the
    temporary file is removed and what was there before is untouched.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
        with open(name, "rb+") as file:
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, name):
            error.filename, error.filename2 = str(target), None  # a person knows this name, not the temporary one
        raise


def sha256(data: bytes | str | os.PathLike[str]) -> str:
    """SHA-256 of bytes, or of a file's content, as 64 hexadecimal digits."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    digest = hashlib.sha256()
    with open(data, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read_jsonl(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Objects of a JSON-lines file in order; an absent file has none.

    A last line that a kill cut off is left out: every whole line before it counts.
    """
    file = Path(path)
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n") and line.strip()]


def write_jsonl(path: str | os.PathLike[str], rows: Iterable[dict[str, Any]]) -> Path:
    """Write objects as JSON lines, atomically; keys keep their order."""
    return write_atomic(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def append_jsonl(path: str | os.PathLike[str], rows: Iterable[dict[str, Any]]) -> None:
    """Add objects at the end of a JSON-lines file; a kill may cut the last line off, which `read_jsonl` leaves out.

    Raises
    ------
    OSError
        No room, no permission; a part of the last line may be there.
    """
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
