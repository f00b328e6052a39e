"""The page as a whole: nothing leaves it, nothing breaks it, everything is on it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from page_reader import Page

from unipixel.report import render_report


def test_no_request_can_leave_the_page(run: dict[str, Any], tmp_path: Path) -> None:
    text = render_report(run, tmp_path)
    page = Page(text)
    addresses = [attributes.get(key) for _, attributes in page.elements for key in ("src", "href", "srcset", "action")]
    assert all(str(address).startswith(("data:", "#", "./")) for address in addresses if address is not None)
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    policies = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert [str(policy).startswith("default-src 'none'; img-src data:;") for policy in policies] == [True]


def test_markup_is_well_formed_and_accessible(run: dict[str, Any], tmp_path: Path) -> None:
    page = Page(render_report(run, tmp_path))
    assert not page.broken
    assert not page.open
    assert len(page.all("h1")) == 1
    # First screen; a source with its native and one alone; a training image; two samples of three.
    assert len(page.all("img")) == 3 + 3 + 1 + 6
    assert all(image.get("alt") for image in page.all("img"))
    assert all(cell.get("scope") for cell in page.all("th"))
    names = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    anchors = [str(link["href"])[1:] for link in page.all("a") if str(link["href"]).startswith("#")]
    assert set(anchors) <= set(names)
    assert page.all("html")[0]["lang"] == "en"


@pytest.mark.parametrize(
    "words",
    [
        "This LoRA keeps its grid. 16 of 16 samples at trained sizes and 16 of 16 samples at sizes not trained on lie "
        "on the x8 grid; without it 1 of 16 do.",
        *("113", "112", "91", "126", "121", "nv-t3st", "shot z", "5.01 px wide, 5 px high", "0.99", "0.13"),
        *("150x100", "30x20", "no lattice", "41 images", "6 colours", "one duplicate", "3 min 20 s", "9f9f9f"),
        *(
            "3.4 MB (3,412,345 bytes)",
            "4711",
            "0.951 [0.940, 0.962]",
            "0.0123 [0.0103, 0.0143]",
            "0.876 [0.866, 0.886]",
        ),
        *("34.5 [33.8, 35.2]", "4,321 [4,221, 4,421]", "16 of 16", "+0.839", "[+0.800, +0.878]", "better"),
        *("preset: 4928", "as many as fit", "feedfeed", "2.13.0", "lora/nv-t3st.safetensors", "runs/small"),
    ],
)
def test_figures_are_on_the_page(run: dict[str, Any], tmp_path: Path, words: str) -> None:
    text = Page(render_report(run, tmp_path).replace("<small>", " ").replace("</p><", "</p> <")).text
    assert words in text


def test_same_data_same_bytes(run: dict[str, Any], tmp_path: Path) -> None:
    assert render_report(run, tmp_path) == render_report(copy.deepcopy(run), tmp_path)


def test_hostile_texts_stay_texts(run: dict[str, Any], tmp_path: Path) -> None:
    evil = "</style><script>alert('1')</script>\"'><img src=x onerror=y>&amp;\udc80\x00"
    count = len(Page(render_report(run, tmp_path)).elements)
    for key in ("title", "workspace", "trigger"):
        run[key] = evil
    run["native"]["examples"][0] |= {"name": evil, "reason": evil, "state": evil}
    run["dataset"]["examples"][0]["caption"] = evil
    run["dataset"]["findings"] = [evil]
    run["samples"][0]["pictures"][0]["prompt"] = evil
    run["recipe"]["name"] = evil
    run["truth"]["wrong"] = [evil]
    run["versions"]["torch"] = evil
    text = render_report(run, tmp_path)
    page = Page(text)
    assert len(page.elements) == count
    assert not page.broken
    assert len(page.all("script")) == 1
    assert "alert('1')" in page.text
    text.encode("utf-8")


SECTIONS = (
    "native",
    "truth",
    "dataset",
    "training",
    "samples",
    "measures",
    "differences",
    "recipe",
    "base",
    "versions",
)


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("empty", ["absent", None, "empty"])
def test_any_part_may_be_missing(run: dict[str, Any], tmp_path: Path, name: str, empty: str | None) -> None:
    if empty == "absent":
        del run[name]
    else:
        run[name] = None if empty is None else type(run[name])()
    page = Page(render_report(run, tmp_path))
    commands = {
        "native": "prepare",
        "dataset": "caption",
        "training": "train",
        "samples": "sample",
        "measures": "measure",
    }
    if name in commands:
        assert f"unipixel {commands[name]} runs/small" in page.text
    if name == "truth":
        assert not [one for one in page.all("section") if one.get("id") == "truth"]
    assert not page.broken


def test_nothing_at_all_is_still_a_page(tmp_path: Path) -> None:
    page = Page(render_report({}, tmp_path))
    assert "was not measured yet" in page.text
    assert "unipixel train WORKSPACE" in page.text


def test_pictures_that_are_gone_are_named_not_fatal(run: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "samples/256x192/lora.png").unlink()
    (tmp_path / "training/0.png").write_text("no picture")
    labels = [str(box.get("aria-label")) for box in Page(render_report(run, tmp_path)).all("div")]
    assert "Sample with LoRA: tree, grass, seed 4711: no picture" in labels
    assert "Training image: nv-t3st, tree: no picture" in labels


def test_wrong_natives_are_loud(run: dict[str, Any], tmp_path: Path) -> None:
    loud = [box for box in Page(render_report(run, tmp_path)).all("div") if box.get("role") == "alert"]
    assert len(loud) == 2
    run["truth"]["wrong"] = []
    assert 'role="alert"' not in render_report(run, tmp_path)


def test_holes_never_break_the_page(run: dict[str, Any], tmp_path: Path) -> None:
    for name in ("truth", "dataset", "training"):
        for key in list(run[name]):
            holed = copy.deepcopy(run)
            holed[name][key] = None
            render_report(holed, tmp_path)
    for row, key in zip(run["measures"], ("score", "colors", "round_trip_psnr", "n"), strict=True):
        row[key] = None
    assert not Page(render_report(run, tmp_path)).broken
