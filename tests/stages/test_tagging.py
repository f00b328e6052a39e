"""Tags of many images: previews, edits, undo in later sessions, and kills at any moment."""

import json
from dataclasses import replace

import pytest

from unipixel.caption.edits import accept, add, delete, reject, rename
from unipixel.dataset.manifest import read_manifest
from unipixel.errors import CaptionError, QueryError
from unipixel.stages import tagging
from unipixel.stages.captioning import write_captions
from unipixel.stages.checking import check
from unipixel.stages.preparing import prepare
from unipixel.stages.tagging import (
    JOURNAL,
    edit_tags,
    find_images,
    finish_edits,
    judge_rules,
    list_edits,
    list_tags,
    redo_edit,
    undo_edit,
)


def captions(workspace) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in sorted(workspace.training.rglob("*.txt"))}


def state(workspace):
    return captions(workspace), workspace.manifest.read_bytes()


def count(workspace, name: str) -> tuple[int, int, int]:
    rows = {row.name: (row.accepted, row.proposed, row.rejected) for row in list_tags(workspace)}
    return rows.get(name, (0, 0, 0))


def test_a_preview_writes_nothing_and_shows_what_the_edit_does(captioned):
    before = state(captioned)

    preview = edit_tags(captioned, rename("cave", "tunnel"), dry_run=True)
    assert state(captioned) == before
    assert not (captioned.root / JOURNAL).exists()

    done = edit_tags(captioned, rename("cave", "tunnel"))
    assert done == preview
    assert len(done.images) == 9
    assert {image.after + "\n" for image in done.images} == set(captions(captioned).values())
    assert all(image.before.replace("cave", "tunnel") == image.after for image in done.images)
    assert check(captioned) == []


def test_an_edit_touches_only_what_fits(captioned):
    edit_tags(captioned, add("lantern"), "lamp")

    assert count(captioned, "lantern") == count(captioned, "lamp") == (1, 0, 0)
    assert [entry.source for entry in find_images(captioned, "lantern")] == ["sources/art-0.png"]


def test_edits_stand_when_captions_are_written_again(captioned):
    edit_tags(captioned, rename("cave", "tunnel"))
    edit_tags(captioned, delete("bottle"))
    edit_tags(captioned, add("lantern"))
    before = state(captioned)

    write_captions(captioned)
    prepare(captioned)
    write_captions(captioned)

    assert state(captioned) == before
    assert all("tunnel" in text and "lantern" in text for text in captions(captioned).values())
    assert not any("cave" in text or "bottle" in text for text in captions(captioned).values())


def test_undo_and_redo_across_sessions_give_back_every_byte(captioned):
    states = [state(captioned)]
    for edit in (rename("cave", "tunnel"), delete("*side"), add("lantern")):
        edit_tags(captioned, edit)
        states.append(state(captioned))

    for wanted in reversed(states[:-1]):
        undo_edit(captioned)
        assert state(captioned) == wanted
    assert undo_edit(captioned) is None
    for wanted in states[1:]:
        redo_edit(captioned)
        assert state(captioned) == wanted
    assert redo_edit(captioned) is None
    assert [(one.number, one.undone) for one in list_edits(captioned)] == [(1, False), (2, False), (3, False)]


def test_undo_leaves_what_came_after_alone(captioned):
    edit_tags(captioned, rename("cave", "tunnel"))
    with (captioned.sources / "art-1.txt").open("a") as file:
        file.write(", moss")
    write_captions(captioned)

    undo_edit(captioned)

    assert count(captioned, "cave")[0] == 9
    assert count(captioned, "moss")[0] == 1


def test_proposals_are_accepted_and_rejected_for_good(captioned):
    name, waiting = next((row.name, row.proposed) for row in list_tags(captioned) if row.proposed > 1)
    one = find_images(captioned, f'proposed:"{name}"')[0]

    edit_tags(captioned, accept(name), f"id:{one.id}")
    edit_tags(captioned, reject(name))
    write_captions(captioned)

    assert count(captioned, name) == (1, 0, waiting - 1)
    row = next(row for row in judge_rules(captioned) if row.by == name)
    assert (row.accepted, row.rejected, row.proposed) == (1, waiting - 1, 0)


def test_what_would_exclude_each_other_is_refused_before_anything_is_written(captioned):
    edit_tags(captioned, add("night"), "lamp")
    before = state(captioned)

    with pytest.raises(CaptionError, match=r"nothing was changed.*1 captions"):
        edit_tags(captioned, add("day"))
    assert state(captioned) == before
    with pytest.raises(QueryError):
        edit_tags(captioned, add("day"), "(lamp")
    assert len(list_edits(captioned)) == 1


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


STEPS = ("write_begin", "write_action", "write_manifest", "write_caption", "write_done")


@pytest.mark.parametrize("action", ["edit", "undo", "redo"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after", "third"])
def test_a_kill_at_any_step_leaves_all_of_an_edit_or_nothing(captioned, monkeypatch, action, step, when):
    untouched = state(captioned)
    acts = {
        "edit": lambda: edit_tags(captioned, rename("cave", "tunnel")),
        "undo": lambda: undo_edit(captioned),
        "redo": lambda: redo_edit(captioned),
    }
    acts["edit"]()
    renamed = state(captioned)
    acts["undo"]()
    if action == "undo":
        acts["redo"]()
    old, new = (renamed, untouched) if action == "undo" else (untouched, renamed)
    calls, real = [], getattr(tagging, step)

    def dies(*args, **kwargs):
        calls.append(step)
        if when == "before" or (when == "third" and len(calls) == 3):
            raise Killed
        real(*args, **kwargs)
        if when == "after":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(tagging, step, dies)
        try:
            acts[action]()
        except Killed:
            finished = False
        else:
            finished = True

    finish_edits(captioned)
    assert state(captioned) in ((new,) if finished else (old, new))
    begun = step not in ("write_begin", "write_action") or when == "after" or finished
    assert state(captioned) == (new if begun else old)
    write_captions(captioned)
    assert state(captioned) == (new if begun else old)
    assert finish_edits(captioned) is None


def test_the_journal_can_be_read_by_a_person(captioned):
    edit_tags(captioned, add("lantern"), "lamp")

    first = json.loads((captioned.root / JOURNAL).read_text("utf-8").splitlines()[0])

    assert (first["what"], first["where"]) == ("add lantern", "lamp")
    assert next(iter(first["changes"].values()))[0]["after"]["name"] == "lantern"


def test_unknown_fields_of_rows_pass_through(captioned):
    before = [entry for entry in read_manifest(captioned.manifest)]
    edit_tags(captioned, add("lantern"))

    for one, other in zip(before, read_manifest(captioned.manifest), strict=True):
        assert replace(one, tags=()) == replace(other, tags=())
