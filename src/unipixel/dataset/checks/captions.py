"""Captions: read as they are meant, and teaching what is in the pictures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from unipixel.caption import MAX_TOKENS, canonical_tag, caption_problems, conflicts, count_tokens, shipped_vocabulary
from unipixel.dataset.checks.finding import CAPTION, Finding

EVERYWHERE = 0.85
"""Share of images from which a tag is no longer told apart from the trigger: it fuses with the style."""

FEW = 8
"""In a smaller data set, how often a tag is there says nothing."""


def read_caption(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Read one caption file as trainers do.

    Returns
    -------
    (pieces, list of (problem, mend))
        Trigger and tags of the first line, stripped; empty where there is nothing to read.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return [], [("no caption beside it", CAPTION)]
    except (OSError, UnicodeDecodeError) as error:
        return [], [(f"its caption can't be read as UTF-8 ({error})", CAPTION)]
    body = text.removesuffix("\n").removesuffix("\r")
    if not body.strip():
        return [], [("its caption is empty", CAPTION)]
    found = []
    if body.startswith("\ufeff"):
        found.append(("its caption begins with a byte order mark, which becomes part of the trigger", CAPTION))
        body = body.removeprefix("\ufeff")
    lines = body.splitlines()
    if len(lines) > 1:
        found.append((f"its caption has {len(lines)} lines; trainers read the first, or one by chance", CAPTION))
    return [piece.strip() for piece in lines[0].split(",")], found


def check_caption(pieces: Sequence[str], trigger: str) -> Iterator[tuple[str, str]]:
    """Check one caption: yields (problem, mend)."""
    if pieces[0] != trigger:
        yield f"its caption begins with {pieces[0]!r}, not with the trigger {trigger!r}", CAPTION
    for problem in caption_problems(list(pieces)):
        yield f"its caption: {problem}", CAPTION
    for clash in conflicts(pieces):
        yield f"its caption has tags that exclude each other: {', '.join(clash)}", CAPTION
    tokens = count_tokens(", ".join(pieces))
    if tokens > MAX_TOKENS:
        yield f"its caption has {tokens} tokens, more than CLIP's {MAX_TOKENS}", "leave out its least tags"


def check_captions(captions: Mapping[str, Sequence[str]], trigger: str, declared: Sequence[str]) -> Iterator[Finding]:
    """Look at all captions together.

    Parameters
    ----------
    captions : mapping
        File to trigger and tags.
    trigger : str
    declared : sequence of str
        Tags that are meant to be everywhere: the recipe's constants.
    """
    yield from _check_trigger(trigger)
    files: dict[str, list[str]] = defaultdict(list)
    for file in sorted(captions):
        for tag in dict.fromkeys(captions[file][1:]):
            files[tag].append(file)
    yield from _check_spelling(files)
    yield from _check_same(captions)
    if len(captions) < FEW:
        return
    expected = {tag.casefold() for tag in declared}
    for tag in sorted(files):
        share = len(files[tag]) / len(captions)
        if share >= EVERYWHERE and tag.casefold() not in expected:
            what = f"the tag {tag!r} is on {len(files[tag])} of {len(captions)} images, so it fuses with the trigger"
            yield Finding(".", what, f"take it off, or declare it: caption.constants += {tag!r}", "note")
    once = [tag for tag in sorted(files) if len(files[tag]) == 1]
    if once:
        what = f"{len(once)} tags are on one image each: {_some(once)}"
        yield Finding(".", what, "harmless details, or misspelt: look", "note")


def _check_trigger(trigger: str) -> Iterator[Finding]:
    if shipped_vocabulary().knows(trigger):
        what = f"the trigger {trigger!r} is a tag that base models know, so it brings its own meaning"
        yield Finding(".", what, "choose another: trigger in recipe.toml", "note")
    elif trigger.isalpha():
        what = f"the trigger {trigger!r} is letters alone, as words are: a base model may know it"
        yield Finding(".", what, "put digits into it: trigger in recipe.toml", "note")


def _check_spelling(files: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    by_word: Counter[str] = Counter(canonical_tag(tag) for tag in files)
    for tag in sorted(files):
        near = shipped_vocabulary().suggest(tag)
        if near is not None:
            what = f"the tag {tag!r} ({len(files[tag])} images) is not known; did you mean {near!r}?"
            yield Finding(files[tag][0], what, f"run: unipixel tags rename . {tag!r} {near!r}, if so", "note")
        meant = canonical_tag(tag)
        if meant != tag and by_word[meant] > 1:
            others = sorted(other for other in files if canonical_tag(other) == meant and other != tag)
            what = f"the tag {tag!r} ({len(files[tag])} images) means the same as {_some(others)}"
            yield Finding(files[tag][0], what, f"run: unipixel tags rename . {tag!r} {meant!r}", "note")


def _check_same(captions: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Captions alike on different images can't tell them apart."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for file in sorted(captions):
        alike[tuple(captions[file])].append(file)
    for names in alike.values():
        if len(names) > 1:
            what = f"the same caption as {len(names) - 1} other images: {_some(names[1:])}"
            yield Finding(names[0], what, "say what tells them apart: tags by hand, then unipixel caption", "note")


def _some(names: Sequence[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(repr(name) for name in names[:most]) + (f" and {rest} more" if rest > 0 else "")
