"""Draw smooth, anti-aliased scenes and say in tags what is in them.

The micro base must never have seen pixel art: whatever grid a LoRA draws later, it learned from its
data set. So everything here is drawn at three times its size and averaged down; nothing has cells.
A scene is one subject in one colour, on one ground, at one distance, in one light.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Color = tuple[int, int, int]
Point = tuple[float, float]

COLORS: dict[str, Color] = {
    "red": (208, 44, 48),
    "orange": (236, 130, 34),
    "yellow": (240, 208, 60),
    "green": (62, 160, 66),
    "blue": (48, 96, 208),
    "purple": (134, 66, 178),
    "pink": (240, 136, 178),
    "brown": (132, 84, 48),
    "white": (238, 238, 236),
    "grey": (140, 142, 148),
}
GROUNDS = ("simple background", "meadow", "desert", "snow", "sea", "starry sky", "grass", "sand", "water", "stone")
LIGHTS = ("day", "night", "sunset", "fog")
DISTANCES = ("close-up", "", "far away")
OVERSAMPLING = 3
OUTLINE = 0.009
"""Width of the dark line around a subject, in sides of the picture: what stands before what must be plain to see."""


@dataclass(frozen=True)
class Scene:
    """One drawn picture and what is in it."""

    image: npt.NDArray[np.uint8]
    """``(H, W, 3)`` uint8 sRGB."""
    tags: tuple[str, ...]
    """Subject first; then ground, distance and light."""
    subject: str
    """The subject's word, a key of :data:`SUBJECTS`."""
    mask: npt.NDArray[np.uint8]
    """``(H, W)`` uint8: 255 where the subject is."""


def tone(color: Color, factor: float) -> Color:
    """A darker (below 1) or lighter (above 1) tone of a colour."""
    if factor <= 1:
        return (round(color[0] * factor), round(color[1] * factor), round(color[2] * factor))
    part = min(1.0, factor - 1)
    return (
        round(color[0] + (255 - color[0]) * part),
        round(color[1] + (255 - color[1]) * part),
        round(color[2] + (255 - color[2]) * part),
    )


