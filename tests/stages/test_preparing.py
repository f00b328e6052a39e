"""Natives are right, training images are on the grid, and running it again changes nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from unipixel.color import count_colors
from unipixel.errors import WorkspaceError
from unipixel.files import read_jsonl, write_jsonl
from unipixel.image import load_image
from unipixel.stages import recovering
from unipixel.stages.preparing import prepare, read_natives, read_sources
from unipixel.stages.workspace import Workspace


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_native_is_the_art_that_was_drawn(workspace, draw_art):
    prepare(workspace)

    for name, (file, state) in read_natives(workspace).items():
        assert state == "sure"
        assert np.array_equal(load_image(file), draw_art(int(name.split("-")[1])))


def test_training_images_are_whole_cells_of_few_colours_on_equal_canvases(workspace):
    result = prepare(workspace)

    assert result.canvases == {"128x96": 3, "96x128": 3, "112x112": 3}
    for file in workspace.training_files():
        image = load_image(file)
        assert f"{image.shape[1]}x{image.shape[0]}" == file.parent.name
        assert np.array_equal(image[::8, ::8].repeat(8, axis=0).repeat(8, axis=1), image)
        assert count_colors(image) <= 32


def test_running_it_again_changes_no_byte_and_looks_at_no_source(workspace, monkeypatch):
    prepare(workspace)
    before = tree(workspace.root)
    looked_at = []
    monkeypatch.setattr(recovering, "recover_source", looked_at.append)

    prepare(workspace)

    assert not looked_at
    assert tree(workspace.root) == before


def test_a_deleted_view_comes_back_byte_for_byte(workspace):
    prepare(workspace)
    before = tree(workspace.training)
    for file in workspace.training_files():
        file.unlink()

    prepare(workspace)

    assert tree(workspace.training) == before


def test_a_kill_in_between_loses_little_and_ends_the_same(workspace, tmp_path, monkeypatch):
    prepare(workspace)
    whole = tree(workspace.root)
    again = Workspace.create(tmp_path / "again", preset="unipixel")
    again.recipe_file.write_bytes(workspace.recipe_file.read_bytes())
    for file in workspace.sources.iterdir():
        (again.sources / file.name).write_bytes(file.read_bytes())
    real = recovering.recover_source
    calls = []

    def killed(job):
        calls.append(job)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return real(job)

    monkeypatch.setattr(recovering, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(recovering, "SAVE_SHARE", 1e9)
    monkeypatch.setattr(recovering, "recover_source", killed)
    with pytest.raises(KeyboardInterrupt):
        prepare(again)
    assert sum(row["state"] != "new" for row in read_jsonl(again.manifest)) == 5
    calls.clear()
    calls.extend(["not again"] * 10)
    prepare(again)

    assert len(calls) == 14
    assert tree(again.root) == whole


def test_a_picture_without_a_grid_is_left_out_and_says_why(workspace):
    from PIL import Image

    y, x = np.mgrid[0:200, 0:260]
    smooth = np.dstack([128 + 100 * np.sin(x / 37), 128 + 90 * np.cos(y / 29), 128 + 80 * np.sin((x + y) / 51)])
    Image.fromarray(smooth.astype(np.uint8)).save(workspace.sources / "photo.jpg", quality=90)

    result = prepare(workspace)

    assert result.none + result.doubtful == 1
    row = next(row for row in read_sources(workspace) if row["name"] == "photo.jpg")
    assert row["state"] != "sure"
    assert row["reason"]


def test_a_persons_decision_is_kept(workspace):
    prepare(workspace)
    rows = read_jsonl(workspace.manifest)
    for row in rows:
        if row["source"] == "sources/art-0.png":
            row["state"] = "rejected"
    write_jsonl(workspace.manifest, rows)

    prepare(workspace)

    rows = [row for row in read_jsonl(workspace.manifest) if row["source"] == "sources/art-0.png"]
    assert [row["state"] for row in rows] == ["rejected"]
    assert not rows[0]["canvas"]


def test_no_sources_and_no_sure_native_are_one_sentence(tmp_path):
    empty = Workspace.create(tmp_path / "empty", preset="unipixel")

    with pytest.raises(WorkspaceError, match="unipixel add"):
        prepare(empty)


def test_the_manifest_is_json_lines_that_a_person_can_read(workspace):
    prepare(workspace)

    for line in workspace.manifest.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert {
            "id",
            "source",
            "source_sha256",
            "grid",
            "native_size",
            "confidence",
            "state",
            "canvas",
            "palette",
        } <= set(row)
