"""Native pixel art to start from: screens of a game, pictures drawn from seeds, or a folder of one's own."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

import numpy as np
from cases import Pixels, rng_for
from PIL import Image

FOLDER = "UNIPIXEL_GRIDBENCH"
"""Environment variable: a folder with ``manifest.json`` and ``natives/``."""

_VIEWS = ((9, 9), (7, 8), (11, 9), (8, 8))
_TILE = 16
_SHOWN = ("frame", "region", "map", "region")
_LONGEST = 128


def has_game() -> bool:
    """Whether Crafter is installed."""
    try:
        import crafter  # noqa: F401
    except ImportError:
        return False
    return True


def own_natives(count: int) -> list[str]:
    """Names of the first natives of our own: game screens and drawings in turn, or drawings alone without Crafter."""
    if not has_game():
        return [f"drawn-{index:03d}" for index in range(count)]
    return [f"{('crafter', 'drawn')[index % 2]}-{index // 2:03d}" for index in range(count)]


def folder_natives(folder: Path, count: int) -> list[str]:
    """Names of natives of a folder, spread over its packages; those under 16 px on a side are left out."""
    by_package: dict[str, list[str]] = {}
    for item in json.loads((folder / "manifest.json").read_text("utf-8")):
        if min(item["w"], item["h"]) >= 16:
            by_package.setdefault(item["package"], []).append(item["id"])
    shuffled = [sorted(ids, key=_shuffle) for _, ids in sorted(by_package.items(), key=lambda pair: _shuffle(pair[0]))]
    deepest = max(map(len, shuffled))
    return [ids[place] for place in range(deepest) for ids in shuffled if place < len(ids)][:count]


def load_native(name: str) -> Pixels:
    """Native image ``(h, w, 3)`` of a name from one of the two lists."""
    if name.startswith("drawn-"):
        return draw_native(int(name[6:]))
    if name.startswith("crafter-"):
        return _screens(int(name[8:]) // 4)[int(name[8:]) % 4]
    image = np.asarray(Image.open(Path(os.environ[FOLDER]) / "natives" / f"{name}.png").convert("RGB"))
    return _window(image, rng_for("window", name))


def _shuffle(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _window(image: Pixels, rng: np.random.Generator) -> Pixels:
    """At most 128x128 px of an image."""
    height, width = (min(side, _LONGEST) for side in image.shape[:2])
    top, left = rng.integers(image.shape[0] - height + 1), rng.integers(image.shape[1] - width + 1)
    return np.ascontiguousarray(image[top : top + height, left : left + width])


@lru_cache(maxsize=4)
def _screens(world: int) -> tuple[Pixels, ...]:
    """Four screens of one game: the whole window or a part of it, the later ones with the night's noise."""
    from unipixel.demo.crafter_game import Game
    from unipixel.demo.policy import play

    wanted = (8, 40, 120, 190)
    screens: list[Pixels] = []
    for scene in play(Game(world, _VIEWS[world % len(_VIEWS)]), steps=wanted[-1], seed=world):
        if scene.step in wanted or (scene.step > wanted[0] and not screens):
            screens.append(_part(scene.frame[..., :3], _SHOWN[len(screens)], scene.map_size, world + scene.step))
    while len(screens) < 4:  # a short game
        screens.append(_part(scene.frame[..., :3], "region", scene.map_size, len(screens)))
    return tuple(screens)


def _part(frame: Pixels, shown: str, tiles: tuple[int, int], seed: int) -> Pixels:
    high, wide = {"frame": (0, 0), "map": tiles}.get(shown, (3 + seed % 2, 4))
    if shown == "frame":
        return np.ascontiguousarray(frame)
    rng = np.random.default_rng(seed)
    top, left = (int(rng.integers(have - take + 1)) for have, take in zip(tiles, (high, wide), strict=True))
    part = frame[top * _TILE : (top + high) * _TILE, left * _TILE : (left + wide) * _TILE]
    return np.ascontiguousarray(part)


