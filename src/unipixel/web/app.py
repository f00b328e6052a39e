"""The studio as an ASGI application: the page's files and the operations of the API, behind the guard."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from unipixel.errors import UniPixelError
from unipixel.web.access import Access
from unipixel.web.convert.pictures import PictureGone
from unipixel.web.guard import Guard
from unipixel.web.openapi import PATH, describe_api
from unipixel.web.operation import JSON_LIMIT, UPLOAD_LIMIT, Asked, File, Operation
from unipixel.web.operations import OPERATIONS
from unipixel.web.studio import Studio

PAGE = "index.html"
"""The file that stands for ``/``."""


class _TooLarge(Exception):
    """A request has more bytes than it may."""


def make_app(access: Access, studio: Studio | None = None) -> ASGIApp:
    """Build the studio.

    Parameters
    ----------
    access : Access
        Who may ask.
    studio : Studio, optional
        What it works on; without one only pictures are converted.
    """
    own = studio or Studio()
    workers = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="studio")  # pictures are read on all cores
    served = _page_files()

    def page(request: Request) -> Response:
        return _file(served[request.url.path.lstrip("/") or PAGE], request.url.path)

    description = json.dumps(describe_api(), ensure_ascii=False)
    routes = [Route("/", page)] + [Route(f"/{name}", page) for name in served]
    routes += [Route(PATH, lambda request: Response(description, media_type="application/json"))]
    routes += [
        Route(each.path, partial(_answer, each, own, workers), methods=[each.method]) for each in OPERATIONS
    ]  # fmt: skip
    return Guard(Starlette(routes=routes), access)


def _page_files() -> dict[str, bytes]:
    """The page's files by name, such as ``convert/view.js``; read once: no path of a request touches the disk."""
    folder = Path(__file__).parent / "static"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _file(data: bytes, name: str) -> Response:
    kind = "text/html" if name == "/" else mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(data, media_type="text/javascript" if name.endswith(".js") else kind)


async def _answer(each: Operation, studio: Studio, workers: ThreadPoolExecutor, request: Request) -> Response:
    """Read a request within its limits, do it in a worker thread, and say what was wrong as a sentence."""
    limit = UPLOAD_LIMIT if each.takes == "file" else JSON_LIMIT
    try:
        body = await _read(request, limit)
    except _TooLarge:
        return _problem(413, f"this is more than the {limit >> 20} MiB that are taken.", "TooLarge")
    words = {**request.query_params, **request.path_params}
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(workers, partial(_do, each, studio, body, words))


async def _read(request: Request, limit: int) -> bytes:
    size = request.headers.get("content-length", "")
    if size.isdigit() and int(size) > limit:
        raise _TooLarge
    parts, count = [], 0
    async for part in request.stream():  # a length may be missing, or a lie
        count += len(part)
        if count > limit:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)


def _do(each: Operation, studio: Studio, body: bytes, words: dict[str, str]) -> Response:
    value: Any = body if each.takes == "file" else None
    if isinstance(each.takes, dict):
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            return _problem(400, "the request must be a JSON object.", "BadRequest")
    try:
        given = each.answer(Asked(studio, value, words))
    except PictureGone as error:
        return _problem(404, str(error), type(error).__name__)
    except UniPixelError as error:
        return _problem(422, str(error), type(error).__name__)
    except MemoryError:
        return _problem(422, "there is not enough memory for a picture of this size.", "MemoryError")
    if isinstance(given, File):
        return Response(given.data, media_type=given.media)
    return Response(json.dumps(given, ensure_ascii=False), media_type="application/json")


def _problem(status: int, sentence: str, kind: str) -> Response:
    return Response(json.dumps({"error": sentence, "kind": kind}), status, media_type="application/json")
