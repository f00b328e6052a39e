from dataclasses import replace

import pytest

from export_data import picture
from unipixel.export.model import Collection, edge_of


def test_names_hold_no_dividers_and_tell_canvases_apart(tmp_path):
    one = picture(tmp_path, 1)
    odd = replace(one, image=one.image.with_name("a_b.c-r0c0.png"))
    other = replace(one, entry=replace(one.entry, canvas="256x256"))

    assert odd.name == "a-b-c-r0c0-256x192"
    assert one.name != other.name


def test_groups_come_in_one_order_and_hold_everything_once(collection):
    groups = list(collection.groups("canvas", "repeats"))
    turned = list(replace(collection, pictures=list(reversed(collection.pictures))).groups("canvas", "repeats"))

    assert [(split, str(values[0]), values[1]) for split, values, _ in groups] == [
        ("train", canvas, repeats) for canvas in ("192x256", "256x192", "256x256") for repeats in (1, 2)
    ] + [("validation", "256x192", 1)]
    assert [group[:2] for group in turned] == [group[:2] for group in groups]
    assert sum(len(pictures) for _, _, pictures in groups) == len(collection.pictures)


def test_validation_is_seen_once_whatever_the_row_says(collection):
    assert [one.repeats for one in collection.pictures if one.entry.split == "validation"] == [1]


@pytest.mark.parametrize(("canvas", "step"), [("256x192", 64), ("160x96", 32), ("1152x1120", 32), ("200x120", 8)])
def test_the_step_divides_all_sides(tmp_path, canvas, step):
    pictures = [picture(tmp_path, 1, canvas), picture(tmp_path, 2, "256x256")]

    assert Collection(pictures, "t", 8, ".").step() == step


@pytest.mark.parametrize(("area", "edge"), [(1, 1), (2, 2), (4, 2), (1024 * 1024, 1024), (1024 * 1024 + 1, 1025)])
def test_an_edge_holds_its_area(area, edge):
    assert edge_of(area) == edge
