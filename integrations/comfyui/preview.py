"""Previews: natives at a whole-numbered zoom, since ComfyUI would blur them, and show them tiny."""

import uuid
from pathlib import Path

from PIL import Image

from .host import temp_folder

SIDE = 512
"""Longest side in px up to which a preview is enlarged."""

MOST = 8
"""Pictures of a batch that are shown: every so many of a longer animation."""

QUICK = 1
"""How hard Pillow squeezes: previews are thrown away, and more would cost as much as the conversion."""

RUNS = 3
"""Which repetitions it looks for: of one byte alone, of which enlarged natives are made."""


def show(frames, **result):
    """What a node gives back: its results, and previews of ``(n, h, w, 4)`` uint8 natives."""
    return {"ui": {"images": write_previews(frames)}, **result}


def write_previews(frames, indexed=None):
    """Write previews as ComfyUI wants to be told of them.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
    indexed : list of (indices, table), optional
        Of each frame, where they are known already.
    """
    folder = temp_folder()
    if folder is None:
        return []
    name = f"unipixel_{uuid.uuid4().hex}"
    height, width = frames.shape[1:3]
    zoom = max(1, SIDE // max(height, width))
    written = []
    for place in range(0, len(frames), -(-len(frames) // MOST)):
        file = f"{name}_{len(written):05}_.png"
        picture, notes = _picture(frames[place], indexed and indexed[place])
        enlarged = picture.resize((width * zoom, height * zoom), Image.Resampling.NEAREST)
        enlarged.save(Path(folder) / file, compress_level=QUICK, compress_type=RUNS, **notes)
        written.append({"filename": file, "subfolder": "", "type": "temp"})
    return written


def _picture(frame, indexed):
    """A native for Pillow, and what it needs to be told when it saves; indexed it takes a third of the time."""
    indices, table = indexed or _index(frame)
    if table is None:
        return Image.fromarray(frame), {}
    picture = Image.fromarray(indices)
    picture.putpalette(table[:, :3].tobytes())
    return picture, {"transparency": table[:, 3].tobytes()}


def _index(frame):
    from unipixel.conversion import index_frames

    found = index_frames(frame[None])
    return (None, None) if found is None else (found.indices[0], found.table)
