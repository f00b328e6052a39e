"""Sources come in whole, once, with their tags, and nothing that is there is ever written again."""

from pathlib import Path

import pytest

from unipixel.dataset import Provenance, read_manifest
from unipixel.errors import DatasetError, WorkspaceError
from unipixel.image import encode_png
from unipixel.stages.adding import add
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace


def test_pictures_come_with_their_sidecars(workspace, pictures):
    for file in pictures.iterdir():
        assert (workspace.sources / file.name).read_bytes() == file.read_bytes()


def test_a_second_time_adds_nothing(workspace, pictures):
    result = add(workspace, [pictures])

    assert (result.added, result.known, result.problems) == (0, 9, ())


def test_a_name_that_is_taken_is_not_overwritten(workspace, tmp_path, draw_art):
    before = (workspace.sources / "art-0.png").read_bytes()
    other = tmp_path / "other" / "art-0.png"
    other.parent.mkdir()
    other.write_bytes(encode_png(draw_art(99)))

    result = add(workspace, [other])

    assert result.added == 1
    assert (workspace.sources / "art-0.png").read_bytes() == before
    assert len([file for file in workspace.source_files() if file.stem.startswith("art-0-")]) == 1


def test_what_is_no_picture_is_named_and_the_rest_goes_on(workspace, tmp_path, draw_art):
    bad = tmp_path / "cat.png"
    bad.write_text("I am text")
    good = tmp_path / "good.png"
    good.write_bytes(encode_png(draw_art(99)))

    result = add(workspace, [bad, good])

    assert result.added == 1
    assert "cat.png" in result.problems[0]


def test_an_empty_folder_and_an_absent_one_are_one_sentence(workspace, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(WorkspaceError, match="no pictures in this folder"):
        add(workspace, [tmp_path / "empty"])
    with pytest.raises(WorkspaceError, match="no such file or folder"):
        add(workspace, [tmp_path / "absent"])


def rows(workspace):
    return {row.source: row for row in read_manifest(workspace.manifest)}


def test_what_is_said_of_pictures_is_in_their_rows_at_once(workspace, tmp_path, draw_art):
    (tmp_path / "in" / "cave").mkdir(parents=True)
    (tmp_path / "in" / "cave" / "a.png").write_bytes(encode_png(draw_art(50)))
    (tmp_path / "in" / "b.png").write_bytes(encode_png(draw_art(51)))

    add(workspace, [tmp_path / "in"], provenance=Provenance(licence="CC0-1.0", author="Ada", allow_train="yes"))

    assert rows(workspace)["sources/a.png"].provenance == Provenance("CC0-1.0", "yes", "Ada")
    assert rows(workspace)["sources/a.png"].theme == "cave"
    assert rows(workspace)["sources/b.png"].theme == ""
    assert {row.state for row in rows(workspace).values()} == {"new"}


def test_adding_again_says_more_and_forgets_nothing(workspace, pictures):
    add(workspace, [pictures / "art-0.png"], provenance=Provenance(licence="CC0-1.0"), theme="cave")
    add(workspace, [pictures], provenance=Provenance(author="Ada"))

    assert rows(workspace)["sources/art-0.png"].provenance == Provenance("CC0-1.0", author="Ada")
    assert rows(workspace)["sources/art-0.png"].theme == "cave"
    assert rows(workspace)["sources/art-1.png"].provenance == Provenance(author="Ada")


def test_what_was_said_stays_through_prepare(workspace, pictures):
    add(workspace, [pictures], provenance=Provenance(licence="CC0-1.0"), theme="cave")
    prepare(workspace)

    assert {(row.theme, row.provenance.licence) for row in rows(workspace).values()} == {("cave", "CC0-1.0")}


def test_a_dry_run_copies_nothing(workspace, tmp_path, draw_art):
    good = tmp_path / "good.png"
    good.write_bytes(encode_png(draw_art(99)))
    before = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}

    assert add(workspace, [good], dry_run=True).added == 1

    assert {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()} == before


def test_a_declaration_beside_the_pictures_counts_and_what_is_given_wins(pictures, tmp_path):
    (pictures / "sources.toml").write_text(
        'licence = "CC0-1.0"\nauthor = "Ada"\n[[pictures]]\nnames = "art-1.png"\nauthor = "Bo"\n'
    )
    workspace = Workspace.create(tmp_path / "w", preset="unipixel")

    add(workspace, [pictures], provenance=Provenance(allow_train="yes"))

    rows = {Path(row.source).name: row.provenance for row in read_manifest(workspace.manifest)}
    assert rows["art-0.png"] == Provenance(licence="CC0-1.0", author="Ada", allow_train="yes")
    assert rows["art-1.png"].author == "Bo"


def test_a_licence_that_nobody_knows_is_refused_before_anything_is_copied(pictures, tmp_path):
    workspace = Workspace.create(tmp_path / "w", preset="unipixel")

    with pytest.raises(DatasetError, match=r"CC-BY-4\.0"):
        add(workspace, [pictures], provenance=Provenance(licence="CC BY 4.0"))

    assert not workspace.source_files()
