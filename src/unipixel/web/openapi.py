"""The API's own description, for programs and for the page, made of the table of operations."""

from __future__ import annotations

import re
from typing import Any

from unipixel.version import __version__
from unipixel.web.convert import schemas
from unipixel.web.convert.option_schema import options_schema
from unipixel.web.operation import Operation
from unipixel.web.operations import OPERATIONS
from unipixel.web.schema import PROBLEM

PATH = "/api/openapi.json"
"""Where the description is."""


def describe_api() -> dict[str, Any]:
    """The description as OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _describe(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "UniPixel",
            "version": __version__,
            "description": "Give the token that unipixel serve prints as 'Authorization: Bearer TOKEN'.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Options": options_schema(), "Candidate": schemas.CANDIDATE, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _describe(each: Operation) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    described: dict[str, Any] = {
        "operationId": each.id,
        "summary": each.summary,
        "responses": {
            "200": {"description": "Done.", "content": _content(each.gives)},
            "default": {"description": "Not done; why.", "content": {"application/json": problem}},
        },
    }
    if each.takes is not None:
        described["requestBody"] = {"required": True, "content": _content(each.takes)}
    parameters = [_parameter(name, "path") for name in re.findall(r"{(\w+)}", each.path)]
    parameters += [_parameter(name, "query", about) for name, about in (each.query or {}).items()]
    return {**described, "parameters": parameters} if parameters else described


def _content(schema: Any) -> dict[str, Any]:
    return {"application/octet-stream": {}} if schema == "file" else {"application/json": {"schema": schema}}


def _parameter(name: str, place: str, about: str = "") -> dict[str, Any]:
    needed = {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
    return {**needed, "description": about} if about else needed
