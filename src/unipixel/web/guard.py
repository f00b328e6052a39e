"""Lets through what :class:`unipixel.web.access.Access` lets, and tells browsers to load and send nothing elsewhere."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unipixel.web.access import Access, Refusal

HEADERS = {
    # 'none' first: whatever is not named is forbidden, to be loaded as to be sent to
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
"""Stand in every answer."""

KEPT = frozenset({"cache-control"})
"""Of these, what an answer says itself, as pictures do whose address holds a hash."""


class Guard:
    """Asks :class:`Access` before anything else is done; the first answer with the token sets it as a cookie."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return  # there are no web sockets here, and nothing to do at start and end
        offered = (parse_qs(scope["query_string"].decode("latin-1")).get("token") or [None])[0]
        refusal = self._access.refuse(scope["method"], Headers(scope=scope), offered)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(
                    {name: value for name, value in HEADERS.items() if name not in KEPT or name not in headers}
                )
                if refusal is None and offered is not None:
                    cookie = f"{self._access.cookie}={self._access.token}; Path=/; HttpOnly; SameSite=Strict"
                    headers.append("set-cookie", cookie)
            await send(message)

        answer = self._app if refusal is None else _say(refusal, scope["path"])
        await answer(scope, receive, send_marked)


def _say(refusal: Refusal, path: str) -> Response:
    """A sentence: for a program as JSON, for a person as text."""
    if path.startswith("/api/"):
        body = json.dumps({"error": refusal.sentence, "kind": "Refused"})
        return Response(body, refusal.status, media_type="application/json")
    return Response(refusal.sentence, refusal.status, media_type="text/plain")
