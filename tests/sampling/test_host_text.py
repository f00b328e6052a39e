"""Prompts: what hosts write reads as plain text, or is refused; nothing is drawn otherwise than it was meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import OptionError
from unipixel.sampling import plain_text, with_trigger
from unipixel.sampling.host_text import for_a1111, for_comfy

TEXTS = st.text(st.sampled_from("ab ()[]\\,"), max_size=20)


@pytest.mark.parametrize(
    "prompt", ["(cat:1.2)", "a (big, cat:.5), day", "[cat:dog:0.5]", "[cat|dog]", "cat BREAK dog", "cat AND dog"]
)
def test_what_only_hosts_understand_is_refused(prompt):
    with pytest.raises(OptionError, match="not read here"):
        plain_text(prompt)


def test_a_lora_by_name_is_told_its_option():
    with pytest.raises(OptionError, match=r"--lora style\.safetensors:WEIGHT"):
        plain_text("cat, <lora:style:0.8>")


def test_a_negative_prompt_does_not_hide_in_a_prompt():
    with pytest.raises(OptionError, match="--negative"):
        plain_text("cat\nNegative prompt: dog")


@pytest.mark.parametrize("prompt", ["mario (series)", "ratio 16:9", "10:30, (day)", "BREAKFAST AND_gate", ":)"])
def test_plain_words_stay(prompt):
    assert plain_text(prompt) == prompt


def test_escaped_brackets_are_letters_and_lines_lose_their_ends():
    assert plain_text(" mario \\(series\\) \r\n  cave\n") == "mario (series)\ncave"


@given(TEXTS.filter(lambda text: not re.search(r"\\([()\[\]]|$)", text)))
def test_what_is_written_for_a_host_reads_back(text):
    assert re.sub(r"\\([()\[\]])", r"\1", for_a1111(text)) == text
    assert re.sub(r"\\([()])", r"\1", for_comfy(text)) == text
    assert not re.search(r"(?<!\\)[()\[\]]", for_a1111(text))


@pytest.mark.parametrize(
    ("trigger", "prompt", "whole"),
    [
        ("w0rd", "cat", "w0rd, cat"),
        ("w0rd", "cat, W0RD", "cat, W0RD"),
        ("w0rd", "w0rds, cat", "w0rd, w0rds, cat"),
        ("nv-p1x", "nv-p1x-el", "nv-p1x, nv-p1x-el"),
        ("one, two", "cat, two", "one, cat, two"),
        ("", "cat", "cat"),
        ("w0rd", "", "w0rd"),
    ],
)
def test_trigger(trigger, prompt, whole):
    assert with_trigger(trigger, prompt) == whole
