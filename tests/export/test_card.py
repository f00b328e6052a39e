"""A card says how to use a LoRA, in the forms that the Hub and Civitai read."""

import json
import re

import pytest

from unipixel.export.card import Card, Shown, civitai_page, hub_page


def card(**changes):
    facts = {
        "title": 'my "art" step 20',
        "file": "my-art-step-20.safetensors",
        "trigger": "w0rd",
        "words": ("masterpiece", "pixel art"),
        "scale": 8,
        "sizes": ["1152x896", "1024x1024"],
        "weight": 0.8,
        "negative_prompt": "blurry",
        "sampler": "euler-a",
        "steps": 24,
        "guidance": 6.0,
        "base": "illustriousXL.safetensors",
        "images": 40,
        "training": {"train.steps": 20, "train.learning_rate": 1e-4},
        "licences": {"CC0-1.0": 30, "": 10},
        "verdict": ("40 of 40 pictures lie on the grid.",),
        "pictures": [Shown("images/01.png", 'w0rd, a "cat": grey')],
        **changes,
    }
    return Card(**facts)


def head(page: str) -> list[str]:
    """Lines between the two marks of the metadata."""
    lines = page.splitlines()
    assert lines[0] == "---"
    return lines[1 : lines.index("---", 1)]


def test_the_hub_reads_trigger_gallery_and_template():
    lines = head(hub_page(card()))

    assert "  - template:diffusion-lora" in lines
    assert 'instance_prompt: "w0rd, masterpiece, pixel art"' in lines
    text = next(line for line in lines if line.startswith("  - text: "))
    assert json.loads(text.removeprefix("  - text: ")) == 'w0rd, a "cat": grey'
    assert '      url: "images/01.png"' in lines
    assert hub_page(card()).rstrip().endswith("<Gallery />")


@pytest.mark.parametrize(("base", "is_there"), [("someone/their-sdxl", True), ("base.safetensors", False)])
def test_only_a_name_on_the_hub_is_given_as_base_model(base, is_there):
    assert any(line.startswith("base_model:") for line in head(hub_page(card(base=base)))) is is_there


@pytest.mark.parametrize("page", [hub_page, civitai_page])
def test_it_says_how_to_use_it_what_was_measured_and_what_it_learned_from(page):
    told = page(card())

    for words in ("`w0rd, masterpiece, pixel art`", "strength 0.8", "1152x896", "divide each picture by 8", "`blurry`"):
        assert words in told
    assert "40 of 40 pictures lie on the grid." in told
    assert "30 under CC0-1.0" in told
    assert "10 under a licence that is not known" in told
    assert "`train.learning_rate` 0.0001" in told


def test_what_is_not_there_leaves_no_empty_chapter():
    told = hub_page(card(verdict=(), pictures=[], negative_prompt="", licences={}))

    assert "measured" not in told
    assert "widget" not in told
    assert "Gallery" not in told
    assert "Negative" not in told
    assert not re.search(r"\n\n\n", told)
