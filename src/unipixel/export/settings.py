"""SETTINGS.md: what to set in the trainer so that it leaves the grid alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unipixel.export.model import SPLITS, Collection

SETTINGS = "SETTINGS.md"


def settings_page(title: str, collection: Collection, notes: Sequence[str]) -> str:
    """The page that lies beside an export.

    Parameters
    ----------
    title : str
        What the export is, in a line.
    collection : Collection
    notes : sequence of str
        What to set in the trainer, in Markdown.
    """
    counts = Counter((picture.entry.split, picture.entry.canvas) for picture in collection.pictures)
    lines = [
        f"# {title}",
        "",
        f"Trigger: `{collection.trigger}`. One native pixel is {collection.scale} px.",
        "",
    ]
    lines += ["| canvas | " + " | ".join(SPLITS) + " |", "|---|" + "---|" * len(SPLITS)]
    lines += [
        f"| {canvas} | " + " | ".join(str(counts[split, str(canvas)]) for split in SPLITS) + " |"
        for canvas in collection.canvases()
    ]
    lines += ["", "## What to set", "", *(f"- {note}" for note in notes)]
    lines += [
        "",
        "Any setting that scales, shifts by less than a native pixel, rotates or recolours the images takes the grid"
        " apart without an error message. Whose pictures these are: `ATTRIBUTION.md`.",
    ]
    return "\n".join(lines) + "\n"
