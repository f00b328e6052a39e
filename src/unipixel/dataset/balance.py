"""Assign pictures to canvases: equal counts, every source used about equally often, as little lost as can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.fit import WHITE, background_color, resolve_alpha
from unipixel.dataset.manifest import native_id
from unipixel.dataset.windows import Window, propose_windows, tile_period

_PADDING_COST = 0.5
"""What a share of fill costs beside the same share of lost busyness: empty ground teaches little, but loses nothing."""

_ROUNDS = 8
"""Rounds of improvement at most; two or three are usual."""

_GAIN = 1e-9
"""Costs that differ by less are equal."""


@dataclass(frozen=True)
class Candidate:
    """One way of putting one source on one canvas."""

    source: str
    """Name of the source, such as its manifest id."""
    canvas: Canvas
    """Where it would go."""
    window: Window
    """The part of the source that would be in view."""
    cost: float
    """What it loses: busyness cropped away plus half the share of fill, 0 to 1.5."""
    rank: int = 0
    """0 for the best window of this source on this canvas, then 1, 2, ..."""
    pixels: str = ""
    """Id of the part in view (see :func:`unipixel.dataset.native_id`): of equal ones on a canvas one is used."""

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON types; the canvas as ``"WIDTHxHEIGHT"``."""
        return {**asdict(self), "canvas": str(self.canvas)}


@dataclass(frozen=True)
class Plan:
    """Which source goes where."""

    chosen: tuple[Candidate, ...]
    """By canvas in the order given, then by source and rank."""
    per_canvas: int
    """Images on each canvas: equal on all."""
    wanted: int
    """Images on each canvas that were asked for; more than ``per_canvas`` where the sources do not give as many."""

    @property
    def uses(self) -> dict[str, int]:
        """How often each source is used; those not used are not in it."""
        return dict(sorted(Counter(candidate.source for candidate in self.chosen).items()))


def propose_candidates(
    source: str,
    native: npt.NDArray[np.uint8],
    canvases: Sequence[Canvas],
    *,
    scale: int,
    count: int = 4,
    background: tuple[int, int, int] = WHITE,
) -> tuple[Candidate, ...]:
    """List the ways to put one native on canvases, several crops of a large one.

    Parameters
    ----------
    source : str
        Its name in the plan.
    native : (h, w, 4) uint8
    canvases : sequence of Canvas
    scale : int
        Canvas px per native px.
    count : int
        Windows a canvas at most.
    background : (r, g, b)
        See :func:`unipixel.dataset.fit`.

    Raises
    ------
    CanvasError
        A canvas does not divide by the scale.
    """
    opaque = resolve_alpha(native, background_color(native, background))
    tiles = (tile_period(opaque, 0), tile_period(opaque, 1))
    found = []
    for canvas in canvases:
        size = canvas.native_size(scale)
        for rank, window in enumerate(propose_windows(opaque, size, count=count, tiles=tiles)):
            padding = 1.0 - window.height * window.width / (size[0] * size[1])
            cost = max(0.0, 1.0 - window.kept) + _PADDING_COST * padding
            part = opaque[window.row : window.row + window.height, window.col : window.col + window.width]
            found.append(Candidate(source, canvas, window, round(cost, 6), rank, native_id(part)))
    return tuple(found)


