"""Markup as values: text is escaped unless it was made here, so a caption can never become a tag."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Html(str):
    """Text that is markup already; everything else is escaped when it becomes a child."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Text of a value, safe between tags and inside quoted attributes.

    Characters that HTML or UTF-8 can't hold (control characters, lone surrogates of file names in another
    encoding) become U+FFFD.
    """
    if isinstance(value, Html):
        return value
    return Html(html.escape(_FORBIDDEN.sub("\ufffd", str(value)), quote=True))


def join(*children: object) -> Html:
    """Children one after another: markup as it is, text escaped, iterables flattened, ``None`` left out."""
    return Html("".join(_parts(children)))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """One element.

    Parameters
    ----------
    name : str
        Element name, such as ``"p"``.
    *children : object
        See :func:`join`. Void elements such as ``img`` take none.
    **attributes : object
        ``class_`` gives ``class``, ``aria_label`` gives ``aria-label``; ``None`` and ``False`` leave one out, ``True``
        writes its name alone.

    Examples
    --------
    >>> tag("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def facts(pairs: Mapping[str, object] | Iterable[tuple[str, object]], class_: str = "facts") -> Html:
    """Terms and values as a definition list; pairs whose value is ``None`` are left out."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tag(
        "dl",
        [tag("div", tag("dt", term), tag("dd", value)) for term, value in items if value is not None],
        class_=class_,
    )


def section(anchor: str, title: str, *children: object) -> Html:
    """One chapter of the page with its heading and anchor; chapters without children are left out: an empty string."""
    body = join(*children)
    if not body:
        return Html("")
    heading = tag("h2", title, id=f"{anchor}-title")
    return tag("section", heading, body, id=anchor, aria_labelledby=f"{anchor}-title")


def link(path: str, words: object = None) -> Html:
    """Link to a file by its path from the page; its name where no words are given."""
    # A path is no address yet: "./" keeps one such as "javascript:x" from being read as a scheme.
    address = "./" + quote(path.encode("utf-8", "replace"))
    return tag("a", path.rpartition("/")[2] if words is None else words, href=address)


def missing(what: str, command: str) -> Html:
    """Say that a part is not there yet, and which command makes it."""
    return tag("p", what, " Make it with ", tag("code", command), ".", class_="missing")


def scroller(label: str, *children: object) -> Html:
    """Wrap what may be wider than the page: scrolls on its own, and by keyboard."""
    return tag("div", *children, class_="scroller", role="region", aria_label=label, tabindex=0)


def _parts(children: Iterable[Any]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Iterable) and not isinstance(child, str):
            yield from _parts(child)
        else:
            yield escape(child)


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
