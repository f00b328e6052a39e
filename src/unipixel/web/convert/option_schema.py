"""The options of a conversion as JSON: their schema, and values that come in, both made of their own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from unipixel.color import known_palette
from unipixel.conversion import PAIRS, Options
from unipixel.errors import OptionError, PaletteError

MOST_TEXT = 4096
"""Letters of a text: 256 colours have room."""

MOST_NUMBER = 2**53
"""Whole numbers are exact below it, in JSON as programs read it."""

Schema = dict[str, Any]


def options_schema() -> Schema:
    """JSON schema of :class:`unipixel.conversion.Options`; each option with its help, default and ``x-group``."""
    hints = get_type_hints(Options)
    return {
        "type": "object",
        "additionalProperties": False,
        "description": "Options of a conversion, those of unipixel convert; what is left out has its default.",
        "properties": {each.name: _property(each, hints[each.name]) for each in fields(Options)},
    }


def read_options(values: Any) -> Options:
    """Options from JSON values.

    A palette is a name on the shelf or a list of colours, never a file: the server opens none.

    Raises
    ------
    OptionError
        No such option, a value of another type or out of range, or options that contradict each other.
    PaletteError
        No such palette.
    """
    if not isinstance(values, Mapping):
        raise OptionError("options must be an object with a value for each option.")
    known = options_schema()["properties"]
    read = {name: _value(name, value, known) for name, value in values.items()}
    return Options(**read)


def _property(each: Field[Any], hint: Any) -> Schema:
    kinds = _kinds(each, hint)
    default = list(each.default) if isinstance(each.default, tuple) else each.default
    about = {"description": each.metadata["help"], "default": default, "x-group": each.metadata["group"]}
    return {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds}), **about}


def _kinds(each: Field[Any], hint: Any) -> list[Schema]:
    """A schema for each type that a value may have."""
    rule = each.metadata
    choices = list(rule["choices"])
    span = {key: rule[name] for key, name in (("minimum", "least"), ("maximum", "most")) if rule[name] is not None}
    if each.name in PAIRS:
        return [{"type": "string", "x-pair": PAIRS[each.name].name, "maxLength": 40}, {"type": "null"}]
    if choices and get_origin(hint) is tuple:
        return [{"type": "array", "items": {"type": "string", "enum": choices}, "uniqueItems": True}]
    if choices:
        return [{"type": "string", "enum": choices}]
    simple: dict[Any, Schema] = {
        bool: {"type": "boolean"},
        int: {"type": "integer", **span},
        float: {"type": "number", **span},
        str: {"type": "string", "maxLength": MOST_TEXT},
        NoneType: {"type": "null"},
    }
    kinds = []
    for kind in get_args(hint) or (hint,):
        if get_origin(kind) is Literal:
            kinds.append({"type": "string", "enum": list(get_args(kind))})
        elif kind in simple:  # a palette is also an object or a path, which JSON is not
            kinds.append(simple[kind])
    return kinds


def _value(name: str, value: Any, known: Schema) -> Any:
    if name not in known:
        raise OptionError(f"there is no option {name!r}. There are: {', '.join(known)}.")
    if not any(_fits(value, kind) for kind in known[name].get("anyOf", [known[name]])):
        raise OptionError(f"{value!r:.80} is no value for {name}. {known[name]['description']}")
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and name in PAIRS:
        return PAIRS[name].read(value)
    if isinstance(value, str) and name == "palette":
        palette = known_palette(value)
        if palette is None:
            raise PaletteError(f"{value[:80]!r} is neither a built-in palette nor a list of colours.")
        return palette
    return value


def _fits(value: Any, kind: Schema) -> bool:
    """Whether a value is of a type; what is in range and among the choices is for the options themselves to say."""
    if kind["type"] == "array":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind["type"] == "string":
        is_word = isinstance(value, str) and len(value) <= kind.get("maxLength", MOST_TEXT)
        return is_word and ("enum" not in kind or "default" in kind or value in kind["enum"])
    if isinstance(value, bool) or kind["type"] == "boolean":
        return isinstance(value, bool) and kind["type"] == "boolean"
    if kind["type"] == "null":
        return value is None
    is_number = isinstance(value, int if kind["type"] == "integer" else (int, float))
    return is_number and abs(value) < MOST_NUMBER  # not for NaN either
