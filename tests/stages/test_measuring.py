import json

import numpy as np
import pytest

from unipixel.evaluation import measure_discipline
from unipixel.image import save_png
from unipixel.stages.measuring import METRICS, measure_files, summarize


@pytest.fixture
def files(tmp_path):
    """Six pictures, the third of which is none."""
    rng = np.random.default_rng(0)
    for index in range(6):
        native = rng.integers(0, 256, (12, 12, 3)).astype(np.uint8)
        image = native.repeat(8, axis=0).repeat(8, axis=1)
        image[0, :index] ^= 255
        save_png(tmp_path / f"{index}.png", image)
    (tmp_path / "2.png").write_bytes(b"no picture")
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_read_stops_nothing_else(files, workers):
    events = []
    rows = list(measure_files(files, scale=8, workers=workers, progress=events.append))

    assert [row.file for row in rows] == files
    assert [row.figures is None for row in rows] == [False, False, True, False, False, False]
    assert rows[2].problem
    assert str(files[2]) not in rows[2].problem
    assert rows[0].figures.score == 1.0 > rows[1].figures.score > rows[5].figures.score
    assert (events[-1].done, events[-1].total) == (6, 6)


def test_missing_files_and_too_small_ones_are_problems(files, tmp_path):
    rows = list(measure_files([tmp_path / "absent.png", files[0]], scale=200))

    assert all(row.figures is None and row.problem for row in rows)
    assert "x200" in rows[1].problem


def test_the_sum_has_intervals_around_the_means(files):
    figures = [row.figures for row in measure_files(files, scale=8) if row.figures]
    total = summarize(figures)

    assert (total["n"], total["on_grid"], total["followed"]) == (5, 5, 5)
    for metric in METRICS:
        assert total[metric]["mean"] == pytest.approx(np.mean([getattr(found, metric) for found in figures]))
        assert total[metric]["low"] <= total[metric]["mean"] <= total[metric]["high"]
    json.dumps(total)


def test_pictures_without_lines_have_no_drift_to_sum():
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3)).astype(np.uint8)
    total = summarize([measure_discipline(noise, 8)])

    assert (total["followed"], total["drift"]) == (0, None)
