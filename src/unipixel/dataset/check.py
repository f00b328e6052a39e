"""Check a training folder: everything that would spoil a training, each finding with what mends it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.caption import MAX_TOKENS, caption_problems, conflicts, count_tokens
from unipixel.color import count_colors
from unipixel.dataset.canvas import Canvas
from unipixel.dataset.manifest import native_id
from unipixel.errors import ImageError
from unipixel.image import load_image

IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".jxl"})
"""Files that trainers take for images, by ending."""

_STEM_PARTS = 5
"""kohya sd-scripts looks for another file's caption where a name has so many parts between underscores."""

_PREPARE = "run: unipixel prepare"
_CAPTION = "run: unipixel caption"


@dataclass(frozen=True)
class Finding:
    """One thing that would spoil a training."""

    file: str
    """Path relative to the folder, with ``/``; ``.`` for the folder as a whole."""
    problem: str
    """What is wrong, in a few words."""
    mend: str
    """What mends it: a command, or what to do by hand."""

    def __str__(self) -> str:
        return f"{self.file}: {self.problem} ({self.mend})"


def check_training_folder(
    folder: str | os.PathLike[str],
    *,
    scale: int,
    canvases: Sequence[Canvas],
    trigger: str,
    max_colors: int = 32,
    expected_per_canvas: int | None = None,
) -> list[Finding]:
    """Check every image and caption of a training folder as a trainer would read them.

    Images are decoded and compared with their own native scaled back up, pixel by pixel.

    Parameters
    ----------
    folder : path
        Images with a ``.txt`` caption each, in the folder or one level below (kohya's ``N_trigger`` folders).
    scale : int
        Canvas px per native px.
    canvases : sequence of Canvas
        Sizes that an image may have.
    trigger : str
        First tag of every caption.
    max_colors : int
        Colours that one image may have.
    expected_per_canvas : int, optional
        Images that each canvas must have; without it they must only be equally many.

    Returns
    -------
    list of Finding
        By file; empty where nothing is wrong.

    Raises
    ------
    CanvasError
        A canvas does not divide by the scale.
    """
    root = Path(folder)
    for canvas in canvases:
        canvas.native_size(scale)
    files = sorted(path for path in (*root.glob("*"), *root.glob("*/*")) if _is_image(path))
    if not files:
        return [Finding(".", "no image in it", _PREPARE)]
    findings: list[Finding] = []
    counts: Counter[Canvas] = Counter()
    same: dict[str, list[str]] = defaultdict(list)
    for path in files:
        name = path.relative_to(root).as_posix()
        findings += [Finding(name, *found) for found in (*_check_caption(path, trigger), *_check_name(path))]
        try:
            image = load_image(path)
        except ImageError as error:
            findings.append(Finding(name, str(error), _PREPARE))
            continue
        findings += [Finding(name, *found) for found in check_image(image, scale, canvases, max_colors)]
        counts.update(canvas for canvas in canvases if (canvas.height, canvas.width) == image.shape[:2])
        same[native_id(image)].append(name)
    findings += [Finding(*found) for found in _check_whole(root, files, counts, canvases, expected_per_canvas, same)]
    return sorted(findings, key=lambda finding: (finding.file, finding.problem))


