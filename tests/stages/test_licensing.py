"""Provenance is set on rows, noted in their history, and stays through the other stages."""

import pytest

from unipixel.dataset import Provenance, read_manifest
from unipixel.errors import DatasetError, WorkspaceError
from unipixel.stages.licensing import declare_provenance, list_provenance, set_provenance
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace

FREE = {"licence": "CC0-1.0", "allow_train": "yes"}


def by_source(workspace) -> dict[str, Provenance]:
    return {entry.source: entry.provenance for entry in read_manifest(workspace.manifest)}


def test_all_or_those_that_fit_a_pattern(workspace):
    prepare(workspace)

    assert len(set_provenance(workspace, {"author": "Me"})) == 9
    changed = set_provenance(workspace, FREE, ["art-1.png", "art-[23].*"])

    assert changed == [f"sources/art-{number}.png" for number in (1, 2, 3)]
    assert by_source(workspace)["sources/art-2.png"] == Provenance("CC0-1.0", "yes", "Me")
    assert by_source(workspace)["sources/art-4.png"] == Provenance(author="Me")


def test_it_is_written_once_and_noted(workspace):
    prepare(workspace)
    set_provenance(workspace, FREE)
    before = workspace.manifest.read_bytes()

    assert set_provenance(workspace, FREE) == []
    assert workspace.manifest.read_bytes() == before
    entry = read_manifest(workspace.manifest)[0]
    assert entry.history[-1] == {
        "op": "provenance",
        "was": {"licence": "", "allow_train": "unknown"},
        "now": FREE,
    }


def test_a_dry_run_says_and_changes_nothing(workspace):
    prepare(workspace)
    before = workspace.manifest.read_bytes()

    assert len(set_provenance(workspace, FREE, dry_run=True)) == 9
    assert workspace.manifest.read_bytes() == before


def test_it_outlives_preparing_again(workspace):
    prepare(workspace)
    set_provenance(workspace, FREE)
    prepare(workspace, overrides={"dataset.images_per_canvas": 2})

    assert set(by_source(workspace).values()) == {Provenance("CC0-1.0", "yes")}


def test_a_declaration_sets_what_it_says_and_no_more(workspace, tmp_path):
    prepare(workspace)
    set_provenance(workspace, {"author": "Me"})
    file = tmp_path / "sources.toml"
    file.write_text('licence = "CC0-1.0"\n[[pictures]]\nnames = "art-1.png"\nallow_train = "yes"\nauthor = "You"\n')

    assert len(declare_provenance(workspace, file)) == 9
    assert by_source(workspace)["sources/art-1.png"] == Provenance("CC0-1.0", "yes", "You")
    assert by_source(workspace)["sources/art-2.png"] == Provenance("CC0-1.0", "unknown", "Me")
    assert declare_provenance(workspace, file) == []


def test_mistakes_change_nothing_and_say_what_to_do(workspace, tmp_path):
    with pytest.raises(WorkspaceError, match="unipixel add"):
        set_provenance(Workspace.create(tmp_path / "empty", preset="unipixel"), FREE)
    prepare(workspace)
    before = workspace.manifest.read_bytes()

    with pytest.raises(DatasetError, match=r"Did you mean CC-BY-4\.0"):
        set_provenance(workspace, {"licence": "CC-BY", "allow_train": "yes"})
    with pytest.raises(WorkspaceError, match=r"'art-99\.png'"):
        set_provenance(workspace, FREE, ["art-1.png", "art-99.png"])
    assert workspace.manifest.read_bytes() == before


def test_the_list_has_one_row_for_each_source(workspace):
    prepare(workspace)
    set_provenance(workspace, FREE, ["art-1.png"])

    rows = list_provenance(workspace)
    assert [row["source"] for row in rows] == [f"sources/art-{number}.png" for number in range(9)]
    assert rows[1]["licence"] == "CC0-1.0"
    assert sum(row["images"] for row in rows) == 9
