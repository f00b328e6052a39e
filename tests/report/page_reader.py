"""Reads a page back: its elements, its text, and what was not closed as it was opened."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """Elements and text of a page; ``broken`` names what was not closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.broken: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def box(self, **wanted: str) -> list[dict[str, str | None]]:
        """Elements of any kind with these attributes."""
        return [found for _, found in self.elements if all(found.get(key) == value for key, value in wanted.items())]

    def addresses(self) -> list[str]:
        """Everything that could be loaded or followed."""
        keys = ("src", "href", "srcset", "action", "poster", "data")
        return [str(found[key]) for _, found in self.elements for key in keys if found.get(key) is not None]
