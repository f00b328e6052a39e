"""Sources come in whole, once, with their tags, and nothing that is there is ever written again."""

import pytest

from unipixel.errors import WorkspaceError
from unipixel.image import encode_png
from unipixel.stages.adding import add


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
