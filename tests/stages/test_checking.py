"""The check of a whole workspace: rows, files, policy and split together."""

from dataclasses import replace

import pytest

from unipixel.dataset.manifest import read_manifest, write_manifest
from unipixel.image import load_image, save_png
from unipixel.stages import engine
from unipixel.stages.captioning import write_captions
from unipixel.stages.checking import check, review
from unipixel.stages.preparing import prepare, training_file

from .conftest import settle


@pytest.fixture
def ready(workspace):
    prepare(workspace)
    write_captions(workspace)
    return workspace


def change_row(workspace, **fields):
    """Change the first row; its image, which lies elsewhere where it validates."""
    first, *others = read_manifest(workspace.manifest)
    changed = replace(first, **fields)
    write_manifest(workspace.manifest, [changed, *others])
    settle(workspace)
    return training_file(workspace, changed)


def problems(workspace, **overrides) -> list[str]:
    return [str(finding) for finding in check(workspace, overrides=overrides)]


def test_a_fresh_data_set_has_notes_and_no_faults(ready):
    assert check(ready) == []
    notes = review(ready, ready.recipe())
    assert {finding.severity for finding in notes} == {"note"}
    assert any("unipixel licence" in finding.mend for finding in notes)


def test_the_same_workspace_gives_the_same_findings_in_order(ready):
    ready.training_files()[3].with_suffix(".txt").unlink()

    findings = review(ready, ready.recipe())
    assert findings == review(ready, ready.recipe())
    assert [finding.severity for finding in findings] == sorted(finding.severity for finding in findings)
    assert all(finding.mend for finding in findings)


def test_an_edited_image_is_named_even_where_it_keeps_the_grid(ready):
    file = ready.training_files()[0]
    image = load_image(file)
    image[:8, :8] = image[8:16, 8:16] if (image[:8, :8] != image[8:16, 8:16]).any() else image[-8:, -8:]
    save_png(file, image)

    (found,) = problems(ready)
    assert found.startswith(f"{ready.relative(file)}: was changed since it was prepared")


def test_an_image_that_was_only_saved_anew_is_fine(ready):
    file = ready.training_files()[0]
    save_png(file, load_image(file))

    assert problems(ready) == []


def test_files_without_rows_and_rows_without_files(ready):
    here = ready.training_files()[0]
    there = here.with_name("stranger.png")
    here.rename(there)
    here.with_suffix(".txt").rename(there.with_suffix(".txt"))

    found = problems(ready)
    assert any(ready.relative(here) in text and "is not there" in text for text in found)
    assert any("stranger.png: has no row" in text for text in found)


def test_the_policy_refuses_labels_or_allows(ready):
    file = change_row(ready, rating="explicit")

    assert "rated explicit, and the policy is to refuse it" in problems(ready)[0]
    assert problems(ready, **{"policy.sexual": "allow"}) == []
    (found,) = problems(ready, **{"policy.sexual": "label"})
    assert "its caption does not say so" in found

    write_captions(ready, overrides={"policy.sexual": "label"})
    assert ", explicit" in file.with_suffix(".txt").read_text("utf-8")
    assert problems(ready, **{"policy.sexual": "label"}) == []


def test_what_may_not_be_trained_on_is_a_fault(ready):
    first = read_manifest(ready.manifest)[0]
    change_row(ready, provenance=replace(first.provenance, allow_train="no"))

    assert "may not be trained on" in problems(ready)[0]


def test_repeats_make_up_for_missing_images_and_validation_does_not_count(ready):
    file = change_row(ready, split="validation")
    canvas = file.parent.name
    assert [text for text in problems(ready) if f"2 images of {canvas}, 3 wanted" in text]

    rows = list(read_manifest(ready.manifest))
    twice = next(index for index, row in enumerate(rows) if row.canvas == canvas and row.split == "train")
    rows[twice] = replace(rows[twice], repeats=2)
    write_manifest(ready.manifest, rows)
    assert [text for text in problems(ready) if "wanted" in text] == []


def test_crops_of_one_source_on_both_sides_of_the_split_are_a_leak(ready):
    first, *others = read_manifest(ready.manifest)
    same = next(row for row in others if row.canvas)
    moved = [replace(row, source=first.source) if row is same else row for row in others]
    write_manifest(ready.manifest, [replace(first, split="validation"), *moved])
    settle(ready)

    assert [text for text in problems(ready) if "is trained on too" in text]


def test_processes_find_what_one_finds(ready, monkeypatch):
    file = change_row(ready)
    image = load_image(file)
    image[8:16, 8:16] = (1, 2, 3, 255)
    save_png(file, image)
    alone = review(ready, ready.recipe())
    monkeypatch.setattr(engine, "FEW", 0)

    together = review(ready, ready.recipe(), engine=engine.Engine("local", 2))

    assert together == alone
    assert any("was changed since it was prepared" in finding.problem for finding in alone)
