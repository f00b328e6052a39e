"""What became of proposals: how often a person accepted or rejected each rule's and each tagger's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from unipixel.caption.proposal import Proposal

ENOUGH = 30
"""Verdicts from which a threshold is suggested."""

PRECISION = 0.9
"""Share of accepted ones that proposals at and above the suggested threshold had."""


@dataclass(frozen=True)
class Verdicts:
    """Verdicts on one rule or tagger."""

    by: str
    """A tagger's name, or the measured tag."""
    proposed: int
    """Proposals that wait for a verdict."""
    accepted: int
    """Proposals that a person accepted; what is measured exactly is not counted."""
    rejected: int
    """Proposals that a person rejected."""
    threshold: float | None = None
    """Lowest score from which nine of ten were accepted; None below 30 verdicts, or where there is no such score."""


def count_verdicts(tags: Iterable[Proposal]) -> tuple[Verdicts, ...]:
    """Count verdicts over all tags of a data set, by rule or tagger, the most rejected first.

    Nothing is changed by them: a person sees which rule is of no use here, and which threshold would have been.
    """
    groups: dict[str, list[Proposal]] = defaultdict(list)
    for tag in tags:
        if tag.origin in ("machine", "measured") and not (tag.state == "accepted" and tag.score >= 1.0):
            groups[tag.by or tag.name].append(tag)
    rows = [_verdicts(by, found) for by, found in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.rejected, -row.accepted, row.by)))


def _verdicts(by: str, tags: list[Proposal]) -> Verdicts:
    states = [tag.state for tag in tags]
    judged = sorted(((tag.score, tag.state == "accepted") for tag in tags if tag.state != "proposed"), reverse=True)
    return Verdicts(
        by, states.count("proposed"), states.count("accepted"), states.count("rejected"), _threshold(judged)
    )


def _threshold(judged: list[tuple[float, bool]]) -> float | None:
    if len(judged) < ENOUGH:
        return None
    found, good = None, 0
    for count, (score, accepted) in enumerate(judged, start=1):
        good += accepted
        is_last_of_score = count == len(judged) or judged[count][0] < score
        if is_last_of_score and good >= PRECISION * count:
            found = score
    return found
