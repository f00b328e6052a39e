"""The REST API as one table: each operation with its schemas and what it does; routes and OpenAPI are made of it."""

from __future__ import annotations

from unipixel.web import workspace
from unipixel.web.convert import operations as convert
from unipixel.web.dataset import operations as dataset
from unipixel.web.jobs import operations as jobs
from unipixel.web.operation import Operation
from unipixel.web.runs import judging
from unipixel.web.runs import operations as runs

OPERATIONS: tuple[Operation, ...] = (
    *convert.OPERATIONS,
    *workspace.OPERATIONS,
    *jobs.OPERATIONS,
    *dataset.OPERATIONS,
    *runs.OPERATIONS,
    *judging.OPERATIONS,
)
"""All of them."""
