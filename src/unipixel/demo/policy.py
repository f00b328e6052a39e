"""How the demo plays: like somebody who tries everything once, and who defends themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from unipixel.demo.crafter_game import Game, Scene

ERRANDS = ("wood", "table", "sapling", "water", "sand", "stone", "path", "coal", "cow", "skeleton", "iron", "tree")
"""What a game sets out to do, in an order of its own: see :func:`_errand`."""

_PATIENCE = 45
_HUNGRY = 4
_ENEMIES = ("zombie", "skeleton")


def play(game: Game, *, steps: int, seed: int) -> Iterator[Scene]:
    """Play on, and show each moment.

    Parameters
    ----------
    game : Game
    steps : int
        Moves at most; 300 are one day of the game. The game ends sooner when the player is close to death.
    seed : int
        Of the order of errands.

    Yields
    ------
    Scene
        The first is the start of the game.
    """
    errands = _errands(game, seed)
    yield game.scene()
    for _ in range(steps):
        game.act(_reflex(game) or next(errands))
        if game.has("health") <= 1:
            return
        yield game.scene()


def _reflex(game: Game) -> str | None:
    """Hit an enemy next to the player, after a turn towards it; None where there is none."""
    for direction, what in game.around().items():
        if what in _ENEMIES:
            return "do" if game.facing() == direction else f"move_{direction}"
    return None


def _errands(game: Game, seed: int) -> Iterator[str]:
    """Actions without end: errands in a random order, hunger and thirst first."""
    rng = np.random.default_rng(seed)
    while True:
        for index in rng.permutation(len(ERRANDS)):
            for thing, bar in (("water", "drink"), ("cow", "food")):
                if game.has(bar) <= _HUNGRY:
                    yield from _errand(game, thing)
            yield from _errand(game, ERRANDS[index])
        # So that a world in which no errand leads anywhere still moves on.
        yield "noop"


def _errand(game: Game, name: str) -> Iterator[str]:
    if name == "table":
        yield from _craft(game)
    elif name == "sapling":
        yield from _plant(game)
    elif name == "wood":
        yield from _collect(game, "tree", "wood", 5)
    elif name == "water":
        yield from _collect(game, "water", "drink", 9)
    elif name == "cow" and game.has("food") < 8:
        yield from _collect(game, "cow", "food", 9)
    elif name in ("stone", "coal") and game.has("wood_pickaxe"):
        yield from _collect(game, name, name, 3)
    elif name == "iron" and game.has("stone_pickaxe"):
        yield from _collect(game, name, name, 1)
    else:
        yield from _walk(game, name)


def _walk(game: Game, kind: str) -> Iterator[str]:
    """Go to the nearest tile of a kind and look at it; give up after a while."""
    for _ in range(_PATIENCE):
        action = _approach(game, kind)
        if action in (None, "do"):
            return
        yield str(action)


def _collect(game: Game, kind: str, item: str, enough: int) -> Iterator[str]:
    """Use tiles of a kind until there is enough of an item; give up after a while."""
    for _ in range(_PATIENCE):
        action = _approach(game, kind)
        if action is None or game.has(item) >= enough:
            return
        yield action


def _approach(game: Game, kind: str) -> str | None:
    """Next action to use the nearest tile of a kind: a move, or ``"do"`` before it; None where no way leads there."""
    direction = game.way_to(kind)
    if direction is None:
        return None
    reached = game.facing() == direction and game.around()[direction] == kind
    return "do" if reached else f"move_{direction}"


def _craft(game: Game) -> Iterator[str]:
    yield from _collect(game, "tree", "wood", 5)
    yield from _walk(game, "grass")
    yield "place_table"
    yield "make_wood_pickaxe"
    yield "make_wood_sword"
    if game.has("stone"):
        yield "make_stone_pickaxe"


def _plant(game: Game) -> Iterator[str]:
    yield from _collect(game, "grass", "sapling", 1)
    yield from _walk(game, "grass")
    yield "place_plant"
