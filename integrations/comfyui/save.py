"""Files that editors and engines open: indexed, with the palette in its order."""

import json
from pathlib import Path

from .host import output_place, writes_metadata
from .node import ALPHA, NATIVES, PALETTE, Node
from .pictures import natives_from_comfy
from .preview import write_previews
from .widgets import choice, number, option_widgets, switch, text

FORMATS = ("png", "aseprite", "gif", "apng", "webp")
NOT_SHOWN = ("aseprite",)
"""Formats that no browser shows."""


class UniPixelSave(Node):
    """Natives as files."""

    TITLE = "UniPixel Save Indexed PNG / Aseprite"
    DESCRIPTION = (
        "Saves natives with their palette in order. png writes a file for each picture, which share one palette; "
        "the other formats write the batch as one animation."
    )
    RETURN_TYPES = ()
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        tooltip = "Name of the file, in ComfyUI's output folder; may have folders and %date:yyyy-MM-dd% in it."
        return {
            "required": {"images": NATIVES, "filename_prefix": text(tooltip, default="pixel-art/unipixel")},
            "optional": {
                "mask": ALPHA,
                "palette": (PALETTE, {"tooltip": "Its colours come first in the file, used or not."}),
                "format": choice(FORMATS, "Of the file."),
                "frame_ms": number(100, "Milliseconds of each frame of an animation.", least=10, most=65535),
                "metadata": switch(True, "Write the workflow into the file, as Save Image does."),
                **option_widgets("zoom", "optimize"),
            },
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }

    def work(
        self, images, filename_prefix, mask=None, palette=None, format="png", frame_ms=100, metadata=True, zoom=1,
        optimize=False, prompt=None, extra_pnginfo=None,
    ):  # fmt: skip
        from unipixel.files import write_atomic

        natives = natives_from_comfy(images, mask)
        notes = _notes(prompt, extra_pnginfo) if metadata and writes_metadata() else {}
        files = _encoded(natives, format, frame_ms, palette=palette, text=notes, zoom=zoom, optimize=optimize)
        height, width = natives.shape[1:3]
        folder, name, number, subfolder = output_place(filename_prefix, width * zoom, height * zoom)
        saved = []
        for place, data in enumerate(files):
            file = f"{name.replace('%batch_num%', str(place))}_{number + place:05}_.{format}"
            write_atomic(Path(folder) / file, data)
            saved.append({"filename": file, "subfolder": subfolder, "type": "output"})
        shown = write_previews(natives) if format in NOT_SHOWN else saved
        return {"ui": {"images": shown, "files": saved, "animated": (format not in ("png", *NOT_SHOWN),)}, "result": ()}


def _encoded(natives, format, frame_ms, **settings):
    """Bytes of each file."""
    from unipixel.conversion import encode_natives, encode_stills
    from unipixel.errors import OptionError

    if format not in FORMATS:
        raise OptionError(f"format {format} is not known. There are: {', '.join(FORMATS)}.")
    if format == "png":
        return encode_stills(natives, **settings)
    durations = (float(frame_ms),) * len(natives) if len(natives) > 1 else ()
    return [encode_natives(natives, f".{format}", durations=durations, **settings)]


def _notes(prompt, extra):
    """What Save Image writes into a PNG."""
    notes = {} if prompt is None else {"prompt": json.dumps(prompt)}
    return {**notes, **{name: json.dumps(value) for name, value in (extra or {}).items()}}
