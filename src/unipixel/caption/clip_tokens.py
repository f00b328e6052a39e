"""How many tokens CLIP reads in a text: its byte-pair encoding, from the vocabulary that ships here."""

from __future__ import annotations

import gzip
import re
import unicodedata
from functools import lru_cache
from importlib import resources
from itertools import pairwise

WORD_END = "</w>"
"""What CLIP's vocabulary puts behind the last piece of a word."""

_CONTRACTIONS = re.compile("'s|'t|'re|'ve|'m|'ll|'d")
_RUNS = re.compile("l+|n|o+")
"""A run of letters, one digit, a run of all else; see :func:`_kinds`."""

Pair = tuple[str, str]


def count_tokens(text: str) -> int:
    """Count the CLIP tokens of a text, as both text encoders of SDXL read it.

    Parameters
    ----------
    text : str

    Returns
    -------
    int
        Start and end marks not counted; at most 75 fit one pass.

    Examples
    --------
    >>> count_tokens("nv-p1xel4rt, masterpiece, pixel art")
    13
    """
    return sum(_pieces(word) for word in split_words(text))


def split_words(text: str) -> list[str]:
    """Split a text as CLIP does before it looks for pieces: words, single digits, runs of marks; in lower case."""
    text = unicodedata.normalize("NFC", text).lower()
    kinds = _kinds(text)
    words, place = [], 0
    while place < len(text):
        found = _CONTRACTIONS.match(text, place) or _RUNS.match(kinds, place)
        end = found.end() if found else place + 1
        if found:
            words.append(text[place:end])
        place = end
    return words


@lru_cache(maxsize=1)
def merges() -> tuple[Pair, ...]:
    """CLIP's 48,894 merges of two pieces, the most frequent first."""
    packed = resources.files("unipixel.caption").joinpath("clip_merges.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    return tuple((first, second) for first, _, second in (line.partition(" ") for line in lines))


@lru_cache(maxsize=1)
def byte_letters() -> dict[int, str]:
    """One printable letter a byte, printable bytes first: the order in which CLIP numbers its first 256 tokens."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + place) for place, byte in enumerate(others)}


def _kinds(text: str) -> str:
    """One letter for each character: l a letter, n a number, s white space, o all else."""
    first = {"L": "l", "N": "n"}
    return "".join("s" if _is_space(char) else first.get(unicodedata.category(char)[0], "o") for char in text)


def _is_space(char: str) -> bool:
    """White space as Unicode has it; Python counts four control characters too."""
    return char.isspace() and not "\x1c" <= char <= "\x1f"


@lru_cache(maxsize=1)
def _ranks() -> dict[Pair, int]:
    return {pair: rank for rank, pair in enumerate(merges())}


@lru_cache(maxsize=1 << 16)
def _pieces(word: str) -> int:
    """How many pieces a word is left in after all merges that CLIP knows, the most frequent first."""
    letters, ranks = byte_letters(), _ranks()
    pieces = [letters[byte] for byte in word.encode("utf-8")]
    pieces[-1] += WORD_END
    while len(pieces) > 1:
        rank, place = min((ranks.get(pair, len(ranks)), at) for at, pair in enumerate(pairwise(pieces)))
        if rank == len(ranks):
            break
        pair = (pieces[place], pieces[place + 1])
        pieces = _merged(pieces, pair)
    return len(pieces)


def _merged(pieces: list[str], pair: Pair) -> list[str]:
    done: list[str] = []
    place = 0
    while place < len(pieces):
        if tuple(pieces[place : place + 2]) == pair:
            done.append("".join(pair))
            place += 2
        else:
            done.append(pieces[place])
            place += 1
    return done
