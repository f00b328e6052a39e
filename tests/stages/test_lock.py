"""Whoever writes to a workspace holds it: no two do at once, and nothing is lost between them."""

import pytest

from unipixel.caption.edits import add
from unipixel.errors import WorkspaceError
from unipixel.stages.captioning import write_captions
from unipixel.stages.licensing import set_provenance
from unipixel.stages.lock import LOCK, is_held
from unipixel.stages.preparing import prepare
from unipixel.stages.tagging import edit_tags, redo_edit, undo_edit

WRITERS = {
    "prepare": prepare,
    "caption": write_captions,
    "tags": lambda workspace: edit_tags(workspace, add("moss")),
    "undo": undo_edit,
    "redo": redo_edit,
    "licence": lambda workspace: set_provenance(workspace, {"licence": "CC0-1.0"}),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_waits_its_turn(captioned, writer):
    before = captioned.manifest.read_bytes()

    with captioned.lock(), pytest.raises(WorkspaceError, match="in use by process"):
        WRITERS[writer](captioned)

    assert captioned.manifest.read_bytes() == before


@pytest.mark.parametrize("reader", ["caption", "tags", "licence"])
def test_a_dry_run_need_not_wait(captioned, reader):
    with captioned.lock():
        if reader == "caption":
            write_captions(captioned, dry_run=True)
        elif reader == "tags":
            assert edit_tags(captioned, add("moss"), dry_run=True).images
        else:
            assert set_provenance(captioned, {"licence": "CC0-1.0"}, dry_run=True)


def test_a_hold_is_seen_while_it_lasts_and_not_after_a_kill(captioned):
    with captioned.lock():
        assert is_held(captioned.root)
        assert is_held(captioned.root)  # to look takes nothing away
    assert not is_held(captioned.root)

    (captioned.root / LOCK).write_text("process 1: killed")
    assert not is_held(captioned.root)
    with captioned.lock():
        assert is_held(captioned.root)
