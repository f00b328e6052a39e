"""Tags "by hand": what the game itself says is in view, in the words of a tagger.

The player's figure is tagged ``player``: the game names it so, says no gender, and shows none on its 16 pixels. A tag
such as ``1boy`` would claim more than anybody can see, and pull all that a base model knows about boys onto one sprite.
"""

from __future__ import annotations

from unipixel.demo.crafter_game import TILE, Scene

BEINGS = ("player", "zombie", "skeleton", "cow", "arrow", "plant")
GROUND = ("tree", "water", "sand", "stone", "path", "coal", "iron", "diamond", "lava", "table", "furnace", "grass")

_PLACES = {"forest": (("tree",), 0.15), "cave": (("stone", "path", "coal", "iron", "diamond", "lava"), 0.6)}
_PLACE_TILES = 4
_SEEN = 0.5
_CLEAR = 0.3


def scene_tags(scene: Scene, box: tuple[int, int, int, int]) -> tuple[str, ...]:
    """Tags of a part of a frame.

    Parameters
    ----------
    scene : Scene
    box : (top, left, bottom, right)
        Native pixels of the frame that the picture shows, half open. A tile is in view when at least half of it is
        inside and the night's noise lets 30 % of it through.

    Returns
    -------
    tuple of str
        Beings, things and ground, inventory, place, light, point of view; each at most once.
    """
    tiles = _tiles_in_view(scene, box)
    ground = [scene.ground[row][column] for row, column in tiles]
    beings = {scene.beings[row][column] for row, column in tiles}
    tags = [name for name in BEINGS if name in beings] + [name for name in GROUND if name in ground]
    if box[2] >= scene.frame.shape[0] - TILE:
        tags += [item.replace("_", " ") for item in scene.items] + ["user interface"]
    for place, (materials, share) in _PLACES.items():
        if sum(name in materials for name in ground) >= max(share * len(ground), _PLACE_TILES):
            tags.append(place)
    tags += light_tags(scene.daylight) + ["from above"] + ([] if "player" in beings else ["no humans"])
    return tuple(dict.fromkeys(tags))


def tile_tags(scene: Scene, box: tuple[int, int, int, int]) -> list[tuple[tuple[int, int, int, int], tuple[str, ...]]]:
    """Tags of each part of a frame that is in view: the tiles of the map, and the inventory as one.

    Parameters
    ----------
    scene : Scene
    box : (top, left, bottom, right)
        As for :func:`scene_tags`.

    Returns
    -------
    list of (box, tags)
        Boxes in native pixels of the frame, half open.
    """
    parts: list[tuple[tuple[int, int, int, int], tuple[str, ...]]] = []
    for row, column in _tiles_in_view(scene, box):
        names = (scene.beings[row][column], scene.ground[row][column])
        place = (row * TILE, column * TILE, (row + 1) * TILE, (column + 1) * TILE)
        parts.append((place, tuple(name for name in names if name in (*BEINGS, *GROUND))))
    if box[2] >= scene.frame.shape[0] - TILE:
        items = tuple(item.replace("_", " ") for item in scene.items)
        parts.append(((scene.map_size[0] * TILE, 0, *scene.frame.shape[:2]), (*items, "user interface")))
    return [(place, tags) for place, tags in parts if tags]


def light_tags(daylight: float) -> list[str]:
    """``day``, ``dark`` (the evening's and the morning's blue) or ``night, dark`` for the game's daylight, 0 to 1."""
    if daylight >= 0.6:
        return ["day"]
    return ["night", "dark"] if daylight < 0.3 else ["dark"]


def _tiles_in_view(scene: Scene, box: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    top, left, bottom, right = box
    rows, columns = scene.map_size
    clarity = scene.clarity
    found = []
    for row in range(rows):
        height = min(bottom, (row + 1) * TILE) - max(top, row * TILE)
        for column in range(columns):
            width = min(right, (column + 1) * TILE) - max(left, column * TILE)
            seen = max(height, 0) * max(width, 0) >= _SEEN * TILE * TILE
            if seen and clarity[row, column] >= _CLEAR:
                found.append((row, column))
    return found
