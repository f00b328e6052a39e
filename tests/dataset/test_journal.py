import json

import pytest

from unipixel.caption import Proposal
from unipixel.caption.edits import Change
from unipixel.dataset.journal import read_journal, write_action, write_begin, write_done
from unipixel.dataset.manifest import Entry
from unipixel.errors import DatasetError

CHANGES = {"a": (Change(None, Proposal("cave", "hand"), 0),)}


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "workspace" / "tags.journal.jsonl"


def do(journal, number):
    write_begin(journal, number, f"edit {number}", "night", CHANGES)
    write_done(journal)


def act(journal, action, number):
    write_action(journal, action, number)
    write_done(journal)


def stacks(journal):
    read = read_journal(journal)
    return read.undoable, read.redoable, [one.number for one in read.records if one.undone]


def test_no_file_is_no_edits(journal):
    assert stacks(journal) == ((), (), [])
    assert read_journal(journal).unfinished is None


def test_edits_are_read_back(journal):
    do(journal, 1)
    record = read_journal(journal).record(1)

    assert (record.what, record.where, dict(record.changes)) == ("edit 1", "night", CHANGES)
    assert record.at.endswith("+00:00")


def test_undo_and_redo_go_back_and_forth_and_a_new_edit_ends_redo(journal):
    do(journal, 1)
    do(journal, 2)
    act(journal, "undo", 2)
    assert stacks(journal) == ((1,), (2,), [2])
    act(journal, "undo", 1)
    act(journal, "redo", 1)
    assert stacks(journal) == ((1,), (2,), [2])
    do(journal, 3)
    assert stacks(journal) == ((3, 1), (), [2])


def test_what_is_not_done_is_unfinished(journal):
    write_begin(journal, 1, "edit", "", CHANGES)
    assert read_journal(journal).unfinished == ("do", 1)
    write_done(journal)
    write_action(journal, "undo", 1)
    assert read_journal(journal).unfinished == ("undo", 1)


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_line_that_was_cut_off_never_happened_and_spoils_none_after_it(journal, kept):
    do(journal, 1)
    whole = journal.read_bytes()
    write_begin(journal, 2, "edit 2", "", CHANGES)
    torn = journal.read_bytes()[len(whole) :][:kept]
    journal.write_bytes(whole + torn)

    assert stacks(journal) == ((1,), (), [])
    do(journal, 2)
    assert stacks(journal) == ((2, 1), (), [])


def test_of_a_journal_that_was_read_the_new_lines_alone_are_read(journal, monkeypatch):
    do(journal, 1)
    read_journal(journal)
    lines = []
    monkeypatch.setattr("unipixel.dataset.journal.loads", lambda line: lines.append(line) or json.loads(line))
    do(journal, 2)

    assert stacks(journal) == stacks(journal) == ((2, 1), (), [])
    assert len(lines) == 2


def test_another_journal_in_its_place_is_read_from_the_start(journal):
    do(journal, 1)
    read_journal(journal)
    journal.unlink()
    for number in (1, 2, 3):
        do(journal, number)
    text = journal.read_text("utf-8").replace("edit 1", "what else")
    journal.write_text(text, "utf-8")

    assert read_journal(journal).record(1).what == "what else"


def test_another_file_is_refused(journal):
    journal.parent.mkdir()
    journal.write_text('{"tags": 3}\n')

    with pytest.raises(DatasetError, match="no journal"):
        read_journal(journal)


def test_crops_of_one_native_have_keys_of_their_own():
    first = Entry("a", "sources/a.png", "0", canvas="64x64", transforms=({"op": "fit", "window": [0, 0, 8, 8]},))
    second = Entry("a", "sources/a.png", "0", canvas="64x64", transforms=({"op": "fit", "window": [0, 8, 8, 8]},))

    assert len({first.key, second.key, Entry("a", "sources/b.png", "0").key}) == 3