def draw_native(seed: int, size: tuple[int, int] | None = None) -> Pixels:
    """Draw a native from a seed: blocks, an outlined sprite, a dithered landscape, tiles, or icons, in turn.

    ``size`` is ``(h, w)`` in native px; without it the seed chooses from 24x24 to 112x96.
    """
    rng = rng_for("native", str(seed))
    height, width = size or (24 + int(rng.integers(0, 72)), 24 + int(rng.integers(0, 88)))
    styles = (_draw_blocks, _draw_sprite, _draw_landscape, _draw_tiles, _draw_icons)
    return styles[seed % len(styles)](height, width, rng)


def _palette(rng: np.random.Generator, count: int) -> Pixels:
    """Shades of a few hues, dark to light."""
    hues = rng.uniform(40, 255, (max(1, count // 4), 1, 3))
    shades = hues * np.linspace(0.25, 1.0, 4)[None, :, None]
    return shades.reshape(-1, 3).round().astype(np.uint8)


def _draw_blocks(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Rectangles in few colours with single pixels among them."""
    palette = _palette(rng, 16)
    native = np.broadcast_to(palette[0], (height, width, 3)).copy()
    for _ in range(height * width // 12):
        y, x, h, w = rng.integers(height), rng.integers(width), *rng.integers(1, 8, 2)
        native[y : y + h, x : x + w] = palette[rng.integers(len(palette))]
    return native


def _draw_sprite(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A mirrored body with a dark outline on a flat ground."""
    palette = _palette(rng, 12)
    half = rng.random((height, -(-width // 2)))
    y, x = np.mgrid[0:height, 0 : half.shape[1]]
    body = (np.hypot((y - height / 2) / (0.42 * height), (x - width / 2) / (0.42 * width)) + 0.35 * half) < 1.0
    shade = np.clip((y * 4 // height) + (half > 0.8), 0, 3)
    body, shade = (np.concatenate([part, part[:, ::-1]], axis=1)[:, :width] for part in (body, shade))
    edged = np.pad(body, 1)
    rim = (edged[2:, 1:-1] | edged[:-2, 1:-1] | edged[1:-1, 2:] | edged[1:-1, :-2]) & ~body
    native = np.broadcast_to(palette[-1], (height, width, 3)).copy()
    native[body] = palette[4 + shade[body]]
    native[rim] = palette[0] // 3
    return native


def _draw_landscape(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Sky with ordered dithering above hills with speckles."""
    palette = _palette(rng, 12)
    y, x = np.mgrid[0:height, 0:width]
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16
    level = 3 * y / height + bayer[y % 4, x % 4]
    native = palette[np.clip(level.astype(int), 0, 3)]
    for hill in (1, 2):
        line = height * (0.4 + 0.25 * hill) + 5 * np.sin(np.arange(width) / (3 + 4 * hill) + rng.uniform(0, 6))
        inside = y >= line[None].astype(int)
        native[inside] = palette[4 * hill + (rng.random((height, width)) > 0.85)[inside] + 1]
    return native


def _draw_tiles(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Textured tiles of 8x8 px that repeat."""
    palette = _palette(rng, 16)
    kinds = palette[4 * rng.integers(0, 4, (4, 1, 1)) + rng.integers(0, 4, (4, 8, 8))]
    rows, cols = -(-height // 8), -(-width // 8)
    screen = kinds[rng.integers(0, 4, (rows, cols))].transpose(0, 2, 1, 3, 4).reshape(rows * 8, cols * 8, 3)
    return np.ascontiguousarray(screen[:height, :width])


def _draw_icons(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Small two-colour signs with air between them, like a toolbar or a pixel font."""
    palette = _palette(rng, 8)
    native = np.broadcast_to(palette[-1] // 4, (height, width, 3)).copy()
    for top in range(2, height - 7, 9):
        for left in range(2, width - 6, 7):
            mask = rng.random((7, 5)) < 0.5
            native[top : top + 7, left : left + 5][mask] = palette[4 + rng.integers(4)]
    return native
