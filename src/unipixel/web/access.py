"""Who may ask the studio: the right host, the right origin, the right token. Pure rules on a request's head.

A page of another site that is open in the same browser can send requests to this machine. It can't know the token,
can't get past the host (a name of its own that it points at 127.0.0.1), and can't hide its origin.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine that no name server can give to another one."""

READING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""


def make_token() -> str:
    """A new secret of 256 bits, in letters that need no quoting in an address."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    """HTTP status."""
    sentence: str


@dataclass(frozen=True)
class Access:
    """What a request must show to be answered."""

    token: str
    port: int
    """The server's own; cookies of one machine are shared by all ports, so that it is in the cookie's name."""
    hosts: frozenset[str] = LOCAL_HOSTS
    """Names under which the server may be called, in small letters."""
    takes_addresses: bool = False
    """Whether any IP address may stand for the name too, as remote use needs. A name server has no say in those."""

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token once the page is open."""
        return f"unipixel-{self.port}"

    def refuse(self, method: str, headers: Mapping[str, str], offered: str | None = None) -> Refusal | None:
        """Judge a request.

        Parameters
        ----------
        method : str
        headers : mapping
            Names in small letters.
        offered : str, optional
            The token in the address.

        Returns
        -------
        Refusal or None
            None where the request may be answered.
        """
        host = headers.get("host", "")
        if not self._is_own(host):
            return Refusal(421, "this server is not known by that name: open the address that unipixel serve printed.")
        if not _is_same(headers.get("origin"), host):
            return Refusal(403, "requests of another site's pages are not answered.")
        if method not in READING and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return Refusal(403, "requests of another site's pages are not answered.")
        if not any(self._is_token(token) for token in (offered, self._in_cookie(headers), _in_header(headers))):
            return Refusal(401, "the token is missing or an old one: open the address that unipixel serve printed.")
        return None

    def _is_own(self, host: str) -> bool:
        name = _name(host)
        return name in self.hosts or (self.takes_addresses and _is_address(name))

    def _is_token(self, token: str | None) -> bool:
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def _in_cookie(self, headers: Mapping[str, str]) -> str | None:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        return cookies[self.cookie].value if self.cookie in cookies else None


def _in_header(headers: Mapping[str, str]) -> str | None:
    """The token of a program that is no page: ``Authorization: Bearer TOKEN``."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _name(host: str) -> str:
    """Name of a Host header, without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_same(origin: str | None, host: str) -> bool:
    """Whether a page with this origin came from the server itself; no origin is no page of another site's."""
    return origin is None or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
