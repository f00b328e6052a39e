"""The REST API as one table: each operation with its schemas and what it does; routes and OpenAPI are made of it."""

from __future__ import annotations

from unipixel.web import workspace
from unipixel.web.convert import operations as convert
from unipixel.web.jobs import operations as jobs
from unipixel.web.operation import Operation

OPERATIONS: tuple[Operation, ...] = (*convert.OPERATIONS, *workspace.OPERATIONS, *jobs.OPERATIONS)
"""All of them."""
