"""Prompts of any length: short ones as the stock pipeline has them, long ones in whole chunks."""

from __future__ import annotations

import pytest
import torch

from unipixel.diffusion import Base, encode_conditions, encode_prompt
from unipixel.diffusion.latents import encode_text

# the tiny base's tokens are single letters
LONG = ", ".join(["abcd"] * 30)


@pytest.mark.parametrize("text", ["", "cat, day", "x" * 75])
def test_a_prompt_of_one_chunk_is_what_a_training_sees(base: Base, text: str) -> None:
    embeds, pooled = encode_text(base, text)
    ours = encode_prompt(base, text)

    assert torch.allclose(ours.embeds, embeds, atol=1e-6)
    assert torch.allclose(ours.pooled, pooled, atol=1e-6)


def test_a_long_prompt_is_read_to_its_end(base: Base) -> None:
    long, other = encode_prompt(base, LONG), encode_prompt(base, LONG[:-1] + "z")

    assert long.embeds.shape == (2 * 77, 40)
    assert torch.equal(long.embeds[:77], other.embeds[:77])
    assert not torch.allclose(long.embeds[77:], other.embeds[77:])
    assert torch.allclose(long.pooled, encode_text(base, LONG)[1], atol=1e-6)


def test_a_chunk_ends_behind_a_comma(base: Base) -> None:
    whole = ", ".join(["abcd"] * 15)  # 15 words of 4 letters and 14 commas: 74 tokens

    first = encode_prompt(base, whole + ", abcd").embeds[:77]

    assert torch.allclose(first, encode_prompt(base, whole + ",").embeds, atol=1e-6)
    assert torch.allclose(encode_prompt(base, "y" * 80).embeds[77:], encode_prompt(base, "y" * 5).embeds, atol=0.5)


def test_a_prompt_and_its_negative_have_one_length_that_no_neighbour_changes(base: Base) -> None:
    short, long = encode_conditions(base, ["cat", LONG], "dog")
    (alone,) = encode_conditions(base, ["cat"], "dog")

    assert short.positive.embeds.shape == short.negative.embeds.shape == (77, 40)
    assert long.positive.embeds.shape == long.negative.embeds.shape == (154, 40)
    assert torch.equal(short.positive.embeds, alone.positive.embeds)
    assert torch.equal(long.negative.embeds[77:], encode_prompt(base, "").embeds)
    assert torch.equal(long.negative.pooled, short.negative.pooled)
