"""Palettes in pictures: colour strips, indexed pictures, any picture of few colours, and Aseprite's sprites."""

from __future__ import annotations

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.color.distinct import pack, unpack
from unipixel.color.palette import MAX_COLORS, Palette
from unipixel.color.palette_files.entries import Entries, opaque_entries, to_palette
from unipixel.image import encode_png, load_image
from unipixel.image.aseprite_write import encode_aseprite


def parse_picture(data: bytes, name: str) -> Palette:
    """Read the palette of a picture file.

    An indexed picture's table keeps its order, entries that no pixel has included; only padding is left out (such
    entries where they repeat another). Any other picture, and a strip or sheet of swatches (all entries cover equally
    many pixels), is read as what it shows: its colours in the order in which they first appear, row by row.

    Raises
    ------
    PaletteError
        More than 256 colours, or none.
    ImageError
        Not a picture, or a damaged one.
    """
    image = load_image(data)
    table = _read_table(data, image)
    return palette_from_strip(image, name) if table is None else to_palette(table, name)


def palette_from_strip(image: npt.NDArray[np.uint8], name: str = "") -> Palette:
    """Read a colour strip, or any picture: its colours in the order in which they first appear, row by row.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Pixels with alpha 0 are left out. A 16x1 strip and one with 8x8 blocks give the same palette.
    name : str

    Raises
    ------
    PaletteError
        More than 256 colours, or none.
    """
    shown = image[image[..., 3] > 0] if image.shape[2] == 4 else image.reshape(-1, 3)
    codes, first = np.unique(pack(shown), return_index=True)
    entries = opaque_entries(unpack(codes[np.argsort(first)]))
    return to_palette(entries, name, too_many="Take some of them with: unipixel palette extract")


def encode_aseprite_palette(palette: Palette) -> bytes:
    """Encode as a sprite whose palette it is, with one pixel of each colour."""
    return encode_aseprite([_indices(palette)], palette=palette.colors)


def encode_strip(palette: Palette, kind: str) -> bytes:
    """Encode as a picture with one pixel of each colour.

    Parameters
    ----------
    palette : Palette
    kind : {"png", "gif", "webp"}
        PNG and GIF are indexed with the palette as their table; WebP is lossless.
    """
    if kind == "png":
        return encode_png(_indices(palette), palette=palette.colors)
    file = io.BytesIO()
    if kind == "gif":
        image = Image.fromarray(_indices(palette))
        image.putpalette(palette.colors.tobytes())
        image.save(file, "GIF", optimize=False)
    else:
        Image.fromarray(palette.colors[None].copy()).save(file, "WEBP", lossless=True, exact=True)
    return file.getvalue()


def _indices(palette: Palette) -> npt.NDArray[np.uint8]:
    return np.arange(len(palette), dtype=np.uint8)[None]


def _read_table(data: bytes, image: npt.NDArray[np.uint8]) -> Entries | None:
    """Entries of an indexed picture: as a strip shows them, else its table without padding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as file:
            if file.mode != "P":
                return None
            table, indices = _table(file), np.asarray(file)
    if not _shows(image, table, indices):  # a colour profile says that the table's numbers mean other colours
        return None
    counts = np.bincount(indices.ravel(), minlength=256)[: len(table)]
    return _in_order_shown(table, indices) if _is_strip(counts) else _without_padding(table, counts > 0)


def _shows(image: npt.NDArray[np.uint8], table: Entries, indices: npt.NDArray[np.uint8]) -> bool:
    """Whether a picture shows each colour as often as its table and indices say; it may be turned."""
    padded = np.zeros((256, 4), np.uint8)
    padded[: len(table)] = table
    meant = padded[indices]
    shown, often = np.unique(pack(image[image[..., 3] > 0]), return_counts=True)
    said, wanted = np.unique(pack(meant[meant[..., 3] > 0]), return_counts=True)
    return np.array_equal(shown, said) and np.array_equal(often, wanted)


def _is_strip(counts: npt.NDArray[np.int64]) -> bool:
    """Whether all entries that pixels have cover equally many, and are most of the table."""
    used = counts[counts > 0]
    return len(set(used.tolist())) == 1 and 2 * len(used) > len(counts)


def _in_order_shown(table: Entries, indices: npt.NDArray[np.uint8]) -> Entries:
    shown, first = np.unique(indices[indices < len(table)], return_index=True)
    entries: Entries = table[shown[np.argsort(first)]]
    return entries


def _without_padding(table: Entries, used: npt.NDArray[np.bool_]) -> Entries:
    """Leave out entries that no pixel has, where they repeat an earlier one or fill the end with one colour."""
    end = len(table)
    while end and not used[end - 1] and (table[end - 1] == table[-1]).all():
        end -= 1
    if end == len(table) - 1:  # one alone is no filling
        end = len(table)
    first = np.zeros(len(table), bool)
    first[np.unique(table, axis=0, return_index=True)[1]] = True
    entries: Entries = table[:end][(used | first)[:end]]
    return entries


def _table(image: Image.Image) -> Entries:
    """All entries of a picture's table; alpha from its transparency."""
    colors = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)[:MAX_COLORS]
    entries = opaque_entries(colors)
    transparency = image.info.get("transparency")
    if isinstance(transparency, int) and transparency < len(entries):
        entries[transparency, 3] = 0
    elif isinstance(transparency, bytes):
        count = min(len(transparency), len(entries))
        entries[:count, 3] = np.frombuffer(transparency, np.uint8, count)
    return entries
