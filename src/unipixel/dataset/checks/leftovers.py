"""Files of an earlier training that a trainer would take for those of the images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from unipixel.dataset.checks.finding import DELETE, Finding

LISTS = ("metadata_cache.json", "meta_cap.json", "meta_lat.json", ".aitk_size.json")
"""Lists of images, captions or sizes that kohya sd-scripts and ai-toolkit may read instead of the files."""

CACHES = frozenset({".npz", ".safetensors"})
"""Endings of stored latents and text encodings: kohya's beside the image, ai-toolkit's in folders below."""


def check_leftovers(root: Path, folders: Sequence[Path], images: Sequence[Path]) -> Iterator[Finding]:
    """Find trainers' lists, and caches that are older than their image or caption, or have none.

    Parameters
    ----------
    root : Path
        What findings are relative to.
    folders : sequence of Path
        Where to look, with what is below.
    images : sequence of Path
    """
    by_stem: dict[str, Path] = {image.stem: image for image in images}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(root).as_posix()
            if file.name in LISTS:
                yield Finding(name, "a trainer's own list, which it may read instead of the captions", DELETE)
            elif file.suffix in CACHES and file.is_file():
                yield from _check_cache(file, name, by_stem)


def _check_cache(file: Path, name: str, by_stem: dict[str, Path]) -> Iterator[Finding]:
    parts = file.stem.split("_")
    stems = ["_".join(parts[:count]) for count in range(len(parts), 0, -1)]
    image = next((by_stem[stem] for stem in stems if stem in by_stem), None)
    if image is None:
        yield Finding(name, "a trainer's cache of an image that is not there", DELETE, "note")
        return
    made = file.stat().st_mtime_ns
    if any(part.exists() and part.stat().st_mtime_ns > made for part in (image, image.with_suffix(".txt"))):
        yield Finding(name, "a trainer's cache, older than its image or caption: it would be trained on", DELETE)
