"""What a prompt is to the UNet: embeddings of any number of tokens, a prompt and its negative of the same length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from unipixel.diffusion.base import Base
from unipixel.diffusion.quiet import quiet_libraries

_BACK = 20
"""How far back from the end of a chunk a comma is looked for, tokens; A1111's default (``comma_padding_backtrack``)."""


@dataclass(frozen=True)
class EncodedPrompt:
    """What the text encoders make of one prompt."""

    embeds: torch.Tensor
    """``(77 * chunks, D)`` float32 on the CPU: both encoders' penultimate hidden states side by side."""
    pooled: torch.Tensor
    """``(P,)`` float32 on the CPU: the second encoder's pooled output for the first chunk."""


@dataclass(frozen=True)
class Condition:
    """What one picture is drawn from: a prompt and its negative, as many tokens each."""

    positive: EncodedPrompt
    negative: EncodedPrompt


@torch.no_grad()
def encode_prompt(base: Base, text: str) -> EncodedPrompt:
    """Encode a prompt of any length.

    The encoders read 75 tokens at a time. A longer prompt is cut into chunks, at the last comma of a chunk where one
    is near its end, and the chunks' embeddings are laid one behind the other, as A1111 and ComfyUI do; up to 75 tokens
    nothing differs from what the stock pipeline and a training see.

    Parameters
    ----------
    base : Base
        With the LoRAs on it whose text encoder parts are meant to count.
    text : str
        Plain text: brackets and colons are read as such, never as weights.

    Returns
    -------
    EncodedPrompt
    """
    pipeline = base.pipeline
    pairs = ((pipeline.tokenizer, pipeline.text_encoder), (pipeline.tokenizer_2, pipeline.text_encoder_2))
    with quiet_libraries():
        cut = [_chunks(tokenizer, text) for tokenizer, _ in pairs]
    count = max(map(len, cut))  # the two vocabularies may cut a text into unlike numbers of tokens
    hidden, pooled = [], None
    for chunks, (tokenizer, encoder) in zip(cut, pairs, strict=True):
        ids = torch.tensor([_framed(tokenizer, chunk) for chunk in [*chunks, *[[]] * (count - len(chunks))]])
        output = encoder(ids.to(encoder.device), output_hidden_states=True)
        hidden.append(output.hidden_states[-2].flatten(0, 1))
        pooled = output.text_embeds[0] if hasattr(output, "text_embeds") else pooled
    return EncodedPrompt(torch.cat(hidden, dim=-1).float().cpu(), pooled.float().cpu())


def encode_conditions(base: Base, prompts: Sequence[str], negative_prompt: str = "") -> list[Condition]:
    """Encode prompts against one negative prompt, each text once.

    Parameters
    ----------
    base : Base
    prompts : sequence of str
    negative_prompt : str
        The empty text is encoded as such, the way captions are dropped in training.

    Returns
    -------
    list of Condition
        One for each prompt. Where a prompt and the negative differ in length, the shorter is filled up with the empty
        text, as A1111 does; so the picture depends on its own two texts alone.
    """
    known = {text: encode_prompt(base, text) for text in {*prompts, negative_prompt, ""}}

    def filled(text: str, length: int) -> EncodedPrompt:
        own = known[text]
        missing = (length - len(own.embeds)) // len(known[""].embeds)
        return EncodedPrompt(torch.cat([own.embeds, *[known[""].embeds] * missing]), own.pooled)

    pairs = [(text, max(len(known[text].embeds), len(known[negative_prompt].embeds))) for text in prompts]
    return [Condition(filled(text, length), filled(negative_prompt, length)) for text, length in pairs]


def _chunks(tokenizer: Any, text: str) -> list[list[int]]:
    """Token numbers of a text in chunks that fit between the marks of its begin and end; at least one chunk."""
    room = tokenizer.model_max_length - 2
    left = tokenizer(text, add_special_tokens=False).input_ids
    comma = tokenizer(",", add_special_tokens=False).input_ids[-1]
    chunks = []
    while len(left) > room:
        near = [place for place in range(room - _BACK, room) if left[place] == comma]
        end = near[-1] + 1 if near else room
        chunks.append(left[:end])
        left = left[end:]
    return [*chunks, left]


def _framed(tokenizer: Any, chunk: list[int]) -> list[int]:
    framed = [tokenizer.bos_token_id, *chunk, tokenizer.eos_token_id]
    return framed + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(framed))
