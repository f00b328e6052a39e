"""Tags that the pixels themselves suggest, each with its reason.

What a definition settles exactly (a picture is grey, its whole border is one colour, a person's box covers a quarter of
it) is ``accepted``. What is a rule of thumb (night, sunset, a subject found by colours) is ``proposed``: a person
accepts it. The thresholds are ours, tried on drawn cases but on no labelled pixel art; those of size follow Danbooru's
custom (a wide shot's figure fills at most a quarter of the frame, and the background is a complete one).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.caption.proposal import Proposal, State
from unipixel.caption.subject import Box, Subject, Trust, describe_subject, subject_mask
from unipixel.color import to_oklab
from unipixel.color.tones import GREY_CHROMA, Tones, tones_of

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

_FEW = 8
"""Most colours of a limited palette."""

_Native = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]


def measure_tags(
    native: _Native, *, mask: _Mask | None = None, box: Box | None = None, usual_colors: float | None = None
) -> tuple[Proposal, ...]:
    """Measure distance, background, lighting and palette of a native.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
    mask : (h, w) bool, optional
        True on the main subject, where somebody has marked it.
    box : (row, col, height, width), optional
        The same as a box.
    usual_colors : float, optional
        Median number of colours in the data set. All pixel art has few; ``limited palette`` is proposed only for what
        has few even among its neighbours, so never without this number.

    Returns
    -------
    tuple of Proposal
        Origin ``"measured"``; distance first, then background, lighting, palette; empty for a fully transparent native.
    """
    look = tones_of(native)
    if look is None:
        return ()
    background = _background(native)
    found, trust = subject_mask(native, mask=mask, box=box)
    subject = describe_subject(found, trust)
    return (
        *_distance(subject, native.shape[0], plain=bool(background)),
        *background,
        *_no_figure(found, trust, look, plain=bool(background)),
        *_lighting(native, found if subject else np.zeros_like(found), look, plain=bool(background)),
        *_palette(look, usual_colors),
    )


def _measured(name: str, reason: str, state: State = "proposed", score: float = 0.5) -> Proposal:
    return Proposal(name, "measured", 1.0 if state == "accepted" else round(min(score, 0.999), 3), state, reason)


# --- distance and background ------------------------------------------------------------------------------------------


def _distance(subject: Subject | None, frame: int, *, plain: bool) -> list[Proposal]:
    """How far the subject is. A shot is wide only before a complete background; near ones are for a person to name."""
    if subject is None:
        return []
    fraction = subject.height / frame
    reason = f"subject {subject.width}x{subject.height} native px, {subject.area:.0%} of the picture"
    if fraction >= 0.9 and subject.borders >= 2:
        cut = f"{reason}, cut by {subject.borders} borders"
        return [_measured("close-up", cut), _measured("portrait", f"{cut}, if it is a head and shoulders", score=0.4)]
    if subject.area >= 0.35 or plain:
        is_whole = subject.borders == 0 and fraction >= 0.55
        return [_measured("full body", f"{reason}, all of it inside, if it is a figure")] if is_whole else []
    exact: State = "accepted" if subject.is_certain else "proposed"
    if subject.area <= 0.03 or fraction <= 0.15:
        return [_measured("very wide shot", reason, exact)]
    if subject.area <= 0.25:
        wide = [_measured("wide shot", reason, exact)]
        return wide if fraction < 0.55 else [_measured("full body", f"{reason}, all of it inside, if it is a figure")]
    return []


def _background(native: _Native) -> list[Proposal]:
    """Say ``simple background`` and its colour where the whole border is one opaque colour or nothing at all."""
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


def _no_figure(found: _Mask, trust: Trust, look: Tones, *, plain: bool) -> list[Proposal]:
    """Propose ``scenery`` where nothing stands out from the border's colours."""
    if plain or trust == "unknown" or found.any() or len(look.share) < _LIT_FROM:
        return []
    return [
        _measured(name, "nothing has colours that the border has not", score=0.3) for name in ("scenery", "no humans")
    ]


# --- light ------------------------------------------------------------------------------------------------------------


def _lighting(native: _Native, subject: _Mask, whole: Tones, *, plain: bool) -> list[Proposal]:
    """Propose what the scene's light is, the subject left out; not on plain grounds or for ink on paper."""
    if plain or len(whole.share) < _LIT_FROM:
        return []
    scene = tones_of(native, ~subject) or whole
    low, median, high = scene.light_at(0.05), scene.light_at(0.5), scene.light_at(0.95)
    dim = float(scene.share[scene.lightness < 0.35].sum())
    reason = f"lightness {low:.2f} to {high:.2f}, median {median:.2f}, {dim:.0%} below 0.35"
    found = []
    if median < 0.30 and dim >= 0.60:
        found.append(_measured("dark", reason, score=dim))
        found += _night(native, reason, dim)
    if high - low < 0.35 and scene.mean_chroma < 0.05 and median > 0.5:
        found += _fog(native, reason)
    bright, deep = float(scene.share[scene.lightness > 0.75].sum()), float(scene.share[scene.lightness < 0.3].sum())
    if high - low > 0.8 and bright + deep >= 0.6 and min(bright, deep) >= 0.15:
        found.append(_measured("high contrast", f"{reason}, {bright:.0%} above 0.75"))
    return [*found, *_sunset(native), *_backlight(native, subject)]


