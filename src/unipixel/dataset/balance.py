"""Assign pictures to canvases: equal counts, every source used about equally often, as little lost as can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.dataset.canvas import Canvas
from unipixel.dataset.fit import background_color, fit, resolve_alpha
from unipixel.dataset.manifest import native_id
from unipixel.dataset.windows import Window, busyness, propose_windows, tile_period

_PADDING_COST = 0.5
"""What a share of fill costs beside the same share of lost busyness: empty ground teaches little, but loses nothing."""

_CROWD_COST = 0.25
"""What a canvas full of one kind costs beside a share of lost busyness: enough to spread themes, not to spoil crops."""

_ROUNDS = 8
"""Rounds of improvement at most; two or three are usual."""

_GAIN = 1e-9
"""Costs that differ by less are equal."""

_Kind: TypeAlias = "tuple[str, ...]"


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
    """Id of the native on its canvas (see :func:`unipixel.dataset.native_id`): of equal ones, one is used."""
    kind: tuple[str, ...] = ()
    """What images are spread by, such as theme and distance; one for all candidates of a source."""
    close_up: bool = False
    """Whether it is a part of a picture of several canvases."""
    anchor: tuple[float, float] = (0.5, 0.5)
    """Where a window that does not fill the canvas stands on it; see :func:`unipixel.dataset.fit`."""

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
    background: tuple[int, int, int] | None = None,
    close_up_from: float = 0.0,
    kind: tuple[str, ...] = (),
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
    background : (r, g, b), optional
        See :func:`unipixel.dataset.fit`.
    close_up_from : float
        A window is a close-up where the native is at least so many times as high and wide as the canvas; 0: never.
    kind : tuple of str
        Of all of them.

    Raises
    ------
    CanvasError
        A canvas does not divide by the scale.
    """
    shown = background or background_color(native)
    opaque = resolve_alpha(native, shown)
    tiles = (tile_period(opaque, 0), tile_period(opaque, 1))
    worth = busyness(opaque)
    found = []
    for canvas in canvases:
        size = canvas.native_size(scale)
        times = min(native.shape[0] / size[0], native.shape[1] / size[1])
        for rank, window in enumerate(propose_windows(opaque, size, count=count, tiles=tiles, worth=worth)):
            placed = fit(native, size, window=window, background=shown)
            cost = round(placed.loss + _PADDING_COST * placed.padding, 6)
            close_up = bool(close_up_from) and times >= close_up_from
            found.append(Candidate(source, canvas, window, cost, rank, native_id(placed.native), kind, close_up))
    return tuple(found)


