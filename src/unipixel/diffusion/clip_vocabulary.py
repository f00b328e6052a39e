"""CLIP's tokenizer from the vocabulary that ships here: no download, no file format of a particular library."""

from __future__ import annotations

import gzip
from importlib import resources

from transformers import CLIPTokenizer

_START, _END = "<|startoftext|>", "<|endoftext|>"
_WORD_END = "</w>"


def clip_tokenizer(*, pad: str = _END) -> CLIPTokenizer:
    """CLIP's tokenizer of 49,408 tokens, 77 to a prompt.

    Parameters
    ----------
    pad : str
        Token that fills a prompt up: SDXL's first text encoder wants the end token, its second ``"!"``.

    Returns
    -------
    CLIPTokenizer
    """
    merges = _merges()
    letters = _byte_letters()
    words = [*letters, *(letter + _WORD_END for letter in letters), *("".join(pair) for pair in merges), _START, _END]
    vocabulary = {word: number for number, word in enumerate(words)}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        unk_token=_END,
        bos_token=_START,
        eos_token=_END,
        pad_token=pad,
        model_max_length=77,
    )


def _merges() -> list[tuple[str, str]]:
    packed = resources.files("unipixel.diffusion").joinpath("sdxl_config", "clip_merges.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    return [(first, second) for first, _, second in (line.partition(" ") for line in lines)]


def _byte_letters() -> list[str]:
    """One printable letter a byte, printable bytes first: the order in which CLIP numbers its first 256 tokens."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + place) for place in range(len(others))]
