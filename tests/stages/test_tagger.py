"""The caption stage with a tagger: proposals, verdicts, ratings, resuming, and nothing done twice."""

from collections.abc import Sequence

import numpy as np
import pytest

from unipixel.caption import Proposal, Tagging
from unipixel.caption.edits import accept, reject
from unipixel.caption.wd import WdTagger
from unipixel.dataset.manifest import read_manifest, write_manifest
from unipixel.stages import captioning
from unipixel.stages.captioning import compare_looks, write_captions
from unipixel.stages.tagging import edit_tags, list_tags
from wd_model import write_tagger


class Fake:
    """Says the same of every native, and counts how often it is asked."""

    name = "fake-v1"

    def __init__(self, *tags: str, rating: str = "general", flags: Sequence[str] = ()) -> None:
        self.tags, self.rating, self.flags, self.shown = tags, rating, flags, 0

    def tag(self, natives: Sequence[np.ndarray]) -> list[Tagging]:
        self.shown += len(natives)
        tags = tuple(Proposal(tag, "machine", 0.8, "proposed", "seen", self.name) for tag in self.tags)
        return [Tagging(tags, {self.rating: 0.9, "explicit": 0.1}, dict.fromkeys(self.flags, 0.7))] * len(natives)


def machine(workspace) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in read_manifest(workspace.manifest):
        for tag in entry.tags:
            if tag.origin == "machine":
                found.setdefault(tag.name, set()).add(tag.state)
    return found


def captions(workspace) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in sorted(workspace.training.rglob("*.txt"))}


def test_what_a_tagger_says_is_proposed_and_in_no_caption(captioned):
    before = captions(captioned)

    done = write_captions(captioned, tagger=Fake("dragon"))

    assert machine(captioned) == {"dragon": {"proposed"}}
    assert captions(captioned) == before
    assert done.changed == ()
    assert done.proposed >= 9


def test_an_accepted_proposal_is_in_the_caption_whatever_the_tagger_says_later(captioned):
    write_captions(captioned, tagger=Fake("dragon", "1girl"))
    edit_tags(captioned, accept("dragon"))
    edit_tags(captioned, reject("1girl"))

    write_captions(captioned, tagger=Fake("1girl", "knight"), asked="another way")

    assert machine(captioned) == {"dragon": {"accepted"}, "1girl": {"rejected"}, "knight": {"proposed"}}
    assert all("dragon" in text and "1girl" not in text for text in captions(captioned).values())


def test_nothing_is_shown_twice_unless_asked_in_another_way(captioned):
    first, again, other = Fake("dragon"), Fake("dragon"), Fake("dragon")
    write_captions(captioned, tagger=first, asked="nearest")
    before = captioned.manifest.read_bytes()

    write_captions(captioned, tagger=again, asked="nearest")
    assert captioned.manifest.read_bytes() == before
    write_captions(captioned, tagger=other, asked="lanczos")

    assert (first.shown, again.shown, other.shown) == (9, 0, 9)


def test_without_a_tagger_its_proposals_stay(captioned):
    write_captions(captioned, tagger=Fake("dragon"))
    before = captioned.manifest.read_bytes()

    write_captions(captioned)

    assert captioned.manifest.read_bytes() == before


def test_two_taggers_stand_beside_each_other(captioned):
    second = Fake("knight")
    second.name = "fake-v2"
    write_captions(captioned, tagger=Fake("dragon"))
    write_captions(captioned, tagger=second)

    assert set(machine(captioned)) == {"dragon", "knight"}


def test_ratings_and_flags_are_kept_apart(captioned):
    done = write_captions(captioned, tagger=Fake("dragon", rating="sensitive", flags=["signature"]))

    entries = read_manifest(captioned.manifest)
    assert {entry.rating for entry in entries} == {"sensitive"}
    assert not {"sensitive", "signature"} & {tag.name for entry in entries for tag in entry.tags}
    assert done.ratings == {"sensitive": 9}
    assert [flags for _, flags in done.flags] == [("signature",)] * 9
    step = entries[0].history[-1]
    assert (step["op"], step["by"], step["ratings"]["sensitive"]) == ("tag", "fake-v1", 0.9)


