"""Which sources belong together, so that no picture of a group is learnt while another judges the learning."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from unipixel.dataset.look import find_near
from unipixel.dataset.manifest import Entry


def group_sources(sources: Sequence[Entry]) -> dict[str, str]:
    """Put sources into groups: of one pack (by URL, or title and author), of one native, or near duplicates.

    Parameters
    ----------
    sources : sequence of Entry
        One row for each source.

    Returns
    -------
    dict
        Name of the group by path of the source: the smallest native id in it, so that it seldom changes.
    """
    leader = {entry.source: entry.source for entry in sources}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    def join(one: str, two: str) -> None:
        first, second = sorted((find(one), find(two)))
        leader[second] = first

    alike: dict[tuple[str, ...], str] = {}
    for entry in sources:
        for key in _marks(entry):
            join(entry.source, alike.setdefault(key, entry.source))
    for one, two, _, _ in find_near([entry.look for entry in sources]):
        join(sources[one].source, sources[two].source)
    names: dict[str, str] = {}
    for entry in sources:
        head = find(entry.source)
        names[head] = min(names.get(head, entry.id), entry.id)
    return {source: names[find(source)] for source in leader}


def _marks(entry: Entry) -> list[tuple[str, ...]]:
    """What sources of one group share."""
    marks: list[tuple[str, ...]] = [("native", entry.id)]
    if entry.provenance.url:
        marks.append(("url", entry.provenance.url))
    elif entry.provenance.title:
        marks.append(("title", entry.provenance.title, entry.provenance.author))
    return marks


def choose_validation(images: Iterable[tuple[str, str, str]], share: float) -> set[str]:
    """Choose the groups that validate: about the share of each canvas, and of each theme on it, never half a group.

    Parameters
    ----------
    images : iterable of (group, canvas, theme)
        One for each training image.
    share : float
        0 to 1.

    Returns
    -------
    set of str
        Names of groups. Chosen by their hash, so that an image added later moves few of them.
    """
    kinds: Mapping[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    have: Counter[tuple[str, ...]] = Counter()
    for group, canvas, theme in images:
        stratum: tuple[str, ...]
        for stratum in ((canvas,), (canvas, theme)):
            kinds[group][stratum] += 1
            have[stratum] += 1
    # A canvas keeps its exact share; within it a theme may have one more, or small themes would never be seen.
    room = {kind: round(share * count) + (len(kind) > 1 and share > 0) for kind, count in have.items()}
    chosen: set[str] = set()
    for group in sorted(kinds, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
        if all(room[kind] >= count for kind, count in kinds[group].items()):
            chosen.add(group)
            for kind, count in kinds[group].items():
                room[kind] -= count
    return chosen