def balance(
    candidates: Iterable[Candidate], *, per_canvas: int | None = None, reuse: int | Mapping[str, int] | None = None
) -> Plan:
    """Choose candidates so that every canvas gets equally many images.

    Sources take turns: none is used a second time while another one that fits has not been used once. In each turn
    kinds take turns, and of one kind those choose first for whom the second-best canvas is worst. Places that run out
    are so shared evenly by kinds, and kinds are spread over the canvases. At the end, images of one kind swap canvases
    where both gain.

    Parameters
    ----------
    candidates : iterable of Candidate
        Of all sources on all canvases. Order does not matter.
    per_canvas : int, optional
        Images on each canvas that are wanted; without it, each source is used once, as far as counts can be equal.
    reuse : int or mapping, optional
        How often one source may be used, or each by its name; without it, as often as it has different windows.

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
    limits = {
        name: len(offered) if reuse is None else reuse if isinstance(reuse, int) else reuse.get(name, 0)
        for name in sources
    }
    chosen = _take_turns(offered, canvases, min(wanted, _possible(offered, canvases, limits)), limits)
    counts = Counter(candidate.canvas for candidate in chosen)
    equal = min(counts[canvas] for canvas in canvases)
    kept = [candidate for canvas in canvases for candidate in _fairest(chosen, canvas, equal)]
    return Plan(tuple(sorted(_improve(kept, offered, limits), key=_order)), equal, wanted)


def _order(candidate: Candidate) -> tuple[Canvas, str, int, float]:
    return candidate.canvas, candidate.source, candidate.rank, candidate.cost


def _without_doubles(offered: list[Candidate]) -> list[Candidate]:
    """Keep the first of candidates that would show the same pixels."""
    first = {candidate.pixels: candidate for candidate in reversed(offered) if candidate.pixels}
    return [candidate for candidate in offered if not candidate.pixels or first[candidate.pixels] is candidate]


def _possible(offered: list[Candidate], canvases: list[Canvas], limits: Mapping[str, int]) -> int:
    """Bound the equal number of images a canvas, so that no canvas fills up at the expense of another."""
    of_source = Counter(candidate.source for candidate in offered)
    of_pair = Counter((candidate.source, candidate.canvas) for candidate in offered)
    everywhere = sum(min(limits[name], number) for name, number in of_source.items()) // len(canvases)
    scarcest = min(
        sum(min(limits[name], number) for (name, canvas), number in of_pair.items() if canvas == here)
        for here in canvases
    )
    return min(everywhere, scarcest)


def _take_turns(
    offered: list[Candidate], canvases: list[Canvas], wanted: int, limits: Mapping[str, int]
) -> list[Candidate]:
    left: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in offered:
        left[candidate.source].append(candidate)
    room = dict.fromkeys(canvases, wanted)
    crowd: Counter[tuple[Canvas, _Kind]] = Counter()
    chosen: list[Candidate] = []
    turn = 0
    while any(room.values()):
        taken = _one_turn({name: left[name] for name in left if limits[name] > turn}, room, crowd, wanted)
        if not taken:
            break
        chosen += taken
        turn += 1
    return chosen


def _one_turn(
    left: dict[str, list[Candidate]], room: dict[Canvas, int], crowd: Counter[tuple[Canvas, _Kind]], wanted: int
) -> list[Candidate]:
    """Let each source choose once; changes its arguments. The last places go where they are rarest."""
    taken = []
    for source in _kinds_in_turn(left):
        open_now = [candidate for candidate in left[source] if room[candidate.canvas]]
        if not open_now:
            continue
        best = min(
            open_now,
            key=lambda option: (
                round(option.cost + _CROWD_COST * crowd[option.canvas, option.kind] / wanted, 9),
                -room[option.canvas],
                _order(option),
            ),
        )
        left[source].remove(best)
        room[best.canvas] -= 1
        crowd[best.canvas, best.kind] += 1
        taken.append(best)
    return taken


def _kinds_in_turn(left: Mapping[str, list[Candidate]]) -> list[str]:
    """Sources in the order in which they choose: one of each kind after the other, so that places run out evenly."""
    ranked = sorted(
        (name for name in left if left[name]), key=lambda name: (-_regret(left[name]), _best_cost(left[name]), name)
    )
    seen: Counter[_Kind] = Counter()
    place: dict[str, int] = {}
    for name in ranked:
        place[name] = seen[left[name][0].kind]
        seen[left[name][0].kind] += 1
    if len(seen) == 1:
        return ranked
    return sorted(ranked, key=place.__getitem__)


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


def _improve(chosen: list[Candidate], offered: list[Candidate], limits: Mapping[str, int]) -> list[Candidate]:
    """Replace and exchange images of one kind while that lowers the cost; counts stay, and uses grow no less even."""
    images, free = list(chosen), set(offered) - set(chosen)
    rivals: dict[tuple[Canvas, _Kind], list[Candidate]] = defaultdict(list)
    options: dict[tuple[str, Canvas], list[Candidate]] = defaultdict(list)
    for candidate in sorted(offered, key=lambda option: (option.cost, _order(option))):
        rivals[candidate.canvas, candidate.kind].append(candidate)
        options[candidate.source, candidate.canvas].append(candidate)
    for _ in range(_ROUNDS):
        replaced = _replace(images, free, rivals, limits)
        if not _exchange(images, free, options) and not replaced:
            break
    return images


def _replace(
    images: list[Candidate],
    free: set[Candidate],
    rivals: Mapping[tuple[Canvas, _Kind], list[Candidate]],
    limits: Mapping[str, int],
) -> bool:
    """Give places to cheaper windows of sources that are used less, or of the same; changes ``images`` and ``free``."""
    uses = Counter(image.source for image in images)
    changed = False
    for place, image in enumerate(images):
        for rival in rivals[image.canvas, image.kind]:
            if rival.cost >= image.cost - _GAIN:
                break
            fewer = uses[rival.source] < min(uses[image.source], limits[rival.source])
            if rival in free and (rival.source == image.source or fewer):
                uses[image.source] -= 1
                uses[rival.source] += 1
                free.add(image)
                free.remove(rival)
                images[place] = rival
                changed = True
                break
    return changed


def _exchange(
    images: list[Candidate], free: set[Candidate], options: Mapping[tuple[str, Canvas], list[Candidate]]
) -> bool:
    """Let images of one kind change canvases in pairs where both together gain; changes ``images`` and ``free``.

    Of each pair of canvases, those that gain most by going over, or lose least, are matched from either side.
    """
    groups = sorted({(image.canvas, image.kind) for image in images})
    changed = False
    for (here, kind), (there, other) in combinations(groups, 2):
        if kind != other:
            continue
        going = _by_gain(images, (here, kind), there, free, options)
        coming = _by_gain(images, (there, kind), here, free, options)
        for (_, one), (_, two) in zip(going, coming, strict=False):
            if _swap(images, (one, two), free, options):
                changed = True
            elif images[one].source != images[two].source:
                break
    return changed


def _swap(
    images: list[Candidate],
    pair: tuple[int, int],
    free: set[Candidate],
    options: Mapping[tuple[str, Canvas], list[Candidate]],
) -> bool:
    """Let two images change canvases if both together gain; changes ``images`` and ``free``."""
    one, two = (images[place] for place in pair)
    to = _cheapest(one.source, two.canvas, free, options)
    fro = _cheapest(two.source, one.canvas, free, options)
    if to is None or fro is None or one.source == two.source or to.cost + fro.cost >= one.cost + two.cost - _GAIN:
        return False
    free.update((one, two))
    free.difference_update((to, fro))
    images[pair[0]], images[pair[1]] = to, fro
    return True


def _by_gain(
    images: list[Candidate],
    group: tuple[Canvas, _Kind],
    canvas: Canvas,
    free: set[Candidate],
    options: Mapping[tuple[str, Canvas], list[Candidate]],
) -> list[tuple[float, int]]:
    """What going over to a canvas would cost each image of a group more, least first; with its place."""
    found = []
    for place, image in enumerate(images):
        option = _cheapest(image.source, canvas, free, options) if (image.canvas, image.kind) == group else None
        if option is not None:
            found.append((round(option.cost - image.cost, 9), place))
    return sorted(found, key=lambda pair: (pair[0], _order(images[pair[1]])))


def _cheapest(
    source: str, canvas: Canvas, free: set[Candidate], options: Mapping[tuple[str, Canvas], list[Candidate]]
) -> Candidate | None:
    return next((option for option in options.get((source, canvas), ()) if option in free), None)
