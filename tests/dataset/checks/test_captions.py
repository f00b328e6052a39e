"""What only all captions together show."""

import pytest

from unipixel.dataset.checks.captions import check_captions


def check(captions: dict[str, list[str]], trigger="w0rd", declared=("masterpiece",)) -> list[str]:
    found = list(check_captions(captions, trigger, declared))
    assert {finding.severity for finding in found} <= {"note"}, "a person decides"
    return [str(finding) for finding in found]


def captions(*tags_of_each: list[str]) -> dict[str, list[str]]:
    return {f"{number:02d}.png": ["w0rd", "masterpiece", *tags] for number, tags in enumerate(tags_of_each)}


def test_captions_that_differ_and_agree_as_they_should_have_no_notes():
    varied = captions(*([a, b] for a in ("cow", "tree", "rock") for b in ("grass", "sand", "snow")))

    assert check(varied) == []


def test_a_tag_nearly_everywhere_is_named_unless_it_is_declared():
    mostly = captions(*(["cave", a, b] for a in ("cow", "tree", "rock") for b in ("grass", "sand", "snow")))
    mostly["00.png"].remove("cave")

    assert [text for text in check(mostly) if "'cave' is on 8 of 9" in text]
    assert check(mostly, declared=("masterpiece", "Cave")) == []


def test_in_a_handful_of_images_frequency_says_nothing():
    assert check(captions(["cave", "cow"], ["cave", "tree"], ["cave", "cow", "tree"])) == []


def test_a_tag_on_one_image_is_named():
    varied = captions(*([a, b] for a in ("cow", "tree", "rock") for b in ("grass", "sand", "snow")))
    varied["03.png"].append("gras")

    assert [text for text in check(varied) if "1 tags are on one image each: 'gras'" in text]


def test_two_spellings_of_one_tag_are_named():
    found = check(captions(["close-up", "cow"], ["closeup", "tree"], ["cow", "tree"]))

    assert len(found) == 1
    assert "'closeup' (1 images) means the same as 'close-up'" in found[0]
    assert check(captions(["closeup", "cow"], ["tree"], ["cow", "tree"])) == []


def test_a_misspelt_tag_is_told_the_nearest():
    found = check(captions(["backligting", "cow"], ["tree"], ["cow", "tree"]))

    assert len(found) == 1
    assert "did you mean 'backlighting'?" in found[0]
    assert "unipixel tags rename . 'backligting' 'backlighting'" in found[0]


def test_words_of_the_recipe_and_of_nobody_are_fine():
    assert check(captions(["far away", "cow"], ["foggy", "zyxomat"], ["cow", "tree"])) == []


def test_the_same_caption_on_several_images_is_named_once():
    found = check(captions(["cow"], ["tree"], ["cow"], ["cow"]))

    assert len(found) == 1
    assert found[0].startswith("00.png: the same caption as 2 other images")


@pytest.mark.parametrize(("trigger", "part"), [("night", "a tag that base models know"), ("knightly", "letters alone")])
def test_a_trigger_that_has_a_meaning_already_is_named(trigger, part):
    found = check({"a.png": [trigger, "cow"]}, trigger)

    assert len(found) == 1
    assert part in found[0]
