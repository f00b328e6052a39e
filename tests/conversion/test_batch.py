"""Many pictures: the same results for any number of workers; a bad one is told and the rest goes on."""

import json

import numpy as np
import pytest

from unipixel.conversion import Job, Options, convert_jobs, plan_jobs, share_palette
from unipixel.errors import ImageError
from unipixel.grid import upscale
from unipixel.image import load_image, save_png


def draw(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = np.full((16, 20, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 256, (5, 3))[rng.integers(0, 5, (16, 20))]
    return art


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "art"
    for seed in range(6):
        save_png(root / f"{seed}.png", upscale(draw(seed), 6))
    save_png(root / "more" / "0.png", upscale(draw(9), 6))
    (root / "bad.png").write_bytes(b"no picture")
    (root / "notes.txt").write_text("no picture either")
    return root


def test_one_worker_or_many_make_the_same_files(folder, tmp_path):
    contents = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        results = list(convert_jobs(plan_jobs([folder], out), Options(), workers=workers))
        assert [result.state for result in results].count("failed") == 1
        contents.append({file.relative_to(out): file.read_bytes() for file in sorted(out.rglob("*.png"))})

    assert contents[0] == contents[1]
    assert len(contents[0]) == 7


def test_results_lie_as_the_sources_do(folder, tmp_path):
    list(convert_jobs(plan_jobs([folder], tmp_path / "out"), Options(), workers=1))

    assert np.array_equal(load_image(tmp_path / "out" / "more" / "0.png"), draw(9))
    assert np.array_equal(load_image(tmp_path / "out" / "0.png"), draw(0))


def test_a_bad_file_is_told_by_a_sentence(folder, tmp_path):
    results = {result.source.name: result for result in convert_jobs(plan_jobs([folder], tmp_path / "o"), Options())}

    assert results["bad.png"].problem.startswith("not a picture")
    assert not (tmp_path / "o" / "bad.png").exists()


def test_what_is_there_is_kept_unless_told(folder, tmp_path):
    jobs = plan_jobs([folder / "0.png"], tmp_path / "out")
    list(convert_jobs(jobs, Options()))
    before = jobs[0].target.read_bytes()

    assert [result.state for result in convert_jobs(jobs, Options(palette="1-bit"))] == ["kept"]
    assert jobs[0].target.read_bytes() == before
    assert [result.state for result in convert_jobs(jobs, Options(palette="1-bit"), force=True)] == ["converted"]
    assert jobs[0].target.read_bytes() != before


def test_a_source_is_never_overwritten(folder):
    before = (folder / "0.png").read_bytes()

    (result,) = convert_jobs(plan_jobs([folder / "0.png"], folder), Options(), force=True)

    assert result.state == "failed"
    assert "overwrite" in result.problem
    assert (folder / "0.png").read_bytes() == before


def test_two_pictures_of_one_name_both_get_a_result(folder, tmp_path):
    save_png(tmp_path / "twin.png", upscale(draw(1), 6))
    (folder / "0.jpg").write_bytes((folder / "0.png").read_bytes())

    targets = [job.target.name for job in plan_jobs([folder / "0.png", folder / "0.jpg"], tmp_path / "out")]

    assert targets == ["0.png.png", "0.jpg.png"]


def test_results_in_the_folder_are_no_sources(folder):
    out = folder / "pixel-art"
    list(convert_jobs(plan_jobs([folder], out), Options(), workers=1))

    assert all(out not in job.source.parents for job in plan_jobs([folder], out))


def test_patterns_that_the_shell_left_are_expanded(folder, tmp_path):
    jobs = plan_jobs([folder / "[0-2].png"], tmp_path)

    assert [job.source.name for job in jobs] == ["0.png", "1.png", "2.png"]


def test_an_empty_folder_and_a_pattern_without_files_are_told(tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(ImageError, match="no pictures"):
        plan_jobs([tmp_path / "empty"], tmp_path)
    with pytest.raises(ImageError, match="no file"):
        plan_jobs([tmp_path / "*.png"], tmp_path)


def test_a_missing_file_fails_alone(folder, tmp_path):
    jobs = plan_jobs([folder / "gone.png", folder / "0.png"], tmp_path / "out")

    assert [result.state for result in convert_jobs(jobs, Options())] == ["failed", "converted"]


def test_a_folder_of_frames_is_one_animation(tmp_path):
    for seed in range(12):
        save_png(tmp_path / "run" / f"frame{seed}.png", upscale(draw(seed % 2), 6))

    (job,) = plan_jobs([tmp_path / "run"], tmp_path / "out", as_frames=True)
    (result,) = convert_jobs([job], Options())

    assert job == Job(tmp_path / "run", tmp_path / "out" / "run.gif")
    assert result.facts["frames"] == 12


def test_facts_are_json(folder, tmp_path):
    (result,) = convert_jobs(plan_jobs([folder / "0.png"], tmp_path), Options())

    facts = json.loads(json.dumps(result.facts))
    assert facts["native"] == [20, 16]
    assert facts["cell"] == [6.0, 6.0]
    assert facts["report"]["verdict"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_shared_palette_is_of_all_pictures(folder, tmp_path, workers):
    jobs = plan_jobs([folder], tmp_path / "out")
    every = {tuple(color) for seed in (*range(6), 9) for color in draw(seed)[..., :3].reshape(-1, 3).tolist()}

    whole = share_palette(jobs, Options(), workers=workers)
    few = share_palette(jobs, Options(colors=6), workers=workers)

    assert {tuple(color) for color in whole.colors.tolist()} == every
    assert len(few) == 6
    assert {tuple(color) for color in few.colors.tolist()} < every


def test_no_picture_no_shared_palette(folder, tmp_path):
    with pytest.raises(ImageError, match="none of the pictures"):
        share_palette(plan_jobs([folder / "bad.png"], tmp_path), Options())
