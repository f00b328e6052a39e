"""One game of *Crafter* with a fixed seed: what it shows, and what it says is in view.

Every texture of Crafter 1.8.3 is a 16x16 picture. A frame of ``16 * view`` pixels therefore draws each of them 1:1:
that frame is the native picture, night noise included (one random value a native pixel). Only the inventory's icons
are drawn smaller than their files (12 and 9 pixels); they too are whole pixels of the frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.extras import need
from unipixel.image import RGBA

TILE = 16
"""Native pixels along one side of a tile: the size of the game's own textures."""

AREA = (48, 48)
"""Tiles of a world (columns, rows): smaller than the game's default 64x64, since to grow a world takes most time."""

DIRECTIONS: Mapping[str, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""Steps as the game counts them: (column, row)."""

_STATS = ("health", "food", "drink", "energy")


@dataclass(frozen=True)
class Scene:
    """One moment of a game."""

    frame: RGBA
    """Native frame ``(h, w, 4)``: the map above, the inventory below."""
    ground: tuple[tuple[str, ...], ...]
    """Material of each tile of the map, rows of columns; ``""`` outside the world."""
    beings: tuple[tuple[str, ...], ...]
    """What stands on each tile, such as ``"cow"``; ``""`` where nothing does."""
    items: tuple[str, ...]
    """What the inventory shows besides the four life bars."""
    daylight: float
    """0 (midnight) to 1 (noon)."""
    seed: int
    """Seed of the world."""
    step: int
    """Moves since the game began."""

    @property
    def map_size(self) -> tuple[int, int]:
        """Tiles of the map: (rows, columns)."""
        return len(self.ground), len(self.ground[0])

    @property
    def clarity(self) -> npt.NDArray[np.float64]:
        """How much of each tile the night's noise lets through.

        Returns
        -------
        (rows, columns) float64, 1 = all. The game's own formula (``engine.LocalView._noise``), at the tiles' centres.
        """
        rows, columns = self.map_size
        y = (2 * np.arange(rows)[:, None] + 1) / rows - 1
        x = (2 * np.arange(columns)[None, :] + 1) / columns - 1
        noise = 1 - np.exp(-2 * (x**2 + y**2))
        return np.asarray(1 - max(0.0, 1 - 2 * self.daylight) * noise, np.float64)


class Game:
    """A running game.

    Parameters
    ----------
    seed : int
        Seed of the world; all that follows is determined by it and by the actions.
    view : (int, int)
        Tiles of the frame (columns, rows), inventory rows included.

    Raises
    ------
    MissingExtra
        Crafter is not installed.
    """

    def __init__(self, seed: int, view: tuple[int, int] = (9, 9)) -> None:
        self.seed = seed
        self._env = _open(seed, view)
        self._pixels: npt.NDArray[np.uint8] = self._env.reset()
        self._world: Any = self._env._world
        self._player: Any = self._env._player
        self.step = 0

    def act(self, action: str) -> None:
        """Do one action by the game's own name for it, such as ``"move_left"``."""
        self._pixels = self._env.step(self._env.action_names.index(action))[0]
        self.step += 1

    def has(self, item: str) -> int:
        """How many of an item, or how much of a life bar, the player has."""
        return int(self._player.inventory[item])

    def around(self) -> dict[str, str]:
        """Direction -> what stands or lies next to the player."""
        return {name: self._what(self._player.pos + step) for name, step in DIRECTIONS.items()}

    def facing(self) -> str:
        """Name of the direction in which the player looks."""
        return next(name for name, step in DIRECTIONS.items() if step == tuple(self._player.facing))

    def way_to(self, kind: str) -> str | None:
        """First direction of a shortest way on free ground to the nearest tile of a kind; None where there is none.

        A tile of that kind next to the player is reached: the direction is then the one to look in.
        """
        start = tuple(int(value) for value in self._player.pos)
        queue: deque[tuple[tuple[int, int], str]] = deque()
        seen = {start}
        queue.append(((start[0], start[1]), ""))
        while queue:
            (x, y), first = queue.popleft()
            for name, (dx, dy) in DIRECTIONS.items():
                tile = (x + dx, y + dy)
                if tile in seen:
                    continue
                seen.add(tile)
                what = self._what(tile)
                if what == kind:
                    return first or name
                if what in ("grass", "sand", "path"):
                    queue.append((tile, first or name))
        return None

    def scene(self) -> Scene:
        """Keep this moment."""
        columns, rows = (int(value) for value in self._env._local_view._grid)
        left, top = (int(value) for value in self._player.pos - self._env._local_view._offset)
        cells = [[self._world[left + column, top + row] for column in range(columns)] for row in range(rows)]
        inventory = self._player.inventory
        return Scene(
            frame=np.dstack([self._pixels, np.full(self._pixels.shape[:2], 255, np.uint8)]),
            ground=tuple(tuple(material or "" for material, _ in row) for row in cells),
            beings=tuple(tuple(_kind(being) for _, being in row) for row in cells),
            items=tuple(name for name, amount in inventory.items() if amount > 0 and name not in _STATS),
            daylight=float(self._world.daylight),
            seed=self.seed,
            step=self.step,
        )

    def _what(self, tile: Any) -> str:
        material, being = self._world[tile]
        return _kind(being) or material or ""


def _kind(being: Any) -> str:
    return type(being).__name__.lower() if being is not None else ""


def _open(seed: int, view: tuple[int, int]) -> Any:
    crafter = need("crafter", extra="demo", purpose="playing the demo's game")

    class OrderedEnv(crafter.Env):  # type: ignore[misc, name-defined]
        """Crafter whose games repeat: the game draws creatures from sets, whose order follows memory addresses."""

        def _balance_chunk(self, chunk: Any, objs: Any) -> None:
            super()._balance_chunk(chunk, sorted(objs, key=lambda being: tuple(being.pos)))

    return OrderedEnv(area=AREA, view=view, size=(view[0] * TILE, view[1] * TILE), seed=seed)
