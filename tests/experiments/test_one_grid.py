"""The controlled experiment: what its arms show, and that a job goes from scenes to figures."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unipixel.evaluation import measure_discipline

FOLDER = Path(__file__).parents[2] / "experiments" / "one_grid"


@pytest.fixture(scope="module", autouse=True)
def _on_path():
    """Its modules import one another by their bare names; other tests must not find them under those."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))
    for file in FOLDER.glob("*.py"):
        sys.modules.pop(file.stem, None)


@pytest.fixture
def scenes():
    from plan import Job

    return Job().scenes()[:24]


def shown(scenes, arm):
    from lattices import picture

    return [picture(scene, arm, chance) for chance, scene in enumerate(scenes)]


def test_the_arm_of_one_grid_is_perfect_art_at_offset_0(scenes):
    assert {measure_discipline(image, 8).score for image in shown(scenes, "one grid")} == {1.0}


def test_the_shifted_arm_is_perfect_art_on_its_own_lattice_alone(scenes):
    for image in shown(scenes, "shifted"):
        assert measure_discipline(image, 8).best_offset == (4, 4)
        assert measure_discipline(np.ascontiguousarray(image[4:-4, 4:-4]), 8).score == 1.0


def test_the_arm_of_random_offsets_has_many_of_them(scenes):
    assert len({measure_discipline(image, 8).best_offset for image in shown(scenes, "random offset")}) > 12


def test_the_smooth_arm_has_no_flat_cells(scenes):
    assert min(measure_discipline(image, 8).within_cell_variance for image in shown(scenes, "smooth")) > 0.03


def test_every_arm_shows_the_same_scene_at_the_same_size(scenes):
    from lattices import ARMS, picture

    for scene in scenes:
        drawn = [picture(scene, arm, 3).astype(float) for arm in ARMS]
        assert {image.shape for image in drawn} == {(scene.size[0] * 8, scene.size[1] * 8, 4)}
        means = np.array([image.mean(axis=(0, 1)) for image in drawn])
        assert np.abs(means - means[0]).max() < 40


def test_scenes_of_a_seed_are_balanced_and_the_same_each_time():
    from collections import Counter

    from plan import SIZES
    from scenes import GROUNDS, SUBJECTS, TILES, draw_scenes

    first, again = draw_scenes(90, SIZES, 1), draw_scenes(90, SIZES, 1)
    assert first == again
    assert first != draw_scenes(90, SIZES, 2)
    for kinds, name in ((SUBJECTS, "subject"), (GROUNDS, "ground"), (TILES, "distance")):
        counts = Counter(getattr(scene, name) for scene in first)
        assert set(counts) == set(kinds)
        assert max(counts.values()) - min(counts.values()) <= 1


def test_rank_correlation_knows_order_ties_and_nothing_to_say():
    from findings import distance_rank

    def rows(*pairs):
        return [{"distance": distance, "subject_height": height} for distance, height in pairs]

    assert distance_rank(rows(("far away", 5), ("", 9), ("close-up", 16))) == pytest.approx(1)
    assert distance_rank(rows(("far away", 16), ("", 9), ("close-up", 5))) == pytest.approx(-1)
    assert distance_rank(rows(("far away", 9), ("", 9), ("close-up", 9))) == 0
    assert distance_rank(rows(("far away", None), ("close-up", 9))) == 0


@pytest.mark.torch
def test_a_job_goes_from_scenes_to_figures_and_is_not_done_twice(tmp_path, monkeypatch):
    import classifier
    import plan
    import work
    from findings import load, write_findings

    monkeypatch.setattr(classifier, "STEPS", 2)
    monkeypatch.setattr(plan, "SAMPLES", (3, 2))
    monkeypatch.setattr(plan.Job, "scenes", lambda each: plan.draw_scenes(6, plan.SIZES, seed=1))
    monkeypatch.setattr(work, "STEPS", 2)
    job = replace(plan.Job(), steps=2)
    monkeypatch.setattr(plan.Job, "name", property(lambda each: "-".join(map(str, vars(each).values()))))
    work.do(job, tmp_path)
    work.do(plan.Job(arm=plan.NO_LORA), tmp_path)
    rows = load(job, tmp_path)
    assert [row["seen"] for row in rows] == [True] * 3 + [False] * 2
    assert all(0 <= row["within_cell_variance"] <= 1 and row["named"] for row in rows)
    samples = sorted((tmp_path / job.name / "samples").iterdir())
    before = [file.stat().st_mtime_ns for file in samples]
    work.do(job, tmp_path)
    assert [file.stat().st_mtime_ns for file in samples] == before
    write_findings(tmp_path, seeds=1)
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert {row["arm"] for row in results["arms"]} == {plan.NO_LORA}  # the job above is a variant of its own
    assert "| no LoRA | trained | 1 x 3 |" in (tmp_path / "results.md").read_text("utf-8")


def test_the_command_says_what_it_can():
    said = subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), "--help"], capture_output=True, text=True, check=True
    )
    assert "--seeds" in said.stdout
