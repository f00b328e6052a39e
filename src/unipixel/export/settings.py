"""SETTINGS.md: what to set in the trainer so that it leaves the grid alone."""

from __future__ import annotations

from collections import Counter

from unipixel.export.model import SPLITS, Collection, Exporter

SETTINGS = "SETTINGS.md"


def settings_page(exporter: Exporter, collection: Collection) -> str:
    """The page that lies beside an export."""
    counts = Counter((picture.entry.split, picture.entry.canvas) for picture in collection.pictures)
    lines = [
        f"# {exporter.line}",
        "",
        f"Trigger: `{collection.trigger}`. One native pixel is {collection.scale} px.",
        "",
    ]
    lines += ["| canvas | " + " | ".join(SPLITS) + " |", "|---|" + "---|" * len(SPLITS)]
    lines += [
        f"| {canvas} | " + " | ".join(str(counts[split, str(canvas)]) for split in SPLITS) + " |"
        for canvas in collection.canvases()
    ]
    lines += ["", "## What to set", "", *(f"- {note}" for note in exporter.settings(collection))]
    lines += [
        "",
        "Any setting that scales, shifts by less than a native pixel, rotates or recolours the images takes the grid"
        " apart without an error message. Whose pictures these are: `ATTRIBUTION.md`.",
    ]
    return "\n".join(lines) + "\n"
