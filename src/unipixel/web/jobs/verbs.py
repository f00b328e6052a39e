"""Which verbs can be started from the page, and with which options; written as the words of the command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from unipixel.errors import OptionError
from unipixel.web.schema import NUMBER, SWITCH, Schema, text
from unipixel.web.studio import Studio

Write: TypeAlias = "Callable[[Studio, Any], str | None]"
"""Gives the text of a value, or None where it is none."""


@dataclass(frozen=True)
class Choice:
    """An option of a verb."""

    schema: Schema
    write: Write


def _name(studio: Studio, value: Any) -> str | None:
    """A file name of one part, such as that of a run."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w][\w .-]{0,79}", value) else None


def _model(studio: Studio, value: Any) -> str | None:
    """``micro``, or a model within the studio's fences."""
    if not isinstance(value, str):
        return None
    return value if value == "micro" else str(studio.model(value))


def _number(studio: Studio, value: Any) -> str | None:
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else None


RUN = Choice(text("Name of the run."), _name)
BASE = Choice(text("Base model: 'micro', or a path from listModels."), _model)
SET: Schema = {"type": "object", "description": "Values of the recipe for this job, by dotted name."}

VERBS: Mapping[str, Mapping[str, Choice]] = {
    "prepare": {},
    "caption": {"tagger": Choice(text("Name of a WD v3 tagger."), _name), "threshold": Choice(NUMBER, _number)},
    "train": {"run": RUN, "base": BASE},
    "sample": {"run": RUN, "base": BASE},
    "evaluate": {"run": RUN, "base": BASE},
    "report": {"run": RUN},
}
"""Verbs with their options besides ``set`` and the switches."""

SWITCHES: Mapping[str, tuple[str, ...]] = {"caption": ("download",)}
"""Options that are there or not."""

HEEDS_RECIPE = frozenset({"prepare", "caption", "train", "sample", "evaluate"})
"""Verbs that take ``set``."""


def verb_schema() -> dict[str, Schema]:
    """Schema of the options of each verb."""
    rows: dict[str, Schema] = {}
    for verb, choices in VERBS.items():
        names = {name: choice.schema for name, choice in choices.items()}
        names |= dict.fromkeys(SWITCHES.get(verb, ()), SWITCH)
        names |= {"set": SET} if verb in HEEDS_RECIPE else {}
        rows[verb] = {"type": "object", "additionalProperties": False, "properties": names}
    return rows


def write_words(studio: Studio, verb: str, options: Mapping[str, Any]) -> list[str]:
    """Options as words of the command.

    Raises
    ------
    OptionError
        No such verb or option, or no value for it.
    WorkspaceError
        A model outside the studio's fences.
    """
    if verb not in VERBS:
        raise OptionError(f"{verb!r:.40} can't be started here. There are: {', '.join(VERBS)}.")
    words: list[str] = []
    for name, value in options.items():
        words += _words(studio, verb, name, value)
    return words


def _words(studio: Studio, verb: str, name: str, value: Any) -> list[str]:
    if name == "set" and verb in HEEDS_RECIPE and isinstance(value, Mapping):
        return [word for key, each in value.items() for word in ("--set", _override(key, each))]
    if name in SWITCHES.get(verb, ()) and isinstance(value, bool):
        return [f"--{name}"] if value else []
    if name not in VERBS[verb]:
        raise OptionError(f"{verb} has no option {name!r:.40} here.")
    written = VERBS[verb][name].write(studio, value)
    if written is None:
        raise OptionError(f"{value!r:.80} is no value for {name}.")
    return [f"--{name.replace('_', '-')}={written}"]


def _override(name: str, value: Any) -> str:
    """``NAME=VALUE`` as the command reads it."""
    if not re.fullmatch(r"[a-z][a-z0-9_.]*", name) or isinstance(value, (dict, type(None))):
        raise OptionError(f"{name!r:.40} can't be set to {value!r:.40}.")
    return f"{name}={_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"
