"""Figures of pictures are the same however many workers take them."""

import numpy as np
import pytest

from evaluation.made import art
from unipixel.image import save_png
from unipixel.stages.evaluation.figures import Picture, measure_pictures, measure_training, nearest_training


def saved(folder, count, scale=4):
    pictures = []
    for seed in range(count):
        native = art(seed, 12 + 4 * (seed % 2), 16)
        file = save_png(folder / f"{seed}.png", native.repeat(scale, 0).repeat(scale, 1))
        pictures.append(Picture(file, save_png(folder / "native" / f"{seed}.png", native), scale))
    return pictures


def test_perfect_art_is_perfect_and_its_figures_are_those_of_the_native(tmp_path):
    (row, _) = measure_pictures(saved(tmp_path, 2), workers=1)

    assert (row["score"], row["is_on_grid"]) == (1.0, True)
    assert {"subject", "lightness", "warmth", "chroma", "contrast"} <= set(row)


def test_a_subject_is_measured_where_it_can_be_told(tmp_path):
    native = np.full((20, 20, 4), (90, 160, 220, 255), np.uint8)
    native[5:16, 8:12, :3] = (200, 60, 40)
    file, small = save_png(tmp_path / "a.png", native.repeat(4, 0).repeat(4, 1)), save_png(tmp_path / "b.png", native)

    assert measure_pictures([Picture(file, small, 4)], workers=1)[0]["subject"] == 11


def test_workers_do_not_change_a_figure(tmp_path):
    pictures = saved(tmp_path, 36)
    seen = []

    one, two = (measure_pictures(pictures, workers=workers, progress=seen.append) for workers in (1, 2))

    assert one == two
    assert [event.done for event in seen if event.stage == "measure"] == [*range(1, 37)] * 2
    known = [each.file for each in pictures]
    for workers in (1, 2):
        training = measure_training(known, 4, workers=workers)
        found = nearest_training([each.native for each in pictures], training, workers=workers)
        assert len(training.distances) == 36
        assert min(training.distances) > 0.3
        assert [each.index for each in found] == list(range(36))
        assert [each.distance for each in found] == pytest.approx([0.0] * 36, abs=1e-3)


def test_two_cuts_of_one_picture_say_nothing_of_how_near_pictures_are(tmp_path):
    whole, other = art(1, 20, 30), art(2, 20, 26)
    cuts = [("a-r0c0", whole[:, :26]), ("a-r0c4", whole[:, 4:]), ("b-r0c0", other)]
    files = [save_png(tmp_path / f"{name}.png", native.repeat(4, 0).repeat(4, 1)) for name, native in cuts]

    distances = measure_training(files, 4, workers=1).distances

    assert len(distances) == 3
    assert min(distances) > 0.5
