"""What a file that calls itself ``.safetensors`` may really be, told by its first bytes."""

from __future__ import annotations

from pathlib import Path

from unipixel.errors import ModelError

PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_UNFINISHED = (".part", ".partial", ".crdownload", ".incomplete", ".aria2", ".download")
_LOOK = 512  # bytes; longer than all that is looked for

_PICKLE_REASON = "which can run any code when it is opened; use the .safetensors version of this model"
_KINDS = (
    (b"version https://git-lfs", "this is the pointer of Git LFS to a model and not the model; run: git lfs pull"),
    (b"<!doctype html", "this is a web page and not a model; the download asked for a login or an address was wrong"),
    (b"<html", "this is a web page and not a model; the download asked for a login or an address was wrong"),
    (b"gguf", "this is a GGUF file, whose weights are packed for drawing; use the .safetensors version of this model"),
    (b"pk\x03\x04", f"this is a Python pickle under another name, {_PICKLE_REASON}"),
    *(
        (bytes([0x80, number]), f"this is a Python pickle under another name, {_PICKLE_REASON}")
        for number in (2, 3, 4, 5)
    ),
    (b'{"error"', "this is an error message and not a model; download it again"),
)


def check_first_bytes(path: Path) -> None:
    """Refuse a file that can't be a ``.safetensors`` file, by its ending and its first bytes.

    Parameters
    ----------
    path : Path
        Of a file that may be absent: then nothing is said here.

    Raises
    ------
    ModelError
        A Python pickle under its own or another name, a file of GGUF, a pointer of Git LFS, a web page that was saved
        in the model's place, an unfinished download, or nothing at all.
    """
    ending = path.suffix.lower()
    if ending in PICKLES:
        raise ModelError(f"{path}: a {ending} file is a Python pickle, {_PICKLE_REASON}")
    if ending in _UNFINISHED:
        raise ModelError(f"{path}: this download is not finished; let it end or download the model again")
    if not path.is_file():
        return
    with open(path, "rb") as stream:
        start = stream.read(_LOOK)
    if not start:
        raise ModelError(f"{path}: the file is empty; download or copy it again")
    if start[8:9] == b"{":  # a header's length, then its JSON: the length alone may look like anything
        return
    text = start.lstrip().lower()
    for begin, kind in _KINDS:
        if text.startswith(begin):
            raise ModelError(f"{path}: {kind}")