def _night(native: _Native, reason: str, dim: float) -> list[Proposal]:
    """A dark picture with a blue or violet top third, or with stars: bright pixels alone among dark ones."""
    top = tones_of(native[: max(1, native.shape[0] // 3)])
    blue = _hue_share(top, ("blue", "purple")) if top else 0.0
    stars = _count_stars(native)
    if blue < 0.5 and stars < 3:
        return []
    return [_measured("night", f"{reason}; top third {blue:.0%} blue or violet, {stars} star-like pixels", score=dim)]


def _count_stars(native: _Native) -> int:
    light = _lightness(native)[: max(3, native.shape[0] // 2)]
    middle = light[1:-1, 1:-1]
    around = np.max([light[:-2, 1:-1], light[2:, 1:-1], light[1:-1, :-2], light[1:-1, 2:]], axis=0, initial=0.0)
    return int(((middle > 0.7) & (around < 0.4)).sum())


def _fog(native: _Native, reason: str) -> list[Proposal]:
    """Pale and little contrast, and less of it towards the horizon than in front."""
    steps = np.abs(np.diff(_lightness(native), axis=1))
    third = native.shape[0] // 3
    if not third or not steps.size:
        return []
    far, near = float(steps[third : 2 * third].mean()), float(steps[-third:].mean())
    if near <= 0 or far >= 0.8 * near:
        return []
    return [_measured("fog", f"{reason}; little chroma, contrast in the middle {far / near:.0%} of that in front")]


def _sunset(native: _Native) -> list[Proposal]:
    """A warm top third that changes downwards, over a dark bottom third."""
    third = native.shape[0] // 3
    top, bottom = (tones_of(part) for part in (native[:third], native[native.shape[0] - third :]))
    if top is None or bottom is None:
        return []
    warm = top.warm_share
    gap = top.light_at(0.5) - bottom.light_at(0.5)
    if warm < 0.6 or gap < 0.15 or bottom.light_at(0.5) > 0.5 or top.mean_chroma < 0.06:
        return []
    rows = to_oklab(native[:third]).astype(np.float64).mean(axis=1)
    part = max(1, third // 3)
    change = float(np.linalg.norm(rows[-part:].mean(axis=0) - rows[:part].mean(axis=0)))
    if change < 0.05:
        return []
    reason = f"top third {warm:.0%} warm hues changing by {change:.2f} downwards, bottom third {gap:.2f} darker"
    return [_measured("sunset", reason, score=warm)]


def _backlight(native: _Native, subject: _Mask) -> list[Proposal]:
    """A subject much darker than what is behind it; of nearly one tone, a silhouette."""
    inside, outside = tones_of(native, subject), tones_of(native, ~subject)
    if inside is None or outside is None:
        return []
    dark, light = inside.light_at(0.5), outside.light_at(0.5)
    if light - dark <= 0.3 or dark > 0.4:
        return []
    rim = _rim_share(_lightness(native), subject, dark)
    reason = f"subject's median lightness {dark:.2f} before {light:.2f}"
    rimmed = f"{reason}, {rim:.0%} of its outline is bright" if rim >= 0.1 else reason
    found = [_measured("backlighting", rimmed, score=0.7 if rim >= 0.1 else 0.5)]
    if inside.light_at(0.95) - inside.light_at(0.05) < 0.1:
        found.append(_measured("silhouette", f"{reason}, all of it one tone"))
    return found


def _rim_share(light: _Floats, subject: _Mask, dark: float) -> float:
    """Share of the subject's outermost pixels that are brighter than its middle tone by 0.25 and more."""
    padded = np.pad(subject, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    edge = subject & ~inner
    return float((light[edge] > dark + 0.25).mean()) if edge.any() else 0.0


def _lightness(native: _Native) -> _Floats:
    return to_oklab(native[..., :3]).astype(np.float64)[..., 0]


# --- palette ----------------------------------------------------------------------------------------------------------


def _palette(look: Tones, usual: float | None) -> list[Proposal]:
    """``greyscale``, ``monochrome``, ``limited palette`` and ``<hue> theme``."""
    grey = float(look.share[look.chroma < GREY_CHROMA].sum())
    count, spread = len(look.share), _hue_spread(look)
    found = []
    if grey >= 0.98:
        exact: State = "accepted" if grey >= 0.995 else "proposed"
        found += [_measured(name, f"{grey:.1%} of the pixels are grey", exact) for name in ("greyscale", "monochrome")]
    elif spread <= 15.0:
        reason = f"99.5% of the chroma within {spread:.0f} degrees of hue"
        found.append(_measured("monochrome", reason, "accepted"))
    if usual is not None and count <= min(_FEW, usual / 2):
        found.append(_measured("limited palette", f"{count} colours, the data set's median is {usual:g}"))
    if grey < 0.5:
        name, share = max(((name, _hue_share(look, (name,))) for name, _ in HUES), key=lambda pair: pair[1])
        if share >= 0.7:
            found.append(_measured(f"{name} theme", f"{share:.0%} of the chroma is {name}", score=share))
    return found


def _hue_share(look: Tones, names: tuple[str, ...]) -> float:
    """Share of the chroma-weighted area that belongs to some hue families, 0 to 1."""
    weight = look.color_weight
    return float(weight[np.isin(_family(look.hue), names)].sum() / weight.sum()) if weight.sum() else 0.0


def _hue_spread(look: Tones) -> float:
    """Degrees from the mean hue within which 99.5 % of the chroma-weighted area lies, 0 to 180."""
    weight = look.color_weight
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