class Pen:
    """Draws in a unit square (x right, y down) that lies somewhere on the picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, left: float, top: float, size: float) -> None:
        self._draw, self._left, self._top, self._size = draw, left, top, size

    def _at(self, x: float, y: float) -> Point:
        return (self._left + x * self._size, self._top + y * self._size)

    def shape(self, points: Sequence[Point], color: Color) -> None:
        """Fill a polygon."""
        self._draw.polygon([self._at(x, y) for x, y in points], fill=color)

    def oval(self, x: float, y: float, rx: float, ry: float, color: Color) -> None:
        """Fill an ellipse around a centre."""
        self._draw.ellipse([self._at(x - rx, y - ry), self._at(x + rx, y + ry)], fill=color)

    def box(self, x0: float, y0: float, x1: float, y1: float, color: Color) -> None:
        """Fill a rectangle."""
        self.shape([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], color)

    def line(self, points: Sequence[Point], width: float, color: Color) -> None:
        """Draw a line of a width in units of the square."""
        width_px = max(1, round(width * self._size))
        self._draw.line([self._at(x, y) for x, y in points], fill=color, width=width_px, joint="curve")


WOOD: Color = (120, 74, 40)
DARK: Color = (34, 28, 40)
STEEL: Color = (196, 204, 214)
SKIN: Color = (250, 208, 176)
LIGHT: Color = (252, 250, 244)


def _tree(p: Pen, c: Color) -> None:
    p.box(0.43, 0.6, 0.57, 1.0, WOOD)
    p.box(0.43, 0.6, 0.48, 1.0, tone(WOOD, 0.7))
    for x, y, r, f in ((0.5, 0.4, 0.36, 0.7), (0.3, 0.42, 0.22, 0.85), (0.68, 0.44, 0.22, 0.8), (0.5, 0.26, 0.26, 1.0)):
        p.oval(x, y, r, r * 0.85, tone(c, f))
    p.oval(0.42, 0.22, 0.12, 0.09, tone(c, 1.3))


def _house(p: Pen, c: Color) -> None:
    p.box(0.14, 0.46, 0.86, 1.0, (226, 206, 170))
    p.box(0.14, 0.46, 0.3, 1.0, (196, 172, 138))
    p.box(0.68, 0.08, 0.8, 0.36, tone(WOOD, 0.8))
    p.shape([(0.02, 0.5), (0.5, 0.06), (0.98, 0.5)], c)
    p.shape([(0.02, 0.5), (0.5, 0.06), (0.5, 0.5)], tone(c, 0.78))
    p.box(0.42, 0.66, 0.6, 1.0, tone(WOOD, 0.75))
    p.box(0.66, 0.58, 0.8, 0.74, (120, 190, 230))


def _potion(p: Pen, c: Color) -> None:
    glass: Color = (206, 226, 236)
    p.box(0.4, 0.1, 0.6, 0.4, glass)
    p.box(0.37, 0.0, 0.63, 0.12, WOOD)
    p.oval(0.5, 0.66, 0.35, 0.34, glass)
    p.oval(0.5, 0.68, 0.3, 0.28, c)
    p.box(0.22, 0.4, 0.78, 0.56, glass)
    p.oval(0.5, 0.56, 0.28, 0.06, tone(c, 1.35))
    p.oval(0.36, 0.72, 0.06, 0.1, tone(c, 1.6))


def _heart(p: Pen, c: Color) -> None:
    for f, k in ((0.7, 1.0), (1.0, 0.86)):
        points = []
        for i in range(48):
            t = 2 * math.pi * i / 48
            x = 16 * math.sin(t) ** 3
            y = -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t))
            points.append((0.5 + k * x / 34, 0.46 + k * y / 34))
        p.shape(points, tone(c, f))
    p.oval(0.32, 0.3, 0.08, 0.06, tone(c, 1.6))


def _star(p: Pen, c: Color) -> None:
    for f, k in ((0.72, 1.0), (1.0, 0.8)):
        points = []
        for i in range(10):
            radius = k * (0.5 if i % 2 == 0 else 0.21)
            angle = math.pi * i / 5 - math.pi / 2
            points.append((0.5 + radius * math.cos(angle), 0.52 + radius * math.sin(angle)))
        p.shape(points, tone(c, f))


def _mushroom(p: Pen, c: Color) -> None:
    p.shape([(0.36, 0.5), (0.64, 0.5), (0.7, 1.0), (0.3, 1.0)], (240, 226, 200))
    p.shape([(0.36, 0.5), (0.44, 0.5), (0.42, 1.0), (0.3, 1.0)], (208, 188, 158))
    p.shape([(0.5 + 0.48 * math.cos(math.pi * i / 16), 0.56 - 0.5 * math.sin(math.pi * i / 16)) for i in range(17)], c)
    p.oval(0.5, 0.56, 0.48, 0.09, tone(c, 0.7))
    for x, y, r in ((0.32, 0.34, 0.09), (0.6, 0.24, 0.1), (0.75, 0.44, 0.06)):
        p.oval(x, y, r, r * 0.85, LIGHT)


def _sword(p: Pen, c: Color) -> None:
    p.shape([(0.42, 0.12), (0.5, 0.0), (0.58, 0.12), (0.58, 0.66), (0.42, 0.66)], STEEL)
    p.shape([(0.42, 0.12), (0.5, 0.0), (0.5, 0.66), (0.42, 0.66)], tone(STEEL, 0.78))
    p.box(0.24, 0.64, 0.76, 0.73, c)
    p.box(0.44, 0.73, 0.56, 0.92, WOOD)
    p.oval(0.5, 0.94, 0.08, 0.06, c)


def _castle(p: Pen, c: Color) -> None:
    wall: Color = (158, 158, 168)
    p.box(0.2, 0.46, 0.8, 1.0, wall)
    for x in (0.04, 0.72):
        p.box(x, 0.3, x + 0.24, 1.0, tone(wall, 0.85))
        p.shape([(x - 0.03, 0.32), (x + 0.12, 0.02), (x + 0.27, 0.32)], c)
    for i in range(3):
        p.box(0.31 + 0.15 * i, 0.38, 0.39 + 0.15 * i, 0.48, wall)
    p.oval(0.5, 0.76, 0.12, 0.12, DARK)
    p.box(0.38, 0.76, 0.62, 1.0, DARK)


def _fish(p: Pen, c: Color) -> None:
    p.shape([(0.7, 0.5), (1.0, 0.24), (0.94, 0.5), (1.0, 0.76)], tone(c, 0.75))
    p.shape([(0.3, 0.3), (0.55, 0.1), (0.66, 0.34)], tone(c, 0.75))
    p.oval(0.42, 0.5, 0.4, 0.25, c)
    p.oval(0.4, 0.6, 0.3, 0.13, tone(c, 1.35))
    p.oval(0.2, 0.44, 0.07, 0.07, LIGHT)
    p.oval(0.19, 0.44, 0.035, 0.035, DARK)


def _cat(p: Pen, c: Color) -> None:
    p.line([(0.76, 0.9), (0.95, 0.8), (0.92, 0.56)], 0.09, tone(c, 0.75))
    p.oval(0.5, 0.8, 0.28, 0.22, tone(c, 0.85))
    p.shape([(0.16, 0.06), (0.2, 0.42), (0.44, 0.24)], c)
    p.shape([(0.84, 0.06), (0.8, 0.42), (0.56, 0.24)], c)
    p.oval(0.5, 0.42, 0.36, 0.29, c)
    for x in (0.36, 0.64):
        p.oval(x, 0.4, 0.07, 0.085, (250, 240, 150))
        p.oval(x, 0.4, 0.03, 0.07, DARK)
    p.oval(0.5, 0.54, 0.05, 0.035, (240, 120, 140))


def _ghost(p: Pen, c: Color) -> None:
    p.oval(0.5, 0.4, 0.36, 0.38, c)
    p.shape([(0.14, 0.4), (0.86, 0.4), (0.86, 1.0), (0.68, 0.86), (0.5, 1.0), (0.32, 0.86), (0.14, 1.0)], c)
    p.shape([(0.14, 0.4), (0.28, 0.4), (0.28, 0.9), (0.14, 1.0)], tone(c, 0.8))
    for x in (0.38, 0.64):
        p.oval(x, 0.4, 0.08, 0.12, DARK)
    p.oval(0.51, 0.64, 0.07, 0.08, DARK)


def _robot(p: Pen, c: Color) -> None:
    p.line([(0.5, 0.12), (0.5, 0.0)], 0.05, DARK)
    p.box(0.24, 0.1, 0.76, 0.46, c)
    p.box(0.24, 0.1, 0.34, 0.46, tone(c, 0.75))
    for x in (0.4, 0.62):
        p.oval(x, 0.28, 0.08, 0.08, (250, 240, 150))
    p.box(0.3, 0.52, 0.7, 0.84, tone(c, 0.85))
    p.box(0.42, 0.58, 0.6, 0.7, STEEL)
    p.box(0.14, 0.52, 0.26, 0.8, STEEL)
    p.box(0.74, 0.52, 0.86, 0.8, STEEL)
    p.box(0.33, 0.86, 0.46, 1.0, DARK)
    p.box(0.54, 0.86, 0.67, 1.0, DARK)


def _flower(p: Pen, c: Color) -> None:
    stem: Color = (56, 140, 60)
    p.line([(0.5, 0.4), (0.5, 1.0)], 0.08, stem)
    p.oval(0.68, 0.78, 0.17, 0.08, stem)
    for i in range(6):
        angle = math.pi * i / 3
        p.oval(0.5 + 0.21 * math.cos(angle), 0.34 + 0.21 * math.sin(angle), 0.15, 0.15, tone(c, 0.85 + 0.1 * (i % 3)))
    p.oval(0.5, 0.34, 0.13, 0.13, (250, 214, 70) if c != COLORS["yellow"] else (150, 90, 40))


def _gem(p: Pen, c: Color) -> None:
    p.shape([(0.24, 0.14), (0.76, 0.14), (1.0, 0.42), (0.5, 1.0), (0.0, 0.42)], c)
    p.shape([(0.24, 0.14), (0.0, 0.42), (0.3, 0.42)], tone(c, 1.25))
    p.shape([(0.24, 0.14), (0.76, 0.14), (0.66, 0.42), (0.3, 0.42)], tone(c, 1.5))
    p.shape([(0.0, 0.42), (0.3, 0.42), (0.5, 1.0)], tone(c, 0.85))
    p.shape([(0.66, 0.42), (1.0, 0.42), (0.5, 1.0)], tone(c, 0.62))


def _cow(p: Pen, c: Color) -> None:
    for x in (0.26, 0.42, 0.66, 0.8):
        p.box(x, 0.66, x + 0.09, 0.98, tone(c, 0.7))
    p.oval(0.56, 0.54, 0.38, 0.23, c)
    p.oval(0.66, 0.46, 0.12, 0.1, LIGHT if c != COLORS["white"] else DARK)
    p.oval(0.44, 0.6, 0.1, 0.08, LIGHT if c != COLORS["white"] else DARK)
    p.oval(0.18, 0.36, 0.17, 0.18, tone(c, 0.88))
    p.oval(0.12, 0.46, 0.12, 0.08, (240, 176, 172))
    p.oval(0.2, 0.33, 0.035, 0.04, DARK)
    p.line([(0.1, 0.2), (0.06, 0.08)], 0.05, LIGHT)
    p.line([(0.26, 0.2), (0.32, 0.08)], 0.05, LIGHT)


def _zombie(p: Pen, c: Color) -> None:
    skin: Color = (122, 176, 92)
    p.box(0.34, 0.74, 0.47, 1.0, (56, 62, 110))
    p.box(0.53, 0.74, 0.66, 1.0, (44, 50, 92))
    p.box(0.3, 0.4, 0.7, 0.76, c)
    p.box(0.04, 0.42, 0.36, 0.53, skin)
    p.box(0.64, 0.42, 0.96, 0.53, tone(skin, 0.85))
    p.box(0.3, 0.04, 0.7, 0.4, skin)
    p.box(0.3, 0.02, 0.7, 0.1, tone(skin, 0.6))
    for x in (0.4, 0.58):
        p.box(x - 0.04, 0.18, x + 0.05, 0.25, (190, 40, 40))
    p.box(0.4, 0.31, 0.6, 0.35, DARK)


def _girl(p: Pen, c: Color) -> None:
    hair: Color = (240, 136, 178) if c != COLORS["pink"] else (96, 60, 40)
    p.oval(0.5, 0.28, 0.25, 0.27, hair)
    p.box(0.25, 0.28, 0.75, 0.56, hair)
    p.box(0.4, 0.84, 0.47, 1.0, SKIN)
    p.box(0.53, 0.84, 0.6, 1.0, SKIN)
    p.shape([(0.4, 0.5), (0.6, 0.5), (0.78, 0.88), (0.22, 0.88)], c)
    p.line([(0.4, 0.54), (0.26, 0.74)], 0.07, SKIN)
    p.line([(0.6, 0.54), (0.74, 0.74)], 0.07, SKIN)
    p.oval(0.5, 0.32, 0.17, 0.18, SKIN)
    p.shape([(0.3, 0.28), (0.36, 0.1), (0.64, 0.1), (0.7, 0.28), (0.5, 0.2)], hair)
    for x in (0.43, 0.57):
        p.oval(x, 0.34, 0.03, 0.045, (44, 70, 130))


SUBJECTS: dict[str, Callable[[Pen, Color], None]] = {
    "tree": _tree,
    "house": _house,
    "potion": _potion,
    "heart": _heart,
    "star": _star,
    "mushroom": _mushroom,
    "sword": _sword,
    "castle": _castle,
    "fish": _fish,
    "cat": _cat,
    "ghost": _ghost,
    "robot": _robot,
    "flower": _flower,
    "gem": _gem,
    "cow": _cow,
    "zombie": _zombie,
    "1girl": _girl,
}
"""What can be drawn, by its tag."""


def draw_scene(rng: random.Random, width: int, height: int) -> Scene:
    """Draw one random scene.

    Parameters
    ----------
    rng : random.Random
        All choices come from it.
    width, height : int
        Size in px.

    Returns
    -------
    Scene
    """
    subject, color_name = rng.choice(list(SUBJECTS)), rng.choice(list(COLORS))
    ground, light = rng.choice(GROUNDS), rng.choices(LIGHTS, (5, 2, 2, 1))[0]
    distance = rng.choices(DISTANCES, (3, 5, 2))[0]
    canvas = Image.new("RGB", (width * OVERSAMPLING, height * OVERSAMPLING))
    draw = ImageDraw.Draw(canvas)
    ground_tags = _draw_ground(draw, rng, ground, canvas.size)
    mask = _draw_subject(canvas, rng, subject, _jitter(rng, COLORS[color_name]), distance)
    smooth = canvas.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.0))).reduce(OVERSAMPLING)
    lit = _shine(np.asarray(smooth, dtype=np.float32), rng, light)
    tags = (f"{color_name} {subject}", *ground_tags, *([distance] if distance else []), light)
    return Scene(np.clip(np.rint(lit), 0, 255).astype(np.uint8), tags, subject, np.asarray(mask.reduce(OVERSAMPLING)))


def _jitter(rng: random.Random, color: Color, amount: int = 10) -> Color:
    r, g, b = (min(255, max(0, part + rng.randint(-amount, amount))) for part in color)
    return (r, g, b)


def _draw_subject(canvas: Image.Image, rng: random.Random, subject: str, color: Color, distance: str) -> Image.Image:
    """Draw the subject with a dark line around it; returns its mask (mode L, 0 or 255)."""
    width, height = canvas.size
    span = {"close-up": (0.95, 1.15), "": (0.66, 0.84), "far away": (0.36, 0.46)}[distance]
    side = rng.uniform(*span) * min(canvas.size)
    slack_x, slack_y = width - side, height - side
    if distance == "close-up":
        left, top = slack_x * rng.uniform(0.4, 0.6), slack_y * rng.uniform(0.3, 0.7)
    else:
        left, top = slack_x * rng.uniform(0.25, 0.75), slack_y * rng.uniform(0.5, 0.85)
    drawn = canvas.copy()
    SUBJECTS[subject](Pen(ImageDraw.Draw(drawn), left, top, side), color)
    mask = ImageChops.difference(canvas, drawn).convert("L").point([0] + [255] * 255)
    reach = OUTLINE * min(canvas.size)
    for i in range(8):
        shift = (round(reach * math.cos(math.pi * i / 4)), round(reach * math.sin(math.pi * i / 4)))
        canvas.paste(DARK, shift, mask)
    canvas.paste(drawn, (0, 0), mask)
    return mask


def _draw_ground(draw: ImageDraw.ImageDraw, rng: random.Random, ground: str, size: tuple[int, int]) -> tuple[str, ...]:
    width, height = size
    if ground == "simple background":
        name = rng.choice(list(COLORS))
        draw.rectangle([0, 0, width, height], fill=_jitter(rng, tone(COLORS[name], rng.uniform(0.75, 1.15))))
        return (ground, f"{name} background")
    if ground in ("grass", "sand", "water", "stone"):
        _draw_from_above(draw, rng, ground, size)
        return (ground, "from above")
    if ground == "starry sky":
        _fill_gradient(draw, size, (16, 18, 48), (60, 44, 96), 0, height)
        for _ in range(24):
            x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.004, 0.012) * width
            draw.ellipse([x - r, y - r, x + r, y + r], fill=(250, 246, 214))
        return (ground,)
    _draw_landscape(draw, rng, ground, size)
    return (ground, "from side")


def _draw_landscape(draw: ImageDraw.ImageDraw, rng: random.Random, ground: str, size: tuple[int, int]) -> None:
    width, height = size
    horizon = height * rng.uniform(0.5, 0.72)
    earth: Color = {"meadow": (84, 172, 72), "desert": (226, 190, 116), "snow": (232, 240, 248), "sea": (40, 108, 176)}[
        ground
    ]
    _fill_gradient(draw, size, (96, 170, 236), (206, 230, 246), 0, horizon)
    if ground != "sea":
        phase, waves = rng.uniform(0, 6.28), rng.uniform(1.5, 3.5)
        hill = [(x * width / 24, horizon - height * (0.08 + 0.07 * math.sin(phase + waves * x / 4))) for x in range(25)]
        draw.polygon([*hill, (width, height), (0, height)], fill=tone(earth, 0.78))
    _fill_gradient(draw, size, tone(earth, 1.12), tone(earth, 0.8), horizon, height)
    for _ in range(rng.randint(0, 3)):
        x, y, r = rng.uniform(0, width), rng.uniform(0, horizon * 0.6), rng.uniform(0.05, 0.1) * width
        for dx in (-0.8, 0, 0.8):
            draw.ellipse([x + dx * r - r, y - 0.5 * r, x + dx * r + r, y + 0.5 * r], fill=(248, 250, 252))


def _draw_from_above(draw: ImageDraw.ImageDraw, rng: random.Random, ground: str, size: tuple[int, int]) -> None:
    width, height = size
    base: Color = {"grass": (88, 164, 70), "sand": (222, 202, 140), "water": (58, 116, 196), "stone": (134, 134, 140)}[
        ground
    ]
    draw.rectangle([0, 0, width, height], fill=_jitter(rng, base, 8))
    for _ in range(40):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.012, 0.04) * width
        flat = {"grass": 1.2, "sand": 0.5, "water": 0.25, "stone": 0.7}[ground]
        draw.ellipse([x - r, y - r * flat, x + r, y + r * flat], fill=tone(base, rng.choice((0.9, 1.1))))


def _fill_gradient(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], top: Color, bottom: Color, start: float, end: float
) -> None:
    for y in range(int(start), int(end) + 1):
        part = (y - start) / max(1.0, end - start)
        r, g, b = (round(a + (z - a) * part) for a, z in zip(top, bottom, strict=True))
        draw.line([(0, y), (size[0], y)], fill=(r, g, b))


def _shine(image: npt.NDArray[np.float32], rng: random.Random, light: str) -> npt.NDArray[np.float32]:
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width)
    angle = rng.uniform(-0.9, 0.9)
    shade = 1.06 - 0.16 * (y * np.float32(math.cos(angle)) + x * np.float32(math.sin(angle)))
    image = image * shade[..., None]
    if light == "night":
        return image * np.array([0.44, 0.48, 0.66], np.float32) + np.array([4, 6, 22], np.float32)
    if light == "sunset":
        warm = np.array([1.12, 0.72, 0.56], np.float32)
        return image * warm + (1 - y[..., None]) * np.array([34, 6, 22], np.float32)
    if light == "fog":
        return image * 0.38 + np.array([142, 148, 152], np.float32) * (1.02 - 0.12 * y[..., None])
    return image
