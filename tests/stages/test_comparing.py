"""Evaluations side by side: paired, recommended with reasons, refused where they do not compare."""

import json

import pytest

from stages.evaluation_data import report
from unipixel.errors import OptionError, WorkspaceError
from unipixel.stages.comparing import compare


def written(folder, data):
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(data))
    return folder


def near(distance):
    return lambda row: {"nearest": {"file": "a.png", "distance": distance}, "score": 0.9 if distance < 0.3 else 0.8}


def test_the_one_that_copies_is_not_recommended_though_it_scores_better(tmp_path):
    training = [0.8, 0.8]
    young = written(
        tmp_path / "run" / "evaluation-step-100", report("run step 100", near(0.7), training=training, step=100)
    )
    old = written(tmp_path / "run" / "evaluation", report("run", near(0.1), training=training))

    result = compare([tmp_path / "run"], output=tmp_path / "out")

    assert [row["name"] for row in result["candidates"]] == ["run", "run step 100"]
    assert result["recommended"] == "run step 100"
    assert any("run memorises: 100% copies" in reason for reason in result["reasons"])
    (score,) = [row for row in result["differences"] if row["metric"] == "score"]
    assert (score["candidate"], score["against"], score["n"], score["units"]) == ("run", "run step 100", 72, 6)
    assert score["mean"] == pytest.approx(0.1)
    (near_by,) = [row for row in result["differences"] if row["metric"] == "nearest"]
    assert near_by["mean"] == pytest.approx(-0.6)
    assert result["candidates"][1]["folder"] == "../run/evaluation-step-100"
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == result
    assert compare([young, old / "report.json"])["recommended"] == "run step 100"


def test_a_lower_score_beyond_chance_loses(tmp_path):
    low = written(tmp_path / "low", report("low", lambda row: {"score": 0.6 + 0.01 * row["seed"]}))
    high = written(tmp_path / "high", report("high", lambda row: {"score": 0.8 + 0.01 * row["seed"]}))

    result = compare([low, high])

    assert result["recommended"] == "high"
    assert any("low scores below high beyond chance" in reason for reason in result["reasons"])


def test_runs_of_one_name_are_told_apart_and_a_workspace_gives_all_its_runs(tmp_path):
    work = tmp_path / "work"
    for run in ("a", "b"):
        written(work / "runs" / run / "evaluation", report("same"))
    (work / "recipe.toml").write_text('extends = "demo"\n')
    (work / "report.json").write_text("{}")

    names = [row["name"] for row in compare([work])["candidates"]]

    assert len(set(names)) == 2
    assert names[0].startswith("same in ")


def test_another_matrix_is_told(tmp_path):
    one = written(tmp_path / "one", report("one", seeds=(1, 2)))
    two = written(tmp_path / "two", report("two", seeds=(2, 3)))

    result = compare([one, two])

    assert "not drawn by one [evaluate]" in result["reasons"][0]
    assert {row["n"] for row in result["differences"]} == {36}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"scale": 16}, "first is of scale x8 and second of x16"),
        ({"base": "f" * 64}, "evaluate both with one base"),
        ({"seeds": (8, 9)}, "share no theme, distance, light, size and seed"),
    ],
)
def test_what_does_not_compare_is_refused(tmp_path, other, told):
    places = [written(tmp_path / "a", report("first")), written(tmp_path / "b", report("second", **other))]

    with pytest.raises(OptionError, match=told):
        compare(places)


def test_what_is_no_evaluation_is_told(tmp_path):
    place = written(tmp_path / "a", report("first"))
    (tmp_path / "report.json").write_text("[")
    (tmp_path / "list.json").write_text("[]")
    old = written(tmp_path / "old", {**report("old"), "format": 0})

    with pytest.raises(OptionError, match="only one"):
        compare([place, place])
    with pytest.raises(WorkspaceError, match="unipixel evaluate"):
        compare([tmp_path / "nowhere"])
    with pytest.raises(WorkspaceError, match="another version"):
        compare([place, old])
    for name in ("report.json", "list.json"):
        with pytest.raises(WorkspaceError, match="not a report"):
            compare([place, tmp_path / name])
