"""Compose a caption from the trigger, constants, tags by hand and accepted proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from unipixel.caption.caption import Caption
from unipixel.caption.proposal import Proposal
from unipixel.caption.vocabulary import ALIASES, EXCLUSIVE, canonical_tag, conflicts
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
    aliases: Mapping[str, str] = ALIASES,
    exclusive: Sequence[frozenset[str]] = EXCLUSIVE,
) -> Caption:
    """Compose a caption: trigger, constants, tags by hand, then accepted proposals.

    Spelling is made one (see :func:`canonical_tag`), doubled tags are written once, and a proposal that excludes a tag
    that is already there is left out: a person's word stands above a measurement, a measurement above a machine.

    Parameters
    ----------
    trigger : str
        Written as it is.
    constants, hand : sequence of str
        Order is kept.
    proposals : iterable of Proposal
        Those ``accepted`` are used: by origin (constant, hand, measured, machine), then in the order given. A rejected
        one keeps the same tag of a lower origin out.
    aliases : mapping
    exclusive : sequence of frozenset

    Returns
    -------
    Caption
        The same for the same input.

    Raises
    ------
    CaptionError
        A tag would be misread, or tags by hand exclude each other.
    """
    ranked = sorted(proposals, key=lambda proposal: _RANK[proposal.origin])
    by_person = [canonical_tag(tag, aliases) for tag in (*constants, *hand)]
    by_person += [canonical_tag(p.name, aliases) for p in ranked if p.state == "accepted" and _RANK[p.origin] <= 1]
    clashing = conflicts(by_person, exclusive)
    if clashing:
        raise CaptionError(f"tags by hand exclude each other: {'; '.join(' and '.join(clash) for clash in clashing)}.")
    tags = list(dict.fromkeys(by_person))
    refused = {canonical_tag(proposal.name, aliases) for proposal in ranked if proposal.state == "rejected"}
    for proposal in ranked:
        tag = canonical_tag(proposal.name, aliases)
        if proposal.state == "accepted" and tag not in refused and not _excluded(tag, tags, exclusive):
            tags.append(tag)
    return Caption(trigger, tuple(tag for tag in dict.fromkeys(tags) if tag.casefold() != trigger.casefold()))


def _excluded(tag: str, present: Sequence[str], exclusive: Sequence[frozenset[str]]) -> bool:
    return any(tag in group and group & (set(present) - {tag}) for group in exclusive)
