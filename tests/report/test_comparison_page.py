"""The page of a comparison: which one, why, and all of them side by side."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from evaluation_data import METRICS
from page_reader import Page
from report_data import spread

from unipixel.report import render_comparison
from unipixel.report.comparison.pictures import SHOWN, load_shared


@pytest.fixture
def comparison(evaluation: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Report data of a comparison that lies beside the small evaluation and another one of the same pictures."""
    (folder / "report.json").write_text(json.dumps(evaluation), encoding="utf-8")
    figures = {name: spread(0.9, 0.01) for name in METRICS}
    one = {"name": "small", "folder": "runs/small", "step": None, "n": 48, "on_grid": 47, "good": True, **figures}
    one |= {"steerability": 0.87, "distance": {"rho": 0.83, "low": 0.7, "high": 0.9}, "lights": [{"moves": True}]}
    one |= {"memorisation": {"copies": 2, "n": 48}, "diversity": spread(0.31, 0.01), "adherence": None}
    one["changes"] = {"train.steps": [4928, 77]}
    other = {**one, "name": "small step 50", "step": 50, "on_grid": 31, "score": spread(0.7, 0.02), "changes": {}}
    pair = {"candidate": "small step 50", "against": "small", "n": 48, "units": 6}
    return {
        **{"kind": "comparison", "format": 1, "scale": 8, "base": {"name": "tiny base", "hash": "feed"}},
        "candidates": [one, other],
        "differences": [{**pair, "metric": metric, **spread(-0.21, 0.03)} for metric in METRICS],
        "recommended": "small",
        "reasons": ["small step 50 does not keep the grid: 65% of its pictures lie on it."],
    }


def test_recommendation_figures_and_differences_are_told(comparison: dict[str, Any], tmp_path: Path) -> None:
    page = Page(render_comparison(comparison, tmp_path))
    figures = [
        *("Use small.", "It passes its evaluation.", "small step 50 does not keep the grid", "47 of 48", "31 of 48"),
        *("0.900", "0.700", "0.87", "−0.210", "worse", "2 of 48", "tiny base", "as the preset", "77"),
    ]
    assert [words for words in figures if words not in page.text] == []
    told = [str(plot.get("aria-label")) for plot in page.all("svg")]
    assert any("small step 50: -0.21, interval -0.24 to -0.18" in words for words in told)
    comparison["candidates"][0]["good"] = False
    assert "does not pass its evaluation, but is the best of these" in render_comparison(comparison, tmp_path)


def test_the_same_words_and_seeds_stand_side_by_side(comparison: dict[str, Any], tmp_path: Path) -> None:
    rows = load_shared(comparison["candidates"], tmp_path)
    assert len(rows) == SHOWN
    for one, other in rows:
        assert one == other
        assert (tmp_path / one["file"]).exists()
    page = Page(render_comparison(comparison, tmp_path))
    assert len(page.all("img")) == 2 * SHOWN
    links = set(page.addresses())
    assert {"./runs/small/report.html", "./runs/small/report.json", f"./{rows[0][0]['file']}"} <= links


def test_page_is_whole_and_asks_for_nothing(comparison: dict[str, Any], tmp_path: Path) -> None:
    text = render_comparison(comparison, tmp_path)
    page = Page(text)
    assert not page.broken
    assert len(page.all("h1")) == len(page.all("script")) == 1
    assert all(address.startswith(("data:", "#", "./")) for address in page.addresses())
    assert "http" not in text.replace("http-equiv", "")
    assert all(image.get("alt") for image in page.all("img"))
    assert all(cell.get("scope") for cell in page.all("th"))
    assert text == render_comparison(copy.deepcopy(comparison), tmp_path)


def test_hostile_names_stay_names(comparison: dict[str, Any], tmp_path: Path) -> None:
    evil = "</script><script>alert('1')</script>\"'<img src=x>\udc80"
    for one in comparison["candidates"]:
        one |= {"name": evil, "changes": {evil: [evil, evil]}}
    comparison |= {"recommended": evil, "reasons": [evil]}
    comparison["differences"][0]["candidate"] = evil
    text = render_comparison(comparison, tmp_path)
    page = Page(text)
    assert not page.broken
    assert len(page.all("script")) == 1
    assert all(str(image["src"]).startswith("data:") for image in page.all("img"))
    text.encode("utf-8")


@pytest.mark.parametrize("damage", ["gone", "no JSON", "[]", '{"samples": [1, {"arm": "lora"}]}', "{}"])
def test_evaluations_that_are_gone_leave_the_figures(comparison: dict[str, Any], tmp_path: Path, damage: str) -> None:
    file = tmp_path / "runs/small/report.json"
    if damage == "gone":
        file.unlink()
    else:
        file.write_text(damage, encoding="utf-8")
    page = Page(render_comparison(comparison, tmp_path))
    assert "There are no pictures that all of them drew." in page.text
    assert "Use small." in page.text


def test_holes_never_break_the_page(comparison: dict[str, Any], tmp_path: Path) -> None:
    assert not Page(render_comparison({}, tmp_path)).broken
    comparison["candidates"][1]["folder"] = None
    for key in comparison:
        assert not Page(render_comparison({**comparison, key: None}, tmp_path)).broken
    for key in comparison["candidates"][0]:
        holed = copy.deepcopy(comparison)
        holed["candidates"][0][key] = None
        assert not Page(render_comparison(holed, tmp_path)).broken
