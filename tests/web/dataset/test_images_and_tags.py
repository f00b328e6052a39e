"""The data set by HTTP: images by a search, their pixels, and edits of tags that are previewed, made and taken back."""

import re

import numpy as np
import pytest

from unipixel.caption.edits import add
from unipixel.dataset import read_manifest
from unipixel.dataset.query import FIELDS
from unipixel.image import load_image
from unipixel.stages.preparing import training_file
from unipixel.stages.tagging import edit_tags, list_edits
from unipixel.web.app import _page_files


def ids(studio, query: str = "") -> list[str]:
    return studio.get("/api/dataset/images", params={"query": query}).json()["ids"]


def rows(studio, *chosen: str) -> list[dict]:
    return studio.post("/api/dataset/rows", json={"ids": list(chosen)}).json()["images"]


def edit(studio, **wanted) -> dict:
    answer = studio.post("/api/dataset/edit", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tags(row: dict, state: str = "accepted") -> list[str]:
    return [tag["name"] for tag in row["tags"] if tag["state"] == state]


def test_images_are_found_by_the_language_of_the_library(studio, workspace):
    found = studio.get("/api/dataset/images").json()
    images = [row for row in read_manifest(workspace.manifest) if row.canvas]

    assert found["ids"] == [row.image_id for row in images]
    assert (found["all"], found["largest"]) == (9, [16, 16])
    assert ids(studio, "canvas:112x112") == [row.image_id for row in images if row.canvas == "112x112"]
    assert ids(studio, "nothing_of_this") == []


def test_a_search_that_makes_no_sense_is_told_as_a_sentence(studio):
    refused = studio.get("/api/dataset/images", params={"query": "teme:forest"})

    assert (refused.status_code, refused.json()["kind"]) == (422, "QueryError")
    assert "theme" in refused.json()["error"]


def test_the_help_names_every_word_of_the_language():
    help = _page_files()["dataset/part.html"].decode()

    assert set(FIELDS) <= set(re.findall(r"(\w+):", help))


def test_a_picture_is_the_training_image_and_may_be_kept(studio, workspace):
    row = next(row for row in read_manifest(workspace.manifest) if row.canvas)

    given = studio.get(f"/api/dataset/images/{row.image_id}/png")
    shown = load_image(given.content)

    assert np.array_equal(shown, load_image(training_file(workspace, row))[::8, ::8])
    assert "immutable" in given.headers["cache-control"]
    assert "no-store" in studio.get("/api/dataset/images").headers["cache-control"]


@pytest.mark.parametrize("id", ["0" * 16, "..%2f..%2fetc%2fpasswd", "recipe.toml"])
def test_only_images_of_the_data_set_are_given(studio, id):
    for path in (f"/api/dataset/images/{id}/png", f"/api/dataset/natives/{id}/png"):
        assert studio.get(path).status_code in (404, 422)


def test_a_row_says_what_its_caption_file_says(studio, workspace):
    row = next(row for row in read_manifest(workspace.manifest) if row.canvas)
    (shown,) = rows(studio, row.image_id)

    assert shown["caption"] + "\n" == training_file(workspace, row).with_suffix(".txt").read_text("utf-8")
    assert (shown["source"], shown["problem"]) == (row.source, "")
    assert [shown["height"], shown["width"]] == row.transforms[0]["canvas"]
    assert {tag["name"] for tag in shown["tags"]} == {tag.name for tag in row.tags}


def test_an_edit_goes_to_the_chosen_images_alone_and_is_taken_back_and_made_again(studio, workspace):
    first, second, *_ = ids(studio)
    before = workspace.manifest.read_bytes()

    made = edit(studio, op="add", tag="Lantern", ids=[first, second])
    assert (made["what"], made["changed"]) == ("add lantern", 2)
    assert all("lantern" in tags(row) for row in made["images"])
    assert ids(studio, "lantern") == [first, second]
    assert made["recent"] == ["lantern"]
    assert list_edits(workspace)[0].where == "(2 chosen)"

    taken = studio.post("/api/dataset/undo", json={"number": made["undo"]["number"]}).json()
    assert (taken["undo"], taken["redo"]["what"]) == (None, "add lantern")
    assert workspace.manifest.read_bytes() == before
    again = studio.post("/api/dataset/redo", json={"number": taken["redo"]["number"]}).json()
    assert (again["changed"], again["redo"]) == (2, None)


def test_a_preview_writes_nothing(studio, workspace):
    before = workspace.manifest.read_bytes()

    made = edit(studio, op="rename", tag="cave", new="tunnel", query="canvas:112x112", dry_run=True)

    assert made["changed"] == len(made["examples"]) == len(ids(studio, "canvas:112x112"))
    assert all("tunnel" in each["after"] and "cave" in each["before"] for each in made["examples"])
    assert workspace.manifest.read_bytes() == before


def test_proposals_are_accepted_and_rejected(studio):
    (first, *_) = ids(studio, "proposed:*")
    (row,) = rows(studio, first)
    yes, no, *_ = tags(row, "proposed")

    edit(studio, op="accept", tag=yes, ids=[first])
    made = edit(studio, op="reject", tag=no, ids=[first])

    assert yes in tags(made["images"][0])
    assert no in tags(made["images"][0], "rejected")


def test_an_edit_of_another_session_is_not_taken_back_unseen(studio, workspace):
    made = edit(studio, op="add", tag="lantern", query="")
    edit_tags(workspace, add("bridge"))

    refused = studio.post("/api/dataset/undo", json={"number": made["undo"]["number"]})

    assert refused.status_code == 422
    assert "nothing was changed" in refused.json()["error"]
    edits = studio.get("/api/dataset/edits").json()
    assert edits["undo"]["what"] == "add bridge"
    assert edits["revision"] != made["revision"]


def test_what_would_spoil_captions_is_refused(studio, workspace):
    before = workspace.manifest.read_bytes()
    edit(studio, op="add", tag="day", query="")

    refused = studio.post("/api/dataset/edit", json={"op": "add", "tag": "night"})

    assert refused.status_code == 422
    assert "nothing was changed" in refused.json()["error"]
    assert workspace.manifest.read_bytes() != before


@pytest.mark.parametrize(
    "body",
    [
        {"op": "drop", "tag": "a"},
        {"op": "add"},
        {"op": "add", "tag": "a, b"},
        {"op": "add", "tag": "a", "ids": "all"},
        {"op": "accept", "tag": "*", "score": "high"},
        {"op": "replace", "tag": "(", "new": ""},
    ],
    ids=str,
)
def test_an_edit_that_makes_no_sense_is_told_as_a_sentence(studio, body):
    refused = studio.post("/api/dataset/edit", json=body)

    assert refused.status_code == 422
    assert refused.json()["error"].endswith(".")


def test_tags_are_completed_and_counted(studio):
    found = studio.get("/api/dataset/complete", params={"start": "side v"}).json()
    counts = {row["name"]: row for row in studio.get("/api/dataset/tags").json()}

    assert found[0]["name"] == "from side"
    assert counts["cave"]["accepted"] == 9


def test_an_image_is_put_elsewhere_over_its_native_and_back(studio, workspace):
    (first, *_) = ids(studio)
    (row,) = rows(studio, first)
    native = load_image(studio.get(f"/api/dataset/natives/{row['native']}/png").content)
    assert [native.shape[1], native.shape[0]] == row["native_size"]

    made = studio.post("/api/dataset/place", json={"id": first, "corner": [-2, 0]}).json()["image"]
    shown = load_image(studio.get(f"/api/dataset/images/{made['id']}/png").content)
    assert (made["corner"], made["by_hand"], made["pad"][0]) == ([-2, 0], True, 2)
    assert made["id"] != first
    assert np.array_equal(shown[2:], native[: shown.shape[0] - 2, : shown.shape[1]])

    back = studio.post("/api/dataset/place", json={"id": made["id"], "corner": None}).json()["image"]
    assert back == row


@pytest.mark.parametrize("corner", [[0], ["a", 1], [0.5, 1], [1 << 30, 0], [900, 0], "auto", [True, 1]], ids=str)
def test_a_place_that_makes_no_sense_is_told_as_a_sentence(studio, workspace, corner):
    before = workspace.manifest.read_bytes()

    refused = studio.post("/api/dataset/place", json={"id": ids(studio)[0], "corner": corner})

    assert refused.status_code == 422
    assert refused.json()["error"].endswith(".")
    assert workspace.manifest.read_bytes() == before
