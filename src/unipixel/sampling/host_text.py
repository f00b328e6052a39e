"""Prompts here are plain text; hosts read brackets as weights. From their writing to ours, and back."""

from __future__ import annotations

import re

from unipixel.errors import OptionError

_LORA = re.compile(r"<(lora|lyco|hypernet):([^:>]+)[^>]*>", re.IGNORECASE)
_WEIGHT = re.compile(r"(?<!\\)\([^()]*:\s*[+-]?\d*\.?\d+\s*\)")
_SCHEDULE = re.compile(r"(?<!\\)\[[^\[\]]*[:|][^\[\]]*\]")
_WORD = re.compile(r"(?<!\S)(BREAK|AND)(?!\S)")
_NEGATIVE = "Negative prompt:"


def plain_text(prompt: str) -> str:
    r"""Read a prompt as a person writes it for a host, as far as it is plain text.

    ``\(`` and ``\)``, which mean brackets in A1111 and ComfyUI, become brackets; brackets without a weight are
    letters already. Space around lines is taken away, as A1111 does when it reads a prompt back.

    Raises
    ------
    OptionError
        The prompt holds what only hosts understand, so that it would be drawn otherwise than it was meant: weights
        ``(word:1.2)``, changes ``[a:b:0.5]``, ``BREAK`` and ``AND``, or a LoRA by name.

    Examples
    --------
    >>> plain_text(r"mario \(series\), cave")
    'mario (series), cave'
    """
    lora = _LORA.search(prompt)
    if lora is not None:
        raise OptionError(
            f"{lora[0]} in a prompt is not read here: name the file with --lora {lora[2]}.safetensors:WEIGHT."
        )
    for found in (_WEIGHT.search(prompt), _SCHEDULE.search(prompt), _WORD.search(prompt)):
        if found is not None:
            raise OptionError(
                f"{found[0]!r} in a prompt: weights and changes are not read here. Write the words alone."
            )
    lines = [line.strip() for line in re.sub(r"\\([()\[\]])", r"\1", prompt).strip().splitlines()]
    if any(line.startswith(_NEGATIVE) for line in lines):
        raise OptionError(f"A prompt can't hold a line that begins with {_NEGATIVE!r}: give it as --negative.")
    return "\n".join(lines)


def for_a1111(text: str) -> str:
    """Plain text so that A1111 and Forge read every bracket as a letter."""
    return re.sub(r"([()\[\]])", r"\\\1", text)


def for_comfy(text: str) -> str:
    """Plain text so that ComfyUI reads every bracket as a letter; square ones are letters there anyway."""
    return re.sub(r"([()])", r"\\\1", text)


def with_trigger(trigger: str, prompt: str) -> str:
    """Put the words that call a LoRA in front of a prompt, those that are there already left out.

    Examples
    --------
    >>> with_trigger("nv-p1xel4rt", "cat")
    'nv-p1xel4rt, cat'
    >>> with_trigger("nv-p1xel4rt", "a cat, NV-p1xel4rt")
    'a cat, NV-p1xel4rt'
    """
    words = [word.strip() for word in trigger.split(",")]
    missing = [word for word in words if word and not _holds(prompt, word)]
    return ", ".join([*missing, prompt] if prompt else missing)


def _holds(prompt: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", prompt, re.IGNORECASE) is not None
