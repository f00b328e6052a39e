"""What every page is framed by: head with its security policy, contents, switches, and the few lines of script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from unipixel.report.html import Html, tag

_SCRIPT = """\
document.documentElement.classList.add("live");
addEventListener("input", ({ target: { type, value, parentNode } }) => {
  if (type === "range") parentNode.style.setProperty("--at", value);
});
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
"""
"""Moves the sliders between two pictures, which lie side by side without it, and unfolds everything for print."""


def write_page(title: str, first: Html, chapters: Sequence[tuple[str, str, Html]]) -> str:
    """Write one page that needs nothing but itself.

    Pictures, style and script are inside it, and a content security policy forbids every request and every other
    script.

    Parameters
    ----------
    title : str
    first : Html
        The first screen, with the page's only ``h1``.
    chapters : sequence of (anchor, name in the contents, markup)
        Chapters without markup are left out of the contents too.

    Returns
    -------
    str
        HTML; write it as UTF-8. The same markup gives the same text.
    """
    links = [tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name, body in chapters if body]
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _switch("grid-switch", "Grid"),
        _switch("zoom-switch", "Zoom 2"),
        tag(
            "div",
            tag("label", "Grid", for_="grid-switch"),
            tag("label", "Zoom ×2", for_="zoom-switch"),
            class_="switches",
            aria_hidden="true",
        ),
        tag(
            "div",
            tag("nav", tag("ol", links), aria_label="Contents"),
            tag("main", first, [body for _, _, body in chapters], id="content"),
            class_="page",
        ),
    )
    return f'<!DOCTYPE html>\n<html lang="en">{_head(title)}{body}</html>\n'


def _head(title: str) -> Html:
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode("ascii")
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    style = (files("unipixel.report") / "style.css").read_text(encoding="utf-8")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Html(style)),
        tag("script", Html(_SCRIPT)),
    )


def _switch(name: str, label: str) -> Html:
    # A checkbox before everything that it changes: the style sheet does the rest, without script.
    return tag("input", type="checkbox", id=name, class_="switch", aria_label=label)
