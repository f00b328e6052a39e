"""One operation of the REST API: what can be asked, with what, and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from unipixel.errors import OptionError
from unipixel.web.schema import Schema
from unipixel.web.studio import Studio

UPLOAD_LIMIT, JSON_LIMIT = 64 << 20, 1 << 20
"""Most bytes of a file that is sent, and of any other request."""

MOST_NAME = 512
"""Letters of a name."""


@dataclass(frozen=True)
class Asked:
    """One request, read."""

    studio: Studio
    body: Any = None
    """Bytes of a file, or a JSON object whose names are those of the schema."""
    words: Mapping[str, str] | None = None
    """What stands in the address: parts of the path and the query."""

    def word(self, name: str) -> str:
        """A word of the address, empty where it is not there."""
        return (self.words or {}).get(name, "")

    def text(self, name: str, default: str | None = None, most: int = MOST_NAME) -> str:
        """A text of the JSON object.

        Raises
        ------
        OptionError
            It is not there and has no default, is none, or is too long.
        """
        value = self.body.get(name, default)
        if not isinstance(value, str) or len(value) > most:
            raise OptionError(f"{name!r} must be a text of at most {most} letters.")
        return value


@dataclass(frozen=True)
class File:
    """An answer that is a file."""

    data: bytes
    media: str
    """Media type, such as ``image/png``."""


@dataclass(frozen=True)
class Operation:
    """What can be asked of the server."""

    id: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    answer: Callable[[Asked], Any]
    gives: Schema | Literal["file"]
    takes: Schema | Literal["file"] | None = None
    query: Mapping[str, str] | None = None
    """Words of the query with their descriptions."""
