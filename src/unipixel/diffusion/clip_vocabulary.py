"""CLIP's tokenizer from the vocabulary that ships here: no download, no file format of a particular library."""

from __future__ import annotations

from transformers import CLIPTokenizer

from unipixel.caption.clip_tokens import WORD_END, byte_letters, merges

_START, _END = "<|startoftext|>", "<|endoftext|>"


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
    letters = list(byte_letters().values())
    words = [*letters, *(letter + WORD_END for letter in letters), *("".join(pair) for pair in merges()), _START, _END]
    vocabulary = {word: number for number, word in enumerate(words)}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=list(merges()),
        unk_token=_END,
        bos_token=_START,
        eos_token=_END,
        pad_token=pad,
        model_max_length=77,
    )