def test_a_rating_by_hand_stands_above_a_taggers(captioned):
    from dataclasses import replace

    entries = read_manifest(captioned.manifest)
    write_manifest(captioned.manifest, [replace(entries[0], rating="questionable"), *entries[1:]])

    write_captions(captioned, tagger=Fake(rating="general"))
    write_captions(captioned, tagger=Fake(rating="sensitive"), asked="again")

    assert [entry.rating for entry in read_manifest(captioned.manifest)] == ["questionable", *["sensitive"] * 8]


def test_a_dry_run_writes_nothing(captioned):
    (captioned.sources / "art-1.txt").write_text("moss")
    before = captions(captioned), captioned.manifest.read_bytes()

    done = write_captions(captioned, tagger=Fake("dragon"), dry_run=True)

    assert (captions(captioned), captioned.manifest.read_bytes()) == before
    assert [after.split(", ")[3:] for _, _, after in done.changed] == [["moss"]]


def test_a_kill_in_the_middle_loses_only_the_last_images(captioned, monkeypatch):
    monkeypatch.setattr(captioning, "SAVE_EVERY", 2)
    monkeypatch.setattr(captioning, "_BATCH", 2)

    class Dies(Fake):
        def tag(self, natives):
            if self.shown >= 6:
                raise KeyboardInterrupt
            return super().tag(natives)

    with pytest.raises(KeyboardInterrupt):
        write_captions(captioned, tagger=Dies("dragon"))
    rest = Fake("dragon")
    write_captions(captioned, tagger=rest)

    assert rest.shown == 3
    assert next(row for row in list_tags(captioned) if row.name == "dragon").proposed == 9


def test_captions_that_clip_would_cut_are_named(captioned):
    (captioned.sources / "art-1.txt").write_text(", ".join(f"curious thing {n}" for n in range(30)))

    done = write_captions(captioned)

    assert [tokens for _, tokens in done.too_long] == [148]


def test_a_subject_that_a_person_boxed_tells_the_distance(captioned):
    file = captioned.sources / "art-4.regions.json"
    file.write_text('[{"box": [0, 0, 9999, 9999], "subject": true}]')
    write_captions(captioned)
    entry = next(one for one in read_manifest(captioned.manifest) if one.source == "sources/art-4.png")
    assert [tag.name for tag in entry.tags if tag.name in ("close-up", "portrait")] == []
    row, col, _, _ = entry.transforms[0]["window"]
    pitch = entry.grid.cell
    left, top = col * pitch[1] + 1, row * pitch[0] + 1

    file.write_text(f'[{{"box": [{left}, {top}, {3 * pitch[1]}, {3 * pitch[0]}], "subject": true}}]')
    write_captions(captioned)

    entry = next(one for one in read_manifest(captioned.manifest) if one.source == "sources/art-4.png")
    wide = next(tag for tag in entry.tags if "wide shot" in tag.name)
    assert wide.state == "accepted"
    assert wide.reason.startswith("subject 3x3 native px")


def test_the_real_adapter_goes_the_whole_way(captioned, tmp_path):
    tagger = WdTagger(write_tagger(tmp_path / "taggers" / "wd-vit-tagger-v3"), threshold=0.05, looks=("nearest", "epx"))

    write_captions(captioned, tagger=tagger)
    scores = dict(compare_looks(captioned, tagger, ["nearest", "lanczos"]))

    assert {"1girl", "blue theme"} <= set(machine(captioned))
    assert len(scores) == 9
    assert all(set(by_look) == {"nearest", "lanczos"} for rows in scores.values() for by_look in rows.values())
