"""The page of an evaluation: everything is on it, nothing leaves it, nothing breaks it."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from evaluation_data import ARMS
from page_reader import Page

from unipixel.report import render_evaluation
from unipixel.report.evaluation.arms import evenly
from unipixel.report.evaluation.conclusions import findings
from unipixel.report.evaluation.matrix import MOST_COLUMNS, MOST_ROWS, pick_columns, pick_compared, pick_rows
from unipixel.report.evaluation.memory import nearest_first
from unipixel.report.evaluation.sliders import SHOWN, pick_slid
from unipixel.report.evaluation.steering import effect_in_words


def test_no_request_can_leave_the_page(evaluation: dict[str, Any], folder: Path) -> None:
    text = render_evaluation(evaluation, folder)
    assert all(address.startswith(("data:", "#", "./")) for address in Page(text).addresses())
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    policy = next(str(meta["content"]) for meta in Page(text).all("meta") if meta.get("http-equiv"))
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert f"script-src 'sha256-{digest}';" in policy


def test_markup_is_well_formed_and_accessible(evaluation: dict[str, Any], folder: Path) -> None:
    page = Page(render_evaluation(evaluation, folder))
    assert not page.broken
    assert not page.open
    assert len(page.all("h1")) == 1
    assert all(image.get("alt") for image in page.all("img"))
    assert all(cell.get("scope") for cell in page.all("th"))
    assert all(plot.get("aria-label") for plot in page.box(role="img"))
    assert all(one.get("aria-label") or one.get("type") == "hidden" for one in page.all("input"))
    names = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    anchors = [address[1:] for address in page.addresses() if address.startswith("#")]
    assert set(anchors) <= set(names)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


FIGURES = [
    *("This LoRA does not pass.", "47 of 48 pictures lie on the grid.", "Two are copies.", "nv-t3st", "tiny base"),
    *("0.91", "0.902 to 0.924", "24 of 24 on the grid", "at 64x64, not trained on", "0.83", "[0.71, 0.95]"),
    *("1 of 1", "of 48 samples with the LoRA", "Rank correlation 0.83 [0.71, 0.95]", "45 pictures", "far away"),
    *("3 more pictures no subject", "30.0", "[28.5, 31.5]", "lightness lower", "−0.210", "[-0.240, -0.180]"),
    *("moves it", "0.91 [0.80, 1.00]", "+0.790", "[+0.770, +0.810]", "distance 0.400", "without loss"),
    *("All 24 samples lie on the grid at 64x48.", "1 of 24 samples do not lie on the grid at 64x64 (not trained"),
    *("2 of 48 samples are copies of training images.", "preset: 4928", "against the preset demo"),
    *("48 samples: with the LoRA", "8 of 48 samples", "All 48 samples with the LoRA.", "score 0.91, subject 21 px"),
]


def test_figures_are_on_the_page(evaluation: dict[str, Any], folder: Path) -> None:
    text = Page(re.sub(r"</(td|th|p|dt|dd|li)>|<small>", r" \g<0>", render_evaluation(evaluation, folder))).text
    assert [words for words in FIGURES if words not in text] == []


def test_every_arm_and_every_file_is_there(evaluation: dict[str, Any], folder: Path) -> None:
    page = Page(render_evaluation(evaluation, folder))
    addresses = set(page.addresses())
    for one in evaluation["samples"]:
        assert {f"./{one['file']}", f"./{one['native']}"} <= addresses
    assert {"./../lora.safetensors", "./report.json", "./../../training/0.png"} <= addresses
    for words in ("with the LoRA", "base, no LoRA", "LoRA, no trigger", "weight 0.5", "with pastel"):
        assert words in page.text


def test_plots_tell_their_intervals(evaluation: dict[str, Any], folder: Path) -> None:
    told = [str(plot["aria-label"]) for plot in Page(render_evaluation(evaluation, folder)).all("svg") if len(plot) > 3]
    assert any("64x48, base, no LoRA: 0.123, interval 0.112 to 0.134" in words for words in told)
    assert any("words, from near to far close-up: 30, interval 28.5 to 31.5" in words for words in told)
    assert any("weight of the LoRA 0.5: 0.123, interval" in words for words in told)


def test_sliders_lay_the_native_over_the_sample_at_one_size(evaluation: dict[str, Any], folder: Path) -> None:
    text = render_evaluation(evaluation, folder)
    page = Page(text)
    handles = page.box(type="range")
    assert len(handles) == len(pick_slid(evaluation["samples"])) == SHOWN
    assert {(one["min"], one["max"], one["value"]) for one in handles} == {("0", "100", "50")}
    assert all("nv-t3st, " in str(one["aria-label"]) for one in handles)
    drawn = [image for image in page.all("img") if str(image["alt"]).startswith("Drawn: ")]
    converted = [image for image in page.all("img") if str(image["alt"]).startswith("Converted: ")]
    assert [(one["width"], one["height"]) for one in drawn] == [(one["width"], one["height"]) for one in converted]
    layers = re.findall(r'class="layer" style="([^"]*)"', text)
    assert layers[:2] == ["--w:64;--z:1;--c:8", "--w:8;--z:8;--c:1"]


def test_without_script_and_on_paper_sliders_are_pairs(evaluation: dict[str, Any], folder: Path) -> None:
    text = render_evaluation(evaluation, folder)
    assert '<html lang="en">' in text  # "live" is the script's word
    on_screen = text.index("@media screen {")
    for rule in (".live .layer + .layer { clip-path", ".live .layers input {", ".live .handle {"):
        assert text.index(rule) > on_screen
    assert text.index(".layers input, .handle { display: none; }") < on_screen


def test_large_samples_are_windows_of_one_place(evaluation: dict[str, Any], folder: Path) -> None:
    from report_data import draw, noisy, scaled

    from unipixel.image import save_png

    evaluation["samples"] = evaluation["samples"][:2]
    for one in evaluation["samples"]:
        native = draw(61, 85, one["seed"])
        save_png(folder / one["native"], native)
        save_png(folder / one["file"], noisy(scaled(native), 1))
    text = render_evaluation(evaluation, folder)
    assert "its middle 1:1" in text
    layers = re.findall(r'class="layer" style="([^"]*)"', text)
    assert layers[:2] == ["--w:320;--z:1;--c:8", "--w:40;--z:8;--c:1"]


def test_same_data_same_bytes(evaluation: dict[str, Any], folder: Path) -> None:
    assert render_evaluation(evaluation, folder) == render_evaluation(copy.deepcopy(evaluation), folder)


def poison(value: Any, evil: str) -> Any:
    """Every text, the paths of pictures apart, made hostile."""
    if isinstance(value, dict):
        kept = ("file", "native", "arm", "metric", "size", "expected", "theme", "distance", "light")
        return {key: each if key in kept else poison(each, evil) for key, each in value.items()}
    if isinstance(value, list):
        return [poison(each, evil) for each in value]
    return evil if isinstance(value, str) else value


def test_hostile_texts_stay_texts(evaluation: dict[str, Any], folder: Path) -> None:
    evil = "</style><script>alert('1')</script>\"'><img src=x onerror=y>&amp;\u202e日本\udc80\x00"
    counts = [len(Page(render_evaluation(evaluation, folder)).all(tag)) for tag in ("script", "img", "style", "a")]
    evaluation = poison(evaluation, evil)
    evaluation["samples"][0] |= {"theme": evil, "distance": evil, "light": evil, "arm": evil, "size": evil}
    evaluation["discipline"][0] |= {"arm": evil, "size": evil}
    text = render_evaluation(evaluation, folder)
    page = Page(text)
    assert not page.broken
    assert len(page.all("script")) == counts[0]
    assert len(page.all("style")) == counts[2]
    assert all(str(image["src"]).startswith("data:image/") for image in page.all("img"))
    assert all(address.startswith(("data:", "#", "./")) for address in page.addresses())
    assert "alert('1')" in page.text
    text.encode("utf-8")


PARTS = ("lora", "base", "recipe", "changes", "samples", "discipline", "differences", "distance", "lights")
MORE = ("diversity", "memorisation", "adherence", "verdict", "scale", "name")


@pytest.mark.parametrize("name", PARTS + MORE)
@pytest.mark.parametrize("empty", ["absent", None, "empty"])
def test_any_part_may_be_missing(evaluation: dict[str, Any], folder: Path, name: str, empty: str | None) -> None:
    evaluation["samples"] = evaluation["samples"][::12]
    if empty == "absent":
        del evaluation[name]
    else:
        evaluation[name] = None if empty is None else type(evaluation[name])()
    page = Page(render_evaluation(evaluation, folder))
    assert not page.broken
    told = {
        "memorisation": "by heart was not measured",
        "adherence": "needs a CLIP model",
        "lights": "Words for light were not tried",
        "distance": "Words for distance were not tried",
    }
    assert told.get(name, "") in page.text


def test_holes_never_break_the_page(evaluation: dict[str, Any], folder: Path) -> None:
    evaluation["samples"] = evaluation["samples"][::24]
    for name in ("samples", "discipline", "differences", "lights", "diversity", "adherence"):
        for key in evaluation[name][0]:
            holed = copy.deepcopy(evaluation)
            holed[name][0][key] = None
            assert not Page(render_evaluation(holed, folder)).broken
    for name in ("distance", "memorisation", "verdict", "lora"):
        for key in evaluation[name]:
            holed = copy.deepcopy(evaluation)
            holed[name][key] = None
            assert not Page(render_evaluation(holed, folder)).broken


def test_nothing_at_all_is_still_a_page(tmp_path: Path) -> None:
    page = Page(render_evaluation({}, tmp_path))
    assert "was not judged yet" in page.text
    assert not page.broken


def test_pictures_that_are_gone_are_named_not_fatal(evaluation: dict[str, Any], folder: Path) -> None:
    for file in (*(folder / "samples").rglob("*.png"), folder.parent.parent / "training/0.png"):
        file.unlink()
    page = Page(render_evaluation(evaluation, folder))
    assert not page.all("img")
    labels = [str(box["aria-label"]) for box in page.all("div") if str(box.get("aria-label")).endswith("no picture")]
    assert "Nearest training image, ../../training/0.png: no picture" in labels
    assert any(label.startswith("Sample of base: ") for label in labels)


def row(theme: int, distance: str, light: str, size: int, seed: int) -> dict[str, Any]:
    place = {"theme": f"theme {theme}", "distance": distance, "light": light, "size": f"{size}x{size}", "seed": seed}
    return {**place, "arm": "lora", "file": "f", "native": "n"}


def test_of_many_samples_some_are_shown_evenly() -> None:
    rows = [
        row(theme, distance, light, size, seed)
        for size in (64, 72, 80)
        for theme in range(9)
        for distance in ("near", "", "far")
        for light in ("", "night", "fog", "dawn")
        for seed in (1, 2, 3)
    ]
    picked = pick_rows(rows)
    assert len(picked) == MOST_ROWS
    assert {theme for theme, _, _ in picked} == {f"theme {number}" for number in range(9)}
    assert {distance for _, distance, _ in picked} == {"near", "", "far"}
    assert {light for _, _, light in picked} == {"", "night", "fog", "dawn"}
    columns = pick_columns(rows)
    assert len(columns) == MOST_COLUMNS
    assert {size for size, _ in columns} == {"64x64", "72x72", "80x80"}
    slid = pick_slid(rows)
    assert len(slid) <= SHOWN
    assert {one["size"] for one in slid} == {"64x64", "72x72", "80x80"}
    assert len({(one["theme"], one["distance"], one["light"]) for one in slid}) > 1
    assert evenly(list(range(10)), 4) == [0, 2, 5, 7]
    assert evenly([1, 2], 4) == [1, 2]


def test_a_page_of_many_samples_stays_small(evaluation: dict[str, Any], folder: Path) -> None:
    text = render_evaluation(evaluation, folder)
    first = [one for one in evaluation["samples"] if one["arm"] == "lora"]
    evaluation["samples"] += [{**one, "seed": seed} for one in first for seed in range(3, 20)]
    many = render_evaluation(evaluation, folder)
    assert len(evaluation["samples"]) > 800
    assert len(Page(many).all("img")) <= MOST_ROWS * MOST_COLUMNS + 100
    assert len(many) < len(text) + 500 * len(evaluation["samples"])
    assert "48 of 864 samples with the LoRA, so that the page stays light" in Page(many).text


def test_arms_are_compared_pair_by_pair(evaluation: dict[str, Any]) -> None:
    for one, others in pick_compared(evaluation["samples"]):
        assert [other["arm"] for other in others] == list(ARMS[1:])
        assert {(other["theme"], other["size"], other["seed"]) for other in others} == {
            (one["theme"], one["size"], one["seed"])
        }


def test_the_nearest_come_first(evaluation: dict[str, Any]) -> None:
    distances = [one["nearest"]["distance"] for one in nearest_first(evaluation["samples"][::-1])]
    assert len(distances) == 48
    assert distances == sorted(distances)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"moves": True}, "moves it"),
        ({"moves": False, "expected": "lower", "difference": {"low": 0.1, "high": 0.2}}, "moves it the other way"),
        ({"moves": False, "expected": "lower", "difference": {"low": -0.2, "high": -0.1}}, "not clearly"),
        ({"moves": False, "expected": "lower", "difference": {"low": -0.1, "high": 0.2}}, "not clearly"),
        ({"expected": "lower", "units": 4, "difference": {"low": 0.1, "high": 0.2}}, "not clearly"),
        ({}, "not clearly"),
    ],
)
def test_what_a_word_for_light_does(row: dict[str, Any], words: str) -> None:
    assert effect_in_words(row) == words


def test_conclusions_name_what_does_not_hold(evaluation: dict[str, Any]) -> None:
    found = findings(evaluation)
    assert ("shown", "All 24 samples lie on the grid at 64x48.") in found
    assert ("against", "1 of 24 samples do not lie on the grid at 64x64 (not trained at).") in found
    assert ("shown", "Its score is above that of the base alone at 64x48 (+0.79), 64x64 (+0.79).") in found
    assert ("against", "2 of 48 samples are copies of training images.") in found
    evaluation["distance"] |= {"rho": -0.8, "low": -0.9, "high": -0.7}
    evaluation["lights"][0] |= {"moves": False}
    for one in evaluation["differences"]:
        one["units"] = 4
    found = findings(evaluation)
    assert any(kind == "against" and "the wrong way" in words for kind, words in found)
    assert ("open", "“night” is not seen to make lightness lower.") in found
    assert any(kind == "open" and words.startswith("Whether its score is above") for kind, words in found)
