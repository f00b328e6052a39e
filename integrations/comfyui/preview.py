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


def show(frames, **result):
    """What a node gives back: its results, and previews of ``(n, h, w, 4)`` uint8 natives."""
    return {"ui": {"images": write_previews(frames)}, **result}


def write_previews(frames):
    """Write previews as ComfyUI wants to be told of them."""
    folder = temp_folder()
    if folder is None:
        return []
    name = f"unipixel_{uuid.uuid4().hex}"
    height, width = frames.shape[1:3]
    zoom = max(1, SIDE // max(height, width))
    written = []
    for frame in frames[:: -(-len(frames) // MOST)]:
        file = f"{name}_{len(written):05}_.png"
        picture, notes = _picture(frame)
        enlarged = picture.resize((width * zoom, height * zoom), Image.Resampling.NEAREST)
        enlarged.save(Path(folder) / file, compress_level=QUICK, **notes)
        written.append({"filename": file, "subfolder": "", "type": "temp"})
    return written


def _picture(frame):
    """A native for Pillow, and what it needs to be told when it saves; indexed it takes a third of the time."""
    from unipixel.conversion import index_frames

    indexed = index_frames(frame[None])
    if indexed is None:
        return Image.fromarray(frame), {}
    picture = Image.fromarray(indexed.indices[0])
    picture.putpalette(indexed.table[:, :3].tobytes())
    return picture, {"transparency": indexed.table[:, 3].tobytes()}