def check_image(
    image: npt.NDArray[np.uint8], scale: int, canvases: Sequence[Canvas], max_colors: int = 32
) -> list[tuple[str, str]]:
    """Check the pixels of one training image.

    Parameters
    ----------
    image : (H, W, 4) uint8
    scale : int
    canvases : sequence of Canvas
    max_colors : int

    Returns
    -------
    list of (problem, mend)
    """
    height, width = image.shape[:2]
    found = []
    if not any((canvas.height, canvas.width) == (height, width) for canvas in canvases):
        found.append((f"{width}x{height} is none of {', '.join(str(canvas) for canvas in canvases)}", _PREPARE))
    found += [
        (f"{width}x{height} is not a multiple of {side}", _PREPARE)
        for side in sorted({8, scale})
        if height % side or width % side
    ]
    if height % scale == 0 and width % scale == 0:
        native = image[::scale, ::scale]
        off = int((native.repeat(scale, axis=0).repeat(scale, axis=1) != image).any(axis=2).sum())
        if off:
            found.append((f"{off} pixels are off the x{scale} grid", _PREPARE))
    if (image[..., 3] != 255).any():
        found.append(("has transparent pixels, which trainers fill each in their own way", _PREPARE))
    colors = count_colors(image)
    if colors > max_colors:
        found.append((f"{colors} colours, more than {max_colors}", _PREPARE))
    return found


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_ENDINGS and not path.name.startswith(".") and path.is_file()


def _check_name(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix != ".png":
        yield f"a {path.suffix} file; PNG alone is exact everywhere", _PREPARE
    if len(path.stem.split("_")) >= _STEM_PARTS:
        yield "four underscores or more in its name: kohya may read another file's caption", "rename it with hyphens"


def _check_caption(path: Path, trigger: str) -> Iterator[tuple[str, str]]:
    file = path.with_suffix(".txt")
    try:
        text = file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        yield "no caption beside it", _CAPTION
        return
    except (OSError, UnicodeDecodeError) as error:
        yield f"its caption can't be read as UTF-8 ({error})", _CAPTION
        return
    body = text.removesuffix("\n").removesuffix("\r")
    if not body.strip():
        yield "its caption is empty", _CAPTION
        return
    if body.startswith("\ufeff"):
        yield "its caption begins with a byte order mark, which becomes part of the trigger", _CAPTION
        body = body.removeprefix("\ufeff")
    lines = body.splitlines()
    if len(lines) > 1:
        yield f"its caption has {len(lines)} lines; trainers read the first, or one by chance", _CAPTION
    pieces = [piece.strip() for piece in lines[0].split(",")]
    if pieces[0] != trigger:
        yield f"its caption begins with {pieces[0]!r}, not with the trigger {trigger!r}", _CAPTION
    for problem in caption_problems(pieces):
        yield f"its caption: {problem}", _CAPTION
    for clash in conflicts(pieces):
        yield f"its caption has tags that exclude each other: {', '.join(clash)}", _CAPTION
    tokens = count_tokens(lines[0])
    if tokens > MAX_TOKENS:
        yield f"its caption has {tokens} tokens, more than CLIP's {MAX_TOKENS}", "leave out its least tags"


def _check_whole(
    root: Path,
    files: Sequence[Path],
    counts: Counter[Canvas],
    canvases: Sequence[Canvas],
    expected: int | None,
    same: dict[str, list[str]],
) -> Iterator[tuple[str, str, str]]:
    wanted = expected if expected is not None else max((counts[canvas] for canvas in canvases), default=0)
    for canvas in canvases:
        if counts[canvas] != wanted:
            yield (
                ".",
                f"{counts[canvas]} images of {canvas}, {wanted} wanted",
                "run: unipixel prepare, with more sources",
            )
    for names in same.values():
        for name in names[1:]:
            yield name, f"the same pixels as {names[0]}", "leave one of them out"
    stems = {path.with_suffix("") for path in files}
    twins = Counter(path.with_suffix("") for path in files)
    for stem in sorted(stem for stem in twins if twins[stem] > 1):
        yield stem.relative_to(root).as_posix(), "two images share one caption", "rename one of them"
    for text in sorted((*root.glob("*.txt"), *root.glob("*/*.txt"))):
        if text.with_suffix("") not in stems:
            yield text.relative_to(root).as_posix(), "a caption without an image", "delete it, or add its image"
    for name in ("metadata_cache.json", "meta_cap.json", "meta_lat.json"):
        if (root / name).exists():
            yield name, "a trainer's own list, which it may read instead of the captions", "delete it"
