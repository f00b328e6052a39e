"""The parts: markup, numbers, pictures, plots, the verdict."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from report_data import draw, measure, noisy, scaled

from unipixel.report.axes import nice_ticks
from unipixel.report.curves import curve_plot
from unipixel.report.html import Html, escape, join, link, section, tag
from unipixel.report.measures import compare
from unipixel.report.numbers import duration, filesize, fixed, interval, plural, signed, size_of
from unipixel.report.pictures import ROUNDINGS, encode, encode_all, exact_native, read, show, to_picture, window
from unipixel.report.plots import Dot, interval_plot, loss_plot, running_mean
from unipixel.report.recipe import plain
from unipixel.report.samples import load_samples, trio_figures
from unipixel.report.verdict import judge, pool


def test_only_markup_made_here_is_markup() -> None:
    assert tag("p", "<b>", Html("<i></i>"), None, ["a", 1]) == "<p>&lt;b&gt;<i></i>a1</p>"
    assert tag("img", alt='"', hidden=True, id=None, class_="c", aria_label="l") == (
        '<img alt="&quot;" hidden class="c" aria-label="l">'
    )
    assert section("a", "Title", None, []) == ""
    assert join() == ""


@given(st.text())
def test_escaped_text_has_no_markup_and_is_utf8(text: str) -> None:
    escaped = escape(text)
    assert not set("<>\"'\x00") & set(escaped)
    escaped.encode("utf-8")


def test_numbers() -> None:
    assert fixed(1234.5678, 2) == "1,234.57"
    assert fixed(-0.00001, 3) == "0.000"
    assert fixed(float("nan"), 1) == fixed(None, 1) == fixed("1", 1) == "–"
    assert (signed(0.5, 1), signed(-0.5, 1)) == ("+0.5", "−0.5")
    assert interval({"mean": 1, "low": 0.5, "high": 2}, 1) == ("1.0", "[0.5, 2.0]")
    assert interval({"mean": 1}, 0) == ("1", "")
    assert interval(None, 0)[1] == ""
    assert (duration(7384), duration(61), duration(5.2), duration(None)) == ("2 h 3 min", "1 min 1 s", "5 s", None)
    assert filesize(1500) == "1.5 kB (1,500 bytes)"
    assert (plural(1, "image"), plural(1200, "image"), plural(2, "canvas", "canvases")) == (
        "1 image",
        "1,200 images",
        "2 canvases",
    )
    assert (size_of("256x192"), size_of("wide")) == ((256, 192), None)
    assert (plain(["a", 1]), plain(True), plain("")) == ('["a", 1]', "true", "(empty)")


def test_exact_native_is_the_native_or_nothing() -> None:
    native = draw(6, 8, 0)
    found = exact_native(scaled(native), 8)
    assert found is not None
    assert (found == native).all()
    spoilt = scaled(native)
    spoilt[3, 3, 0] ^= 1
    assert exact_native(spoilt, 8) is None
    assert exact_native(scaled(native)[1:], 8) is None


@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 60))
def test_window_is_a_part_on_the_grid(height: int, width: int, most: int) -> None:
    rows, cols = np.indices((height, width))
    image = np.dstack([rows, cols, rows, cols]).astype(np.uint8)
    cut = window(image, most, most, step=8)
    top, left = int(cut[0, 0, 0]), int(cut[0, 0, 1])
    assert top % 8 == left % 8 == 0
    assert max(cut.shape[:2]) <= most
    assert (cut == image[top : top + cut.shape[0], left : left + cut.shape[1]]).all()


def decode(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA"))


def test_encoding_loses_nothing_but_what_it_says() -> None:
    for image in (draw(20, 20, 1), noisy(scaled(draw(9, 9, 2)), 3)):
        assert (decode(encode(image)) == image).all()
        for step in ROUNDINGS:
            error = np.abs(decode(encode(image, rounding=step)).astype(int) - image.astype(int))
            assert error.max() <= step // 2
    clear = draw(4, 4, 1)
    clear[0, 0] = 0
    assert (decode(encode(clear)) == clear).all()


def test_a_budget_is_kept_with_the_finest_step_that_does() -> None:
    images = [noisy(scaled(draw(8, 8, seed)), seed) for seed in range(10)]
    exact, step = encode_all(images, 10**9)
    assert step == 1
    total = sum(map(len, exact))
    files, step = encode_all(images, int(total * 0.9))
    assert 1 < step <= ROUNDINGS[-1]
    assert sum(map(len, files)) < total
    assert encode_all(images, 0)[1] == ROUNDINGS[-1]
    assert encode_all([], 0) == ([], 1)


def test_figure_is_shown_at_whole_zoom() -> None:
    image = draw(5, 7, 0)
    picture = to_picture(image)
    kind, _, data = picture.uri.partition(",")
    assert kind == "data:image/png;base64"
    assert (decode(base64.b64decode(data)) == image).all()
    figure = show(picture, "alt", "words", zoom=3, cell=1)
    assert 'width="21" height="15"' in figure
    assert "--w:7;--z:3;--c:1" in figure
    assert "no picture" in show(None, "alt")


def test_unreadable_pictures_are_none(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("text")
    for path in ("text.png", "gone.png", "", None, "a\0b"):
        assert read(tmp_path, path) is None


def test_large_samples_are_windows_and_say_so(run: dict[str, Any], tmp_path: Path) -> None:
    from unipixel.image import save_png

    for kind in ("base", "lora"):
        save_png(tmp_path / f"samples/256x192/{kind}.png", noisy(scaled(draw(60, 80, 1)), 2))
    trio = load_samples(run, tmp_path).sizes[0][2][0]
    assert trio.is_cut
    assert (trio.pictures["lora"].width, trio.pictures["lora"].height) == (384, 384)
    figures = join(trio_figures(trio, 8))
    assert "its middle 1:1" in figures
    assert 'href="./samples/256x192/lora.png"' in figures


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_cover_the_range(low: float, length: float) -> None:
    high = low + length
    ticks = nice_ticks(low, high)
    slack = 1e-6 * max(abs(low), abs(high), 1e-6) + 1e-6 * length
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert len(ticks) <= 8


def test_running_mean_of_a_line_is_the_line() -> None:
    line = [float(value) for value in range(20)]
    assert running_mean(line, 5)[2:-2] == pytest.approx(line[2:-2])
    assert running_mean([1.0, 1.0, 4.0], 3)[-1] == 2.5


def test_loss_plot_tells_and_draws() -> None:
    plot = loss_plot([(step, 1 / step) for step in range(1, 5001)])
    assert "Loss from step 1 to 5,000" in plot
    assert "optimiser step" in plot
    assert len(plot) < 20_000
    assert "nan" not in loss_plot([(1, float("nan")), (2, 0.5), (3, 0.4)])
    assert loss_plot([(1, 0.5)]) == loss_plot([]) == ""
    assert loss_plot([(1, 0.0), (2, 0.0)])


def test_interval_plot_places_dots() -> None:
    dots = [Dot("with", "with LoRA", 0.5, 0.4, 0.6), Dot("without", "without", 0.0, 0.0, 0.0)]
    plot = interval_plot("Score", [("256x192", dots)], "0 to 1", (0.0, 1.0))
    assert 'cx="214"' in plot  # half way between the axis' ends, 84 and 344
    assert "256x192, with LoRA: 0.5, interval 0.4 to 0.6" in plot
    assert interval_plot("Score", [], "0 to 1") == ""


def test_rows_of_an_interval_plot_may_be_named() -> None:
    dots = [Dot("with", "a name that is too long to stand", -0.5, -0.6, -0.4), Dot("plain", "b", -1.0, -1.0, -1.0)]
    plot = interval_plot("Difference", [("", dots)], "score", named=True)
    assert ">a name that is too …<" in plot
    assert "a name that is too long to stand: -0.5, interval -0.6 to -0.4" in plot
    assert 'class="zero"' in plot  # 0 is on the axis, and stands out, though all bars are below it
    assert 'class="zero"' not in interval_plot("Score", [("", [Dot("with", "a", 0.5, 0.4, 0.6)])], "score")


def test_curve_plot_places_dots_in_order() -> None:
    points = [(1.0, Dot("with", "1", 0.5, 0.4, 0.6)), (0.0, Dot("weight", "0", 0.0, 0.0, 0.1))]
    plot = curve_plot("Score by weight", points, ("weight", "score"), (0.0, 1.0))
    assert 'points="76,176 318,94"' in plot  # 0 at the foot of the axis, 0.5 half way up
    assert "weight 0: 0, interval 0 to 0.1; weight 1: 0.5, interval 0.4 to 0.6" in plot
    assert curve_plot("Score", points[:1], ("weight", "score")) == ""
    assert curve_plot("Score", [], ("weight", "score")) == ""


@given(st.text())
def test_links_stay_in_the_folder_of_the_page(path: str) -> None:
    written = link(path, "words")
    assert written.startswith('<a href="./')
    assert not set("<>\"' :\\") & set(written.removeprefix('<a href="').removesuffix('">words</a>'))


def rows(with_lora: tuple[int, float], unseen: tuple[int, float], without: float = 0.1) -> list[dict[str, Any]]:
    return [
        measure("with LoRA", "a", True, *with_lora),
        measure("with LoRA", "b", False, *unseen),
        measure("without LoRA", "a", True, 1, without),
        measure("without LoRA", "b", False, 0, without),
        measure("training through the autoencoder", "a", True, 16, 0.97),
    ]


@pytest.mark.parametrize(
    ("data", "word", "answer"),
    [
        (rows((16, 0.95), (16, 0.94)), "keeps", "This LoRA keeps its grid."),
        (rows((16, 0.95), (3, 0.2)), "partly", "at trained sizes, but not at sizes not trained on."),
        (rows((3, 0.2), (16, 0.95)), "partly", "at sizes not trained on, but not at trained sizes."),
        (rows((16, 0.7), (16, 0.7)), "partly", "does not keep it cleanly."),
        (rows((14, 0.95), (14, 0.95)), "partly", "does not keep it cleanly."),
        (rows((2, 0.1), (2, 0.1)), "not", "does not keep its grid."),
        ([], "unknown", "was not measured yet."),
        ([measure("with LoRA", "a", True, 16, 0.95)], "keeps", "This LoRA keeps its grid."),
    ],
)
def test_verdict(data: list[dict[str, Any]], word: str, answer: str) -> None:
    verdict = judge(data, 8)
    assert verdict.word == word
    assert verdict.answer.endswith(answer)


def test_pool_weighs_by_number() -> None:
    data = [measure("with LoRA", "a", True, 1, 0.9, n=1), measure("with LoRA", "b", True, 1, 0.5, n=3)]
    found = pool(data, "with LoRA", seen=True)
    assert found is not None
    assert (found.n, found.on_grid, found.low, found.high) == (4, 2, 0.5, 0.9)
    assert found.score == pytest.approx(0.6)
    assert found.on_grid_share == 0.5
    assert pool(data, "with LoRA", seen=False) is None


@pytest.mark.parametrize(
    ("low", "high", "better", "word"),
    [
        (0.1, 0.2, "higher", "better"),
        (0.1, 0.2, "lower", "worse"),
        (-0.2, -0.1, "lower", "better"),
        (-0.2, -0.1, "", "lower"),
        (-0.1, 0.1, "higher", "not clearly different"),
    ],
)
def test_differences_in_words(low: float, high: float, better: str, word: str) -> None:
    assert compare({"low": low, "high": high}, better) == word
    assert compare({"low": low, "high": high, "units": 4}, better) == "not clearly different"
    assert compare({"low": low, "high": high, "units": 5}, better) == word
