"""ATTRIBUTION.md: whose pictures these are, for whoever gets the export or a LoRA that was trained on it."""

from __future__ import annotations

from collections.abc import Sequence

from unipixel.dataset.manifest import Provenance
from unipixel.export.model import Collection

ATTRIBUTION = "ATTRIBUTION.md"


def attribution_page(collection: Collection) -> str:
    """One section for each licence, one entry for each author and title, with the sources; the same every time."""
    by_licence: dict[str, dict[Provenance, set[str]]] = {}
    for picture in collection.pictures:
        provenance = picture.entry.provenance
        by_licence.setdefault(provenance.licence, {}).setdefault(provenance, set()).add(picture.entry.source)
    lines = ["# Attribution", "", f"{len(collection.pictures)} images, made from the pictures below."]
    for licence in sorted(by_licence, key=lambda name: (not name, name)):
        lines += ["", f"## {licence or 'Licence not known'}", ""]
        for provenance in sorted(by_licence[licence], key=_order):
            lines += _entry(provenance, sorted(by_licence[licence][provenance]))
    return "\n".join(lines) + "\n"


def _order(provenance: Provenance) -> tuple[str, ...]:
    return (provenance.author, provenance.title, provenance.url, provenance.allow_train, provenance.licence_url)


def _entry(provenance: Provenance, sources: Sequence[str]) -> list[str]:
    who = f"{provenance.title or 'Pictures'} by {provenance.author or 'an author who is not known'}"
    links = [
        f"{word}: <{url}>" for word, url in (("source", provenance.url), ("licence", provenance.licence_url)) if url
    ]
    allowed = {"yes": "may be trained on", "no": "may NOT be trained on", "unknown": "permission to train not known"}
    head = "; ".join([f"- **{who}**: {allowed[provenance.allow_train]}", *links])
    return [head, *(f"  - `{source}`" for source in sources)]
