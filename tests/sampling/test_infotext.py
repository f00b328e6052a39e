"""What A1111 reads out of a picture: by a reader written after its grammar, not after our writer."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import OptionError
from unipixel.image import encode_png, read_metadata
from unipixel.sampling import Drawing, Lora, Model, picture_notes, plain_text, write_infotext

MODEL = Model(name="illustrious, v1: best", file="illustrious.safetensors", hash="0123456789abcdef" * 4)
HOW = {
    "negative_prompt": "",
    "width": 1152,
    "height": 896,
    "seed": 4294967295,
    "steps": 24,
    "guidance": 5.5,
    "sampler": "dpm++-2m-karras",
}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


def read_as_a1111(text: str) -> dict[str, str]:
    """Read by the grammar of A1111: a last line of three or more ``Key: value`` is the settings, a line with
    ``Negative prompt:`` ends the prompt; lines are stripped; a value in quotes is JSON, others end at a comma."""
    lines = text.strip().split("\n")
    found = {}
    rest, count = lines[-1], 0
    while match := re.match(r"\s*(\w[\w /-]+):\s*", rest):
        rest = rest[match.end() :]
        if rest.startswith('"'):
            value, end = json.JSONDecoder().raw_decode(rest)
            rest = rest[end:]
        else:
            value, _, rest = rest.partition(",")
            rest = "," + rest if rest else ""
        found[match[1]] = value
        count += 1
        rest = rest.lstrip(",")
    assert count >= 3
    prompts = {"Prompt": [], "Negative prompt": []}
    kind = "Prompt"
    for line in map(str.strip, lines[:-1]):
        if line.startswith("Negative prompt:"):
            kind, line = "Negative prompt", line.removeprefix("Negative prompt:").strip()
        prompts[kind].append(line)
    return {**found, **{key: "\n".join(value) for key, value in prompts.items()}}


def as_words(text: str) -> str:
    """What A1111 takes for the words of a prompt: LoRAs taken out, an escaped bracket a letter."""
    return re.sub(r"\\([()\[\]])", r"\1", re.sub(r" ?<lora:[^>]*>", "", text))


def test_a_whole_text():
    lora = Lora(Path("style.safetensors"), 0.8, "style: v2", "abc" * 20 + "0123")

    text = write_infotext(Drawing("mario (series), cave", **HOW | {"negative_prompt": "blurry"}, loras=(lora,)), MODEL)

    assert text.splitlines()[0] == r"mario \(series\), cave <lora:style v2:0.8>"
    plain = "Steps: 24, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, Seed: 4294967295, Size: 1152x896, "
    assert text.splitlines()[2].startswith(plain)
    assert read_as_a1111(text) == {
        "Prompt": r"mario \(series\), cave <lora:style v2:0.8>",
        "Negative prompt": "blurry",
        "Steps": "24",
        "Sampler": "DPM++ 2M",
        "Schedule type": "Karras",
        "CFG scale": "5.5",
        "Seed": "4294967295",
        "Size": "1152x896",
        "Model hash": "0123456789",
        "Model": "illustrious, v1: best",
        "RNG": "CPU",
        "Lora hashes": "style v2: abcabcabcabc",
    }


def test_a_folder_has_no_hash_that_a_host_could_know():
    assert "Model hash" not in read_as_a1111(write_infotext(Drawing("x", **HOW), Model("folder", "", "")))


@given(st.lists(TEXTS, max_size=3), TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=2))
def test_any_prompt_comes_back(lines, negative, extra):
    try:
        prompt, negative = plain_text("\n".join(lines)), plain_text(negative)
    except OptionError:
        return

    text = write_infotext(Drawing(prompt, **HOW | {"negative_prompt": negative}), MODEL, extra)
    read = read_as_a1111(text)

    assert as_words(read["Prompt"]) == prompt
    assert as_words(read["Negative prompt"]) == negative
    assert json.loads(read.get("UniPixel", "{}")) == extra
    assert read["Seed"] == "4294967295"


@pytest.mark.parametrize("prompt", ['say "hello", twice: 1.5', "größe, 猫\nsecond line, day", "a\\b"])
def test_a_picture_carries_both_notes(prompt):
    notes = picture_notes(Drawing(prompt, **HOW), MODEL, {"scale": 8})

    read = read_metadata(encode_png(np.zeros((2, 2, 4), np.uint8), text=notes))

    assert read == notes
    assert as_words(read_as_a1111(read["parameters"])["Prompt"]) == prompt
    assert json.loads(read["prompt"])["2"]["inputs"]["text"] == prompt
