"""Tags that the pixels themselves suggest, each with its reason.

What a definition settles exactly (a picture is grey, its background is one colour) is ``accepted``. What is a rule of
thumb (night, sunset, distance without a mask) is ``proposed``: a person accepts it. The thresholds are ours; those of
size follow booru custom (a wide shot's figure fills at most a quarter of the frame).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from unipixel.caption.proposal import Proposal, State
from unipixel.caption.subject import Subject, find_subject
from unipixel.color import distinct_colors, to_oklab

GREY_CHROMA = 0.02
"""OKLab chroma below which a colour counts as grey."""

HUES: tuple[tuple[str, float], ...] = (
    ("pink", 5.0),
    ("red", 27.0),
    ("orange", 60.0),
    ("yellow", 105.0),
    ("green", 142.0),
    ("aqua", 195.0),
    ("blue", 258.0),
    ("purple", 310.0),
)
"""Names of hue families with their centres in degrees of OKLab; a colour belongs to the nearest centre."""

_LIT_FROM = 5
"""Pictures of fewer colours are ink on paper: their lightness says nothing about light."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Look:
    """Distinct opaque colours of a picture with what the rules ask of them."""

    share: _Floats
    lightness: _Floats
    chroma: _Floats
    hue: _Floats
    colors: npt.NDArray[np.uint8]

    def light_at(self, quantile: float) -> float:
        order = np.argsort(self.lightness)
        place = int(np.searchsorted(self.share[order].cumsum(), quantile - 1e-9))
        return float(self.lightness[order][min(place, len(order) - 1)])


def measure_tags(native: npt.NDArray[np.uint8], *, mask: npt.NDArray[np.bool_] | None = None) -> tuple[Proposal, ...]:
    """Measure distance, background, lighting and palette of a native.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
    mask : (h, w) bool, optional
        True on the main subject, where somebody has marked it.

    Returns
    -------
    tuple of Proposal
        Origin ``"measured"``; distance first, then background, lighting, palette; empty for a fully transparent native.
    """
    if not (native[..., 3] > 0).any():
        return ()
    look = _look(native)
    background = _background(native)
    subject = find_subject(native, mask=mask)
    return (
        *_distance(subject, native.shape[0]),
        *background,
        *_lighting(native, look, bool(background)),
        *_palette(look),
    )


def _look(native: npt.NDArray[np.uint8]) -> _Look:
    distinct = distinct_colors(native[native[..., 3] > 0][None])
    lab = to_oklab(distinct.colors).astype(np.float64)
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360.0
    share = distinct.counts / distinct.counts.sum()
    return _Look(share, lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]), hue, distinct.colors)


def _measured(name: str, reason: str, state: State = "proposed", score: float = 0.5) -> Proposal:
    return Proposal(name, "measured", 1.0 if state == "accepted" else round(score, 3), state, reason)


def _distance(subject: Subject | None, frame: int) -> list[Proposal]:
    """Propose ``close-up`` or ``far away``; accepted only where a mask or alpha shows the subject."""
    if subject is None:
        return []
    fraction = subject.height / frame
    reason = f"subject {subject.width}x{subject.height} native px, {subject.area:.0%} of the picture"
    state: Literal["accepted", "proposed"] = "accepted" if subject.is_certain else "proposed"
    if fraction >= 0.9 and subject.borders >= 2 and subject.area >= 0.35:
        return [_measured("close-up", f"{reason}, touches {subject.borders} borders", state)]
    if subject.area <= 0.03 or fraction <= 0.15:
        return [_measured("far away", reason, state)]
    return []


def _background(native: npt.NDArray[np.uint8]) -> list[Proposal]:
    """Propose ``simple background`` and its colour where the whole border is one opaque colour or nothing at all."""
    border = np.concatenate([native[0], native[-1], native[1:-1, 0], native[1:-1, -1]])
    if (border[:, 3] == 0).all():
        return [_measured("transparent background", "the whole border is transparent", "accepted")]
    if not (border == border[0]).all() or border[0, 3] != 255:
        return []
    share = float((native == border[0]).all(axis=-1).mean())
    if share < 0.3:
        return []
    name = color_name(border[0, :3])
    reason = f"the whole border and {share:.0%} of the picture are #{bytes(border[0, :3]).hex()}"
    return [_measured("simple background", reason, "accepted"), _measured(f"{name} background", reason, "accepted")]


