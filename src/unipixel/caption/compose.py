"""Compose a caption from the trigger, constants, tags by hand and accepted proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unipixel.caption.caption import Caption
from unipixel.caption.proposal import Proposal
from unipixel.caption.vocabulary import EXCLUSIVE, GROUPS, canonical_tag, conflicts, shipped_vocabulary, speak
from unipixel.errors import CaptionError

CONSTANTS = ("masterpiece", "pixel art")
"""Tags on every image: ``masterpiece`` so that the word does not fight the style; ``pixel art`` is ours."""

_RANK = {"constant": 0, "hand": 1, "measured": 2, "machine": 3}


def compose(
    trigger: str,
    *,
    constants: Sequence[str] = CONSTANTS,
    hand: Sequence[str] = (),
    proposals: Iterable[Proposal] = (),
    profile: str = "recipe",
    keep_implied: bool = True,
    exclusive: Sequence[frozenset[str]] = EXCLUSIVE,
) -> Caption:
    """Compose a caption: trigger, constants, tags by hand, then accepted proposals.

    Spelling is made one (see :func:`canonical_tag`), doubled tags are written once, and a proposal that excludes a tag
    that is already there is left out: a person's word stands above a measurement, a measurement above a machine.

    The order: trigger; constants and tags by hand as they were given; then proposals by group (framing, angle, subject,
    ..., light, palette, style; see :data:`GROUPS`), in a group the most frequent on Danbooru first, then by name.

    Parameters
    ----------
    trigger : str
        Written as it is.
    constants, hand : sequence of str
        Order is kept.
    proposals : iterable of Proposal
        Those ``accepted`` are used. A rejected one keeps the same tag of any proposal out, but not a tag by hand.
    profile : str
        Whose words are written: ``recipe`` (``far away``, ``foggy``) or ``danbooru`` (``wide shot``, ``fog``).
    keep_implied : bool
        Keep proposals that follow from other tags (``simple background`` beside ``white background``), as base models
        saw them on Danbooru; tags by hand are kept in any case.
    exclusive : sequence of frozenset

    Returns
    -------
    Caption
        The same for the same input, in whatever order the proposals come.

    Raises
    ------
    CaptionError
        A tag would be misread, tags by hand exclude each other, or there is no such profile.
    """
    ranked = sorted(proposals, key=lambda proposal: _RANK[proposal.origin])
    by_person = [canonical_tag(tag) for tag in (*constants, *hand)]
    by_person += [canonical_tag(p.name) for p in ranked if p.state == "accepted" and _RANK[p.origin] <= 1]
    clashing = conflicts(by_person, exclusive)
    if clashing:
        raise CaptionError(f"tags by hand exclude each other: {'; '.join(' and '.join(clash) for clash in clashing)}.")
    tags = list(dict.fromkeys(by_person))
    by_person, refused = list(tags), {canonical_tag(p.name) for p in ranked if p.state == "rejected"}
    for _, tag in sorted((_RANK[p.origin], _place(canonical_tag(p.name))) for p in ranked if p.state == "accepted"):
        name = tag[-1]
        if name not in refused and not _excluded(name, tags, exclusive):
            tags.append(name)
    if not keep_implied:
        follows = frozenset[str]().union(*(shipped_vocabulary().implied(tag) for tag in tags))
        tags = [tag for tag in tags if tag in by_person or tag not in follows]
    offered = sorted(dict.fromkeys(tag for tag in tags if tag not in by_person), key=_place)
    words = dict.fromkeys(speak(tag, profile) for tag in (*by_person, *offered))
    return Caption(trigger, tuple(word for word in words if word.casefold() != trigger.casefold()))


def _place(tag: str) -> tuple[int, int, str]:
    known = shipped_vocabulary().tags.get(tag)
    if known is None or known.group not in GROUPS:
        return (GROUPS.index("object"), 0, tag)
    return (GROUPS.index(known.group), -known.posts, tag)


def _excluded(tag: str, present: Sequence[str], exclusive: Sequence[frozenset[str]]) -> bool:
    return any(tag in group and group & (set(present) - {tag}) for group in exclusive)
