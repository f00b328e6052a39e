"""Captions: trigger first, a person's words, and only what is in view of the crop."""

import pytest

from unipixel.dataset.manifest import read_manifest, write_manifest
from unipixel.errors import CaptionError, WorkspaceError
from unipixel.stages import engine
from unipixel.stages.captioning import hand_tags, write_captions
from unipixel.stages.checking import check
from unipixel.stages.preparing import prepare, training_file


def captions(workspace) -> dict[str, str]:
    return {
        entry.source: training_file(workspace, entry).with_suffix(".txt").read_text("utf-8").strip()
        for entry in read_manifest(workspace.manifest)
    }


def test_trigger_constants_and_tags_by_hand_come_first(workspace):
    prepare(workspace)
    write_captions(workspace)

    assert captions(workspace)["sources/art-1.png"].startswith("w0rd, masterpiece, pixel art, cave, bottle, from side")
    assert check(workspace) == []


def test_a_region_counts_only_where_it_is_in_view(workspace):
    prepare(workspace)
    write_captions(workspace)
    entry = next(entry for entry in read_manifest(workspace.manifest) if entry.source == "sources/art-0.png")
    row, col = entry.transforms[0]["window"][:2]
    in_view = row < 5 and col < 5

    assert ("bottle" in captions(workspace)["sources/art-0.png"]) == in_view
    assert "lamp" in captions(workspace)["sources/art-0.png"], "a box over the whole picture is in every crop"
    assert "cave" in hand_tags(workspace, entry)


def test_writing_again_changes_nothing(workspace):
    prepare(workspace)
    write_captions(workspace)
    before = captions(workspace), workspace.manifest.read_bytes()

    write_captions(workspace)
    prepare(workspace)

    assert (captions(workspace), workspace.manifest.read_bytes()) == before


def test_a_rejected_proposal_stays_rejected(workspace):
    prepare(workspace)
    write_captions(workspace)
    entries = read_manifest(workspace.manifest)
    chosen = next(tag for entry in entries for tag in entry.tags if tag.origin == "measured")
    from dataclasses import replace

    changed = [
        replace(
            entry, tags=tuple(replace(tag, state="rejected") if tag.name == chosen.name else tag for tag in entry.tags)
        )
        for entry in entries
    ]
    write_manifest(workspace.manifest, changed)

    write_captions(workspace)

    states = {tag.state for entry in read_manifest(workspace.manifest) for tag in entry.tags if tag.name == chosen.name}
    assert states == {"rejected"}
    assert not any(f", {chosen.name}" in text for text in captions(workspace).values())


def test_tags_that_exclude_each_other_are_named_with_their_file(workspace):
    (workspace.sources / "art-3.txt").write_text("day, night")
    prepare(workspace)

    with pytest.raises(CaptionError, match=r"art-3\.png.*day"):
        write_captions(workspace)


def test_without_training_images_it_says_what_to_do(workspace):
    with pytest.raises(WorkspaceError, match="unipixel prepare"):
        write_captions(workspace)


def test_processes_write_the_same_captions_as_one(captioned, monkeypatch):
    captions = {file: file.read_bytes() for file in captioned.training.glob("*/*.txt")}
    rows = captioned.manifest.read_bytes()
    for file in captions:
        file.unlink()
    monkeypatch.setattr(engine, "FEW", 0)

    write_captions(captioned, engine=engine.Engine("local", 2))

    assert {file: file.read_bytes() for file in captioned.training.glob("*/*.txt")} == captions
    assert captioned.manifest.read_bytes() == rows
