"""Square x8 pictures with captions, as a folder that diffusers' script reads: the only shape that it does not crop."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

SCALE = 8
_WORDS = ("red", "blue", "house", "cat", "tree", "night", "close-up", "far away", "sunset", "sword", "1girl", "fog")


def write_pictures(folder: Path, count: int, size: int) -> Path:
    """Save ``count`` pictures of ``size`` x ``size`` px, each of 16 colours, and their captions in metadata.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        rng = np.random.default_rng(number)
        colours = rng.integers(0, 256, (16, 3), dtype=np.uint8)
        native = colours[rng.integers(0, 16, (size // SCALE, size // SCALE))]
        Image.fromarray(native.repeat(SCALE, 0).repeat(SCALE, 1)).save(folder / f"{number:03d}.png")
        words = rng.permutation(_WORDS)[:6]
        rows.append({"file_name": f"{number:03d}.png", "text": ", ".join(["nv-p1xel4rt", "masterpiece", *words])})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def read_pictures(folder: Path) -> tuple[list[Path], list[str]]:
    """Files and captions of such a folder."""
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text("utf-8").splitlines()]
    return [folder / row["file_name"] for row in rows], [row["text"] for row in rows]
