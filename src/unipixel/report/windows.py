"""Many canvases in one page: each whole or its middle, all encoded alike, within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from unipixel.image import RGBA
from unipixel.report.pictures import Picture, encode_all, read, to_picture, window


@dataclass(frozen=True)
class Windows:
    """Pictures by path; what could not be read is absent."""

    pictures: Mapping[str, Picture]
    """Ready for the page."""
    cut: frozenset[str]
    """Those of which the middle alone is there."""
    rounding: int
    """Step of the channel values, 1 where they are exact; see `unipixel.report.pictures.encode_all`."""

    def note(self) -> str:
        """What was done to the pictures, as a sentence for the reader."""
        if self.rounding == 1:
            return "Samples are stored in this page without loss."
        return (
            "To keep this page small, the channel values of the samples shown here were rounded, by at most "
            f"{self.rounding // 2} of 255; no pixel was moved or mixed with another. Everything measured was measured "
            "on the files."
        )


def load_windows(root: Path, paths: Iterable[str], largest: int, scale: int, budget: int) -> Windows:
    """Read pictures, cut them to what fits, encode them alike.

    Parameters
    ----------
    root : path
        Folder that the paths start from.
    paths : iterable of str
        One path twice is one picture.
    largest : int
        Px of the widest and highest picture that is kept whole.
    scale : int
        Canvas px per native px: what is cut keeps its grid.
    budget : int
        Bytes for all of them before base64, which adds a third; kept approximately.
    """
    images: dict[str, RGBA] = {}
    cut: set[str] = set()
    for path in dict.fromkeys(paths):
        image = read(root, path)
        if image is not None:
            images[path] = window(image, largest, largest, step=scale)
            if images[path].shape != image.shape:
                cut.add(path)
    files, rounding = encode_all(list(images.values()), budget)
    pictures = {path: to_picture(image, file) for (path, image), file in zip(images.items(), files, strict=True)}
    return Windows(pictures, frozenset(cut), rounding)