def balance(candidates: Iterable[Candidate], *, per_canvas: int | None = None, reuse: int | None = None) -> Plan:
    """Choose candidates so that every canvas gets equally many images.

    Sources take turns: none is used a second time while another one that fits has not been used once. In each turn
    those choose first for whom the second-best canvas is worst. At the end, images swap canvases where both gain.

    Parameters
    ----------
    candidates : iterable of Candidate
        Of all sources on all canvases. Order does not matter.
    per_canvas : int, optional
        Images on each canvas that are wanted; without it, each source is used once, as far as counts can be equal.
    reuse : int, optional
        How often one source may be used; without it, as often as it has different windows.

    Returns
    -------
    Plan
        With ``per_canvas`` as near to what is wanted as the sources allow. The same for the same candidates.
    """
    offered = _without_doubles(sorted(set(candidates), key=_order))
    canvases = sorted({candidate.canvas for candidate in offered})
    sources = sorted({candidate.source for candidate in offered})
    if not canvases:
        return Plan((), 0, per_canvas or 0)
    wanted = per_canvas if per_canvas is not None else max(1, len(sources) // len(canvases))
    chosen = _take_turns(offered, canvases, min(wanted, _possible(offered, canvases, reuse)), reuse)
    counts = Counter(candidate.canvas for candidate in chosen)
    equal = min(counts[canvas] for canvas in canvases)
    kept = [candidate for canvas in canvases for candidate in _fairest(chosen, canvas, equal)]
    return Plan(tuple(sorted(_improve(kept, offered), key=_order)), equal, wanted)


def _order(candidate: Candidate) -> tuple[Canvas, str, int, float]:
    return candidate.canvas, candidate.source, candidate.rank, candidate.cost


def _without_doubles(offered: list[Candidate]) -> list[Candidate]:
    """Keep the first of candidates that would show the same pixels on the same canvas."""
    first = {(candidate.canvas, candidate.pixels): candidate for candidate in reversed(offered) if candidate.pixels}
    return [c for c in offered if not c.pixels or first[c.canvas, c.pixels] is c]


def _possible(offered: list[Candidate], canvases: list[Canvas], reuse: int | None) -> int:
    """Bound the equal number of images a canvas, so that no canvas fills up at the expense of another."""
    of_source = Counter(candidate.source for candidate in offered)
    of_pair = Counter((candidate.source, candidate.canvas) for candidate in offered)
    most = reuse if reuse is not None else len(offered)
    everywhere = sum(min(most, number) for number in of_source.values()) // len(canvases)
    scarcest = min(
        sum(min(most, number) for (_, canvas), number in of_pair.items() if canvas == here) for here in canvases
    )
    return min(everywhere, scarcest)


def _take_turns(offered: list[Candidate], canvases: list[Canvas], wanted: int, reuse: int | None) -> list[Candidate]:
    left: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in offered:
        left[candidate.source].append(candidate)
    room = dict.fromkeys(canvases, wanted)
    chosen: list[Candidate] = []
    turn = 0
    while any(room.values()) and (reuse is None or turn < reuse):
        taken = _one_turn(left, room)
        if not taken:
            break
        chosen += taken
        turn += 1
    return chosen


def _one_turn(left: dict[str, list[Candidate]], room: dict[Canvas, int]) -> list[Candidate]:
    """Let each source choose once; changes ``left`` and ``room``. The last places go where they are rarest."""
    taken = []
    for source in sorted(left, key=lambda name: (-_regret(left[name]), _best_cost(left[name]), name)):
        open_now = [candidate for candidate in left[source] if room[candidate.canvas]]
        if not open_now:
            continue
        best = min(open_now, key=lambda candidate: (candidate.cost, -room[candidate.canvas], _order(candidate)))
        left[source].remove(best)
        room[best.canvas] -= 1
        taken.append(best)
    return taken


def _best_cost(options: list[Candidate]) -> float:
    return min((option.cost for option in options), default=0.0)


def _regret(options: list[Candidate]) -> float:
    """How much dearer the second-best canvas is."""
    by_canvas: dict[Canvas, float] = {}
    for option in options:
        by_canvas[option.canvas] = min(option.cost, by_canvas.get(option.canvas, option.cost))
    costs = sorted(by_canvas.values())
    return round(costs[1] - costs[0], 6) if len(costs) > 1 else float("inf")


def _fairest(chosen: list[Candidate], canvas: Canvas, number: int) -> list[Candidate]:
    """Leave out the most used sources' dearest windows first, so that use stays even."""
    here = [candidate for candidate in chosen if candidate.canvas == canvas]
    uses = Counter(candidate.source for candidate in chosen)
    return sorted(here, key=lambda candidate: (uses[candidate.source], candidate.cost, _order(candidate)))[:number]


def _improve(chosen: list[Candidate], offered: list[Candidate]) -> list[Candidate]:
    """Replace and exchange images while that lowers the cost; counts stay, and uses grow no less even."""
    images, free = list(chosen), set(offered) - set(chosen)
    by_pair: dict[tuple[str, Canvas], list[Candidate]] = defaultdict(list)
    for candidate in offered:
        by_pair[candidate.source, candidate.canvas].append(candidate)
    for _ in range(_ROUNDS):
        replaced = _replace(images, free)
        if not _exchange(images, by_pair, free) and not replaced:
            break
    return images


def _replace(images: list[Candidate], free: set[Candidate]) -> bool:
    """Give places to cheaper windows of sources that are used less, or of the same; changes ``images`` and ``free``."""
    uses = Counter(image.source for image in images)
    changed = False
    for place, image in enumerate(images):
        rivals = [
            rival
            for rival in free
            if rival.canvas == image.canvas
            and rival.cost < image.cost - _GAIN
            and (rival.source == image.source or uses[rival.source] < uses[image.source])
        ]
        if rivals:
            best = min(rivals, key=lambda rival: (rival.cost, _order(rival)))
            uses[image.source] -= 1
            uses[best.source] += 1
            free.add(image)
            free.remove(best)
            images[place] = best
            changed = True
    return changed


def _exchange(
    images: list[Candidate], by_pair: dict[tuple[str, Canvas], list[Candidate]], free: set[Candidate]
) -> bool:
    """Let pairs of images change canvases where both together gain; changes ``images`` and ``free``."""
    changed = False
    for first in range(len(images)):
        for second in range(first + 1, len(images)):
            one, two = images[first], images[second]
            if one.canvas == two.canvas or one.source == two.source:
                continue
            there = _cheapest(by_pair.get((one.source, two.canvas), []), free)
            here = _cheapest(by_pair.get((two.source, one.canvas), []), free)
            if there and here and there.cost + here.cost < one.cost + two.cost - _GAIN:
                free.update((one, two))
                free.difference_update((there, here))
                images[first], images[second] = there, here
                changed = True
    return changed


def _cheapest(options: list[Candidate], free: set[Candidate]) -> Candidate | None:
    return min((option for option in options if option in free), key=lambda option: option.cost, default=None)
