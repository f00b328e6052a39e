"""From figures of pictures to what is said of a LoRA."""

import json

import numpy as np
import pytest

from stages.evaluation_data import report, rows
from unipixel.image import save_png
from unipixel.stages.evaluation import summary

NEAR_TO_FAR = ("close-up", "", "far away")
SIZE_OF = {"close-up": 24, "": 16, "far away": 8}


def steered(row):
    """Does what every word says."""
    return {
        "subject": SIZE_OF[row["distance"]] + row["seed"],
        "lightness": 0.2 if row["light"] else 0.5 + 0.01 * row["seed"],
    }


def test_a_steerable_set_is_seen_to_be_one():
    data = report("good", steered)

    assert data["distance"]["rho"] == pytest.approx(1)
    assert [row["word"] for row in data["distance"]["words"]] == list(NEAR_TO_FAR)
    assert data["distance"]["words"][0]["subject"]["mean"] == pytest.approx(25.5)
    (night,) = data["lights"]
    assert (night["statistic"], night["expected"], night["moves"], night["rho"]) == ("lightness", "lower", True, 1)
    assert night["difference"]["mean"] == pytest.approx(-0.315)
    assert night["n"] == 3 * 3 * 2 * 2
    assert night["units"] == 6
    text = " ".join(data["verdict"]["sentences"])
    assert "Words for distance move the subject's size as they should" in text
    assert "Words for light that move the palette as they should: night (lightness -0.3" in text
    assert data["verdict"]["good"]


def test_too_few_pictures_are_no_verdict_unless_they_speak_against_it():
    few = report("few", seeds=(1,))
    off = report("off", lambda row: {"is_on_grid": False}, seeds=(1,))

    assert few["verdict"]["good"] is None
    assert "below 5 nothing is beyond chance" in few["verdict"]["sentences"][0]
    assert off["verdict"]["good"] is False


def test_one_size_below_the_base_is_no_matter_of_too_few():
    """Fewer pictures than make a verdict excuse a gain that is not proved, never a size that is worse."""
    scores = {(True, True): 0.9, (True, False): 0.2, (False, True): 0.5, (False, False): 0.5}
    mixed = report("mixed", lambda row: {"score": scores[row["arm"] == "lora", row["seen"]]}, seeds=(1,))

    assert mixed["verdict"]["good"] is False


def test_a_set_that_draws_as_it_likes_is_not():
    rng = np.random.default_rng(5)

    data = report("wild", lambda row: {"subject": int(rng.integers(4, 30)), "lightness": rng.random()}, seeds=range(8))

    assert abs(data["distance"]["rho"]) < 0.25
    assert not data["lights"][0]["moves"]
    assert "not seen to move it beyond chance" in " ".join(data["verdict"]["sentences"])


def test_the_wrong_way_is_told_and_so_is_what_was_not_measured():
    wrong = report(
        "wrong", lambda row: {"subject": -SIZE_OF[row["distance"]], "lightness": 0.5 + 0.3 * bool(row["light"])}
    )
    blind = report("blind", lambda row: {"subject": None})
    half = summary.distance(
        rows(lambda row: {"subject": None if row["seed"] == 1 else SIZE_OF[row["distance"]]}), NEAR_TO_FAR
    )

    assert wrong["distance"]["rho"] == pytest.approx(-1)
    assert "move it the wrong way" in " ".join(wrong["verdict"]["sentences"])
    assert (wrong["lights"][0]["rho"], wrong["lights"][0]["moves"]) == (-1, False)
    assert (blind["distance"]["rho"], blind["distance"]["n"], blind["distance"]["unmeasured"]) == (None, 0, 72)
    assert "in 72 pictures no subject could be measured" in " ".join(blind["verdict"]["sentences"])
    assert (half["n"], half["unmeasured"], half["units"]) == (36, 36, 3)
    assert summary.distance(rows(), ("close-up",)) is None
    far = report("far", lambda row: {"subject": None if row["distance"] == "far away" else SIZE_OF[row["distance"]]})
    assert "close-up 24 px, unsaid 16 px, far away never measured" in " ".join(far["verdict"]["sentences"])


def test_unsaid_has_a_place_only_where_the_recipe_gives_it_one():
    ends = summary.distance(
        rows(lambda row: {"subject": {"close-up": 9, "": 99, "far away": 5}[row["distance"]]}), ("close-up", "far away")
    )

    assert ends["rho"] == pytest.approx(1)
    assert ends["n"] == 48


def test_discipline_and_differences_by_arm_and_size():
    data = report("good", lambda row: {"score": 0.7 + 0.1 * row["seen"]} if row["arm"] == "lora" else {})

    assert [(row["arm"], row["size"], row["n"], row["on_grid"]) for row in data["discipline"]] == [
        ("lora", "256x192", 36, 36),
        ("lora", "256x256", 36, 36),
        ("base", "256x192", 6, 0),
        ("base", "256x256", 6, 0),
    ]
    assert data["discipline"][0]["units"] == 6
    scores = {row["size"]: row for row in data["differences"] if row["metric"] == "score"}
    assert scores["256x192"]["mean"] == pytest.approx(0.7)
    assert scores["256x256"]["mean"] == pytest.approx(0.6)
    assert {row["n"] for row in data["differences"]} == {6}


def test_one_that_copies_is_caught_and_called_not_good():
    def near(distance):
        return lambda row: {"nearest": {"file": "a.png", "distance": distance if row["arm"] == "lora" else 0.9}}

    training = [0.8, 0.9, 0.7]
    copying, own = report("copying", near(0.1), training=training), report("own", near(0.8), training=training)

    assert copying["memorisation"]["copies"] == copying["memorisation"]["n"] == 72
    assert copying["memorisation"]["bound"] == pytest.approx(0.4)
    assert not copying["verdict"]["good"]
    assert "It memorises: 72 of 72" in " ".join(copying["verdict"]["sentences"])
    assert own["memorisation"]["copies"] == 0
    assert own["verdict"]["good"]
    assert report("unknown")["memorisation"] is None


def test_diversity_is_of_neutral_prompts_and_by_theme(tmp_path):
    drawn = [{**row, "native": row["file"]} for row in rows()]
    for row in drawn:
        if not row["distance"] and not row["light"]:  # the others lie nowhere: they are not asked for
            light = 255 if row["seed"] == 1 and row["arm"] == "lora" else 0
            save_png(tmp_path / row["file"], np.full((4, 5, 4), (light, light, light, 255), np.uint8))

    found = summary.diversity(drawn, tmp_path)

    whole = {row["arm"]: row for row in found if row["size"] is None}
    assert whole["lora"]["mean"] == pytest.approx(1, abs=1e-3)
    assert (whole["base"]["mean"], whole["base"]["n"]) == (0, 6)
    assert {row["size"] for row in found} == {None, "256x192", "256x256"}


def test_adherence_is_by_arm():
    data = report("shown", lambda row: {"adherence": 0.3 if row["arm"] == "lora" else 0.2})

    assert [(row["arm"], row["mean"], row["n"]) for row in data["adherence"]] == [
        ("lora", pytest.approx(0.3), 72),
        ("base", pytest.approx(0.2), 12),
    ]


def test_too_few_units_are_told_and_nothing_is_claimed():
    data = report("small", steered, seeds=(1,))

    assert "below 5 nothing is beyond chance" in data["verdict"]["sentences"][0]
    assert not data["verdict"]["good"]
    assert not data["lights"][0]["moves"]


def test_all_of_it_is_json():
    assert json.loads(json.dumps(report("good", steered))) == report("good", steered)
