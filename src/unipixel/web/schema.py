"""Parts that schemas of requests and answers are made of (JSON schema 2020-12, that of OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
SWITCH: Schema = {"type": "boolean"}
CHANCE: Schema = {"type": "number", "minimum": 0, "maximum": 1}


def obj(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object with these names."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def list_of(items: Schema, about: str = "") -> Schema:
    """A list whose items are all of one schema."""
    return {"type": "array", "items": items, **({"description": about} if about else {})}


def text(about: str, **more: Any) -> Schema:
    """A text, with what it means."""
    return {"type": "string", "description": about, **more}


def ref(name: str) -> Schema:
    """A schema that the description holds under a name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """The same, or nothing."""
    return {"anyOf": [schema, {"type": "null"}]}


PROBLEM = obj(
    {"error": text("What was wrong and what to do, as a sentence."), "kind": text("Name of the error's class.")}
)
