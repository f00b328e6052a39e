"""From pictures to a balanced data set on the command line, with results as JSON."""

import json

import numpy as np
import pytest

from unipixel.image import save_png


def draw(seed):
    rng = np.random.default_rng(seed)
    colors = rng.integers(0, 256, (9, 3))[rng.integers(0, 9, (56, 72))]
    return np.dstack([colors, np.full((56, 72), 255)]).astype(np.uint8)


@pytest.fixture
def place(tmp_path, run):
    for seed in range(4):
        art = draw(seed).repeat(4, 0).repeat(4, 1)
        if seed == 3:
            art[:10] = (60, 60, 60, 255)
        save_png(tmp_path / "in" / ("cave" if seed % 2 else "city") / f"art-{seed}.png", art)
    code, out, _ = run("new", tmp_path / "w", "--preset", "mini-unipixel", "--json")
    assert (code, json.loads(out)["new"]) == (0, True)
    return tmp_path / "w"


SMALL = ("-s", "dataset.images_per_canvas=1")


def test_the_whole_way(run, place, tmp_path):
    code, out, _ = run("add", place, tmp_path / "in", "--licence", "CC0-1.0", "--allow-train", "yes", "--json")
    assert (code, json.loads(out)["added"]) == (0, 4)

    code, out, _ = run("prepare", place, *SMALL, "--json")
    assert code == 0
    assert json.loads(out)["canvases"] == {"1152x896": 1, "896x1152": 1, "1024x1024": 1}
    assert json.loads(out)["doubtful"] == 1

    code, out, err = run("decide", place)
    assert code == 0
    assert "sources/art-3.png" in out
    assert "1 pictures wait" in err
    code, out, _ = run("decide", place, "art-3", "--native-size", "72x56", "--json")
    assert (code, json.loads(out)[0]["native_size"]) == (0, [56, 72])
    assert run("decide", place, "--json")[1].strip() == "[]"

    code, out, _ = run("balance", place, *SMALL)
    assert code == 0
    assert "theme x canvas" in out
    code, out, _ = run("balance", place, "-s", "dataset.images_per_canvas=2", "--apply", "--json")
    assert (code, json.loads(out)["plan"]["wanted_per_canvas"]) == (0, 2)

    code, out, _ = run("duplicates", place, "--json")
    assert (code, json.loads(out)["equal"]) == (0, [])


def test_dry_runs_write_nothing(run, place, tmp_path):
    run("add", place, tmp_path / "in")
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}

    assert run("new", tmp_path / "other", "--dry-run")[0] == 0
    assert run("add", place, tmp_path / "in", "--theme", "x", "--dry-run")[0] == 0
    code, out, err = run("prepare", place, *SMALL, "--dry-run", "--json")

    assert code == 0
    assert json.loads(out)["pending"] == 4
    assert "were not looked at yet" in err
    assert not (tmp_path / "other").exists()
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--native-size", "72"], "is not WIDTHxHEIGHT"),
        (["--accept", "--reject"], "one thing"),
        (["--offset", "1,2"], "one thing"),
        (["--scale", "four"], "is not N"),
    ],
)
def test_a_decision_that_is_none_is_one_sentence(run, place, tmp_path, words, sentence):
    run("add", place, tmp_path / "in")

    code, _, err = run("decide", place, "art-0", *words)

    assert code == 2
    assert sentence in err


def test_all_of_some_confidence_are_decided_at_once(run, place, tmp_path):
    run("add", place, tmp_path / "in")
    run("prepare", place, *SMALL)

    code, _, err = run("decide", place, "--above", "0.5", "--accept")

    assert code == 0
    assert "1 pictures decided" in err


def test_check_removes_what_no_image_needs(run, place, tmp_path):
    run("add", place, tmp_path / "in")
    run("prepare", place, *SMALL)
    leftover = next((place / "training").glob("*x*")) / "meta_cap.json"
    leftover.write_text("{}")

    assert "meta_cap.json" in run("check", place)[1]
    assert leftover.exists()
    _, out, err = run("check", place, "--remove-leftovers")

    assert not leftover.exists()
    assert "meta_cap.json" not in out
    assert "removed: training/" in err


def test_prepare_places_one_image_by_hand(run, place, tmp_path):
    run("add", place, tmp_path / "in")
    run("prepare", place, *SMALL)
    image = next((place / "training").rglob("*.png"))

    code, out, _ = run("prepare", place, "--place", image.name, "-1,0", "--json")
    assert (code, json.loads(out)["history"][-1]["corner"]) == (0, [-1, 0])
    code, out, _ = run("prepare", place, "--place", next(image.parent.glob("*.png")).name, "auto")
    assert (code, (place / out.strip()).name) == (0, image.name)
    assert run("prepare", place, "--place", image.name, "left")[0] == 2