def _lighting(native: npt.NDArray[np.uint8], look: _Look, simple: bool) -> list[Proposal]:
    """Propose ``dark``, ``night``, ``foggy``, ``sunset``, ``high contrast``; not on plain grounds."""
    if simple or len(look.colors) < _LIT_FROM:
        return []
    low, median, high = look.light_at(0.05), look.light_at(0.5), look.light_at(0.95)
    dim = float(look.share[look.lightness < 0.35].sum())
    reason = f"lightness {low:.2f} to {high:.2f}, median {median:.2f}, {dim:.0%} below 0.35"
    found = []
    if median < 0.30 and dim >= 0.60:
        clear = median < 0.25 and dim >= 0.75
        found.append(_measured("dark", reason, "accepted" if clear else "proposed", score=dim))
        if _hue_share(look, ("blue", "purple")) >= 0.5 or float((look.share * look.chroma).sum()) < 0.03:
            found.append(_measured("night", f"{reason}; blue, violet or grey", score=dim))
    elif high - low < 0.35 and float((look.share * look.chroma).sum()) < 0.05 and median > 0.5:
        found.append(_measured("foggy", f"{reason}; little chroma"))
    if high - low > 0.8:
        found.append(_measured("high contrast", reason))
    return found + _sunset(native)


def _sunset(native: npt.NDArray[np.uint8]) -> list[Proposal]:
    """Warm top third over a darker bottom third."""
    third = native.shape[0] // 3
    if third == 0 or not (native[:third, :, 3] > 0).any() or not (native[-third:, :, 3] > 0).any():
        return []
    top, bottom = _look(native[:third]), _look(native[-third:])
    warm = _hue_share(top, ("red", "orange", "yellow", "pink"))
    gap = top.light_at(0.5) - bottom.light_at(0.5)
    if warm < 0.6 or gap < 0.15 or float((top.share * top.chroma).sum()) < 0.06:
        return []
    return [_measured("sunset", f"top third {warm:.0%} warm hues, bottom third {gap:.2f} darker", score=warm)]


def _palette(look: _Look) -> list[Proposal]:
    """Propose ``greyscale``, ``monochrome``, ``limited palette`` and ``<hue> theme``."""
    grey = float(look.share[look.chroma < GREY_CHROMA].sum())
    count = len(look.colors)
    found = []
    if grey >= 0.98:
        found += [
            _measured(name, f"{grey:.0%} of the pixels are grey", "accepted") for name in ("greyscale", "monochrome")
        ]
    elif _hue_spread(look) <= 15.0:
        found.append(
            _measured("monochrome", f"99.5% of the chroma within {_hue_spread(look):.0f} degrees of hue", "accepted")
        )
    if count <= 8:
        found.append(_measured("limited palette", f"{count} colours", "accepted"))
    if grey < 0.5:
        name, share = max(((name, _hue_share(look, (name,))) for name, _ in HUES), key=lambda pair: pair[1])
        if share >= 0.7:
            state: State = "accepted" if share >= 0.85 else "proposed"
            found.append(_measured(f"{name} theme", f"{share:.0%} of the chroma is {name}", state, score=share))
    return found


def _hue_share(look: _Look, names: tuple[str, ...]) -> float:
    """Share of the chroma-weighted area that belongs to some hue families, 0 to 1."""
    weight = look.share * np.where(look.chroma < GREY_CHROMA, 0.0, look.chroma)
    return float(weight[np.isin(_family(look.hue), names)].sum() / weight.sum()) if weight.sum() else 0.0


def _hue_spread(look: _Look) -> float:
    """Degrees from the mean hue within which 99.5 % of the chroma-weighted area lies, 0 to 180."""
    weight = look.share * np.where(look.chroma < GREY_CHROMA, 0.0, look.chroma)
    if not weight.sum():
        return 180.0
    angle = np.radians(look.hue)
    mean = np.degrees(np.arctan2((weight * np.sin(angle)).sum(), (weight * np.cos(angle)).sum()))
    away = np.abs((look.hue - mean + 180.0) % 360.0 - 180.0)
    order = np.argsort(away)
    place = int(np.searchsorted(weight[order].cumsum() / weight.sum(), 0.995 - 1e-9))
    return float(away[order][min(place, len(order) - 1)])


def _family(hue: _Floats) -> npt.NDArray[np.str_]:
    names, centres = np.array([name for name, _ in HUES]), np.array([centre for _, centre in HUES])
    away = np.abs((hue[:, None] - centres + 180.0) % 360.0 - 180.0)
    family: npt.NDArray[np.str_] = names[away.argmin(axis=1)]
    return family


def color_name(rgb: npt.NDArray[np.uint8]) -> str:
    """Name one colour as booru tags do: black, grey, white, brown, or the hue family.

    Parameters
    ----------
    rgb : (3,) uint8, sRGB
    """
    lab = to_oklab(rgb[None]).astype(np.float64)
    lightness, chroma = float(lab[0, 0]), float(np.hypot(lab[0, 1], lab[0, 2]))
    if lightness < 0.2:
        return "black"
    if chroma < 2 * GREY_CHROMA:
        return "white" if lightness > 0.93 else "grey"
    family = str(_family(np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360.0)[0])
    return "brown" if family in ("orange", "red", "yellow") and lightness < 0.55 and chroma < 0.13 else family
