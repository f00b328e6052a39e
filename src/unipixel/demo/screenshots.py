"""Screenshots as a user takes them: windows of odd sizes, cut by hand, saved as PNG or JPEG."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.demo.crafter_game import TILE, Game, Scene
from unipixel.demo.policy import play
from unipixel.demo.tags import scene_tags, tile_tags
from unipixel.files import write_atomic
from unipixel.image import RGBA, encode_png, save_png
from unipixel.progress import Event, Progress, quiet

VIEWS = ((9, 9), (9, 9), (7, 8), (11, 9), (9, 9), (8, 8))
"""Tiles of the frame (columns, rows) of each world in turn, inventory included; 9x9 is the game's default."""

REGIONS = ((3, 3), (3, 2), (4, 3), (2, 3), (3, 4), (5, 4))
"""Tiles (columns, rows) of a screenshot of a part of the map."""

KINDS = ("frame", "region", "map", "region", "region")
"""What the screenshots show, in turn: the whole window, the map without the inventory, or a part of the map."""

STEPS = 300
"""Moves of one game: one day and one night."""

SCALES = (2.2, 7.5)
"""Screen pixels of one native pixel: least and most."""

_PAUSE = 6
_SLIP = 1.3
_PICTURES_OF_A_WORLD = 22


@dataclass(frozen=True)
class Screenshot:
    """One picture that was taken."""

    name: str
    """File name without its ending, such as ``"crafter-007"``."""
    path: Path
    """The picture; its tags are beside it in ``NAME.txt``."""
    width: int
    """Screen pixels."""
    height: int
    """Screen pixels."""
    tags: tuple[str, ...]
    """What the game says is in view."""


@dataclass(frozen=True)
class Shot:
    """How a screenshot was made from a native frame: the truth that only the final check reads."""

    window: tuple[int, int]
    """Screen pixels (rows, columns) to which the frame was scaled with nearest neighbour."""
    crop: tuple[int, int, int, int]
    """Screen pixels (top, left, bottom, right), half open, that were kept."""
    quality: int
    """JPEG quality; 0 for PNG."""
    subsampling: str
    """``"4:4:4"`` or ``"4:2:0"``; empty for PNG."""


def take_screenshots(
    folder: Path, truth_folder: Path, *, count: int = 132, seed: int = 0, progress: Progress = quiet
) -> list[Screenshot]:
    """Play *Crafter* and take screenshots, each with a sidecar of tags.

    Files of the same names are written anew; those of an earlier, longer run stay, so give it empty folders.

    Parameters
    ----------
    folder : path
        Gets ``crafter-NNN.png`` or ``.jpg``, tags of the whole in ``crafter-NNN.txt`` and of its parts in
        ``crafter-NNN.regions.json``.
    truth_folder : path
        Gets the native frame ``crafter-NNN.png`` and ``crafter-NNN.json`` for :func:`compare_with_truth`.
    count : int
        Pictures; one world gives about 22, and there are 4 worlds at least.
    seed : int
        Everything follows from it: same seed, same bytes.
    progress : Progress
        Told before each game and after each picture.

    Returns
    -------
    list of Screenshot
        In the order of play.

    Raises
    ------
    MissingExtra
        Crafter is not installed.
    OSError
        A folder can't be written.
    """
    taken: list[Screenshot] = []
    counts: Counter[str] = Counter()
    worlds = min(count, max(4, -(-count // _PICTURES_OF_A_WORLD)))
    world = 0
    while len(taken) < count:
        progress(Event("screenshots", len(taken), count, f"playing world {world + 1}"))
        quota = -(-(count - len(taken)) // max(1, worlds - world))
        game_seed = 1000 * seed + world
        scenes = list(play(Game(game_seed, VIEWS[world % len(VIEWS)]), steps=STEPS, seed=game_seed))
        for scene in choose(scenes, quota, counts):
            taken.append(_take(scene, len(taken), seed, counts, folder, truth_folder))
            counts.update(taken[-1].tags)
            progress(Event("screenshots", len(taken), count, taken[-1].name))
        world += 1
    return taken


def choose(scenes: Sequence[Scene], quota: int, counts: Counter[str]) -> list[Scene]:
    """Pick the moments whose tags are the rarest so far, some moves apart.

    Parameters
    ----------
    scenes : sequence of Scene
        One game, in the order of play.
    quota : int
        Pictures wanted; fewer come back from a short game.
    counts : Counter
        How often each tag was seen before; not changed.

    Returns
    -------
    list of Scene
        In the order of play.
    """
    seen = counts.copy()
    left = [(scene, scene_tags(scene, _whole(scene))) for scene in scenes if not _at_the_edge(scene)]
    chosen: list[Scene] = []
    while left and len(chosen) < quota:
        best, tags = max(left, key=lambda pair: (_rarity(pair[1], seen), -pair[0].step))
        chosen.append(best)
        seen.update(tags)
        left = [pair for pair in left if abs(pair[0].step - best.step) >= _PAUSE]
    return sorted(chosen, key=lambda scene: scene.step)


def enlarge(native: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Scale to any size with nearest neighbour: each screen pixel takes the colour below its centre.

    Parameters
    ----------
    native : (h, w, 4) uint8
    size : (int, int)
        Screen pixels (rows, columns).

    Returns
    -------
    (rows, columns, 4) uint8
    """
    rows, columns = (source_index(np.arange(new), old, new) for old, new in zip(native.shape[:2], size, strict=True))
    return native[rows][:, columns]


def source_index(screen: npt.NDArray[np.int64], native: int, window: int) -> npt.NDArray[np.int64]:
    """Native index below the centre of each screen pixel.

    Parameters
    ----------
    screen : (n,) int64
        Screen pixels along one axis, each below ``window``.
    native, window : int
        Length of that axis in native and in screen pixels.

    Returns
    -------
    (n,) int64, ``floor((screen + 1/2) * native / window)`` in integer arithmetic, so that no rounding can differ
    """
    return np.asarray((2 * screen + 1) * native // (2 * window), np.int64)


def _take(scene: Scene, index: int, seed: int, counts: Counter[str], folder: Path, truth_folder: Path) -> Screenshot:
    rng = np.random.default_rng([seed, index])
    box = _frame_part(scene, KINDS[index % len(KINDS)], rng, counts)
    shot = _aim(scene, box, rng, jpeg=index % 4 == 3)
    top, left, bottom, right = shot.crop
    picture = enlarge(scene.frame, shot.window)[top:bottom, left:right]
    tags = scene_tags(scene, _native_box(scene, shot))
    name = f"crafter-{index:03d}"
    path = write_atomic(folder / f"{name}.{'jpg' if shot.quality else 'png'}", _encode(picture, shot))
    write_atomic(folder / f"{name}.txt", ", ".join(tags) + "\n")
    write_atomic(folder / f"{name}.regions.json", json.dumps(_regions(scene, shot)) + "\n")
    save_png(truth_folder / f"{name}.png", scene.frame)
    write_atomic(truth_folder / f"{name}.json", json.dumps(_truth(scene, shot, path.name, tags), indent=1) + "\n")
    return Screenshot(name, path, picture.shape[1], picture.shape[0], tags)


def _frame_part(scene: Scene, kind: str, rng: np.random.Generator, counts: Counter[str]) -> tuple[int, int, int, int]:
    """Native pixels (top, left, bottom, right) that the user means to show; a region is where the rarest things are."""
    rows, columns = scene.map_size
    if kind == "frame":
        return _whole(scene)
    if kind == "map":
        return 0, 0, rows * TILE, columns * TILE
    wide, high = REGIONS[int(rng.integers(len(REGIONS)))]
    boxes = [
        (row * TILE, column * TILE, (row + high) * TILE, (column + wide) * TILE)
        for row in range(rows - high + 1)
        for column in range(columns - wide + 1)
    ]
    order = [boxes[int(i)] for i in rng.permutation(len(boxes))]
    return max(order, key=lambda box: _rarity(scene_tags(scene, box), counts))


def _aim(scene: Scene, box: tuple[int, int, int, int], rng: np.random.Generator, *, jpeg: bool) -> Shot:
    """Draw the window's size and the user's unsteady cut around a part of the frame."""
    height, width = scene.frame.shape[:2]
    rows, columns = _window(height, width, rng)
    top, bottom = (_cut(edge, height, rows, rng) for edge in (box[0], box[2]))
    left, right = (_cut(edge, width, columns, rng) for edge in (box[1], box[3]))
    quality = int(rng.integers(85, 96)) if jpeg else 0
    subsampling = ("4:4:4" if rng.random() < 0.5 else "4:2:0") if jpeg else ""
    return Shot((rows, columns), (top, left, bottom, right), quality, subsampling)


def _cut(edge: int, native: int, window: int, rng: np.random.Generator) -> int:
    """Screen pixel of a cut that is meant for a native edge; half of the cuts along the window's border are exact."""
    if edge in (0, native) and rng.random() < 0.5:
        return window if edge else 0
    slip = float(rng.uniform(-_SLIP, _SLIP)) * window / native
    return min(max(round(edge * window / native + slip), 0), window)


def _window(height: int, width: int, rng: np.random.Generator) -> tuple[int, int]:
    """Whole scale, one broken scale, or a window that is not quite in proportion: each a third or so."""
    style = rng.random()
    if style < 0.25:
        whole = int(rng.integers(3, 8))
        return height * whole, width * whole
    scale = float(rng.uniform(*SCALES))
    other = scale if style < 0.65 else min(max(scale * float(rng.uniform(0.88, 1.12)), SCALES[0]), SCALES[1])
    return round(height * scale), round(width * other)


def _encode(picture: RGBA, shot: Shot) -> bytes:
    if not shot.quality:
        return encode_png(picture)
    buffer = io.BytesIO()
    Image.fromarray(picture[..., :3].copy()).save(
        buffer, "JPEG", quality=shot.quality, subsampling={"4:4:4": 0, "4:2:0": 2}[shot.subsampling]
    )
    return buffer.getvalue()


def _truth(scene: Scene, shot: Shot, file: str, tags: tuple[str, ...]) -> dict[str, object]:
    height, width = scene.frame.shape[:2]
    return {
        "file": file,
        **asdict(shot),
        "scale": [shot.window[0] / height, shot.window[1] / width],
        "native_box": _native_box(scene, shot),
        "tags": tags,
        "seed": scene.seed,
        "step": scene.step,
        "daylight": scene.daylight,
        "items": scene.items,
        "ground": scene.ground,
        "beings": scene.beings,
    }


def _native_box(scene: Scene, shot: Shot) -> tuple[int, int, int, int]:
    """Native pixels of which at least one screen pixel is in the picture: (top, left, bottom, right), half open."""
    top, left, bottom, right = shot.crop
    rows = source_index(np.array([top, bottom - 1]), scene.frame.shape[0], shot.window[0])
    columns = source_index(np.array([left, right - 1]), scene.frame.shape[1], shot.window[1])
    return int(rows[0]), int(columns[0]), int(rows[1]) + 1, int(columns[1]) + 1


def _regions(scene: Scene, shot: Shot) -> list[dict[str, object]]:
    """Tags of parts of the picture, as a user would draw boxes: ``[left, top, width, height]`` in screen pixels."""
    (rows, columns), (top, left, _, _) = shot.window, shot.crop
    height, width = scene.frame.shape[:2]
    regions: list[dict[str, object]] = []
    for (first, start, last, end), tags in tile_tags(scene, _native_box(scene, shot)):
        x, y = round(start * columns / width) - left, round(first * rows / height) - top
        size = [round((end - start) * columns / width), round((last - first) * rows / height)]
        regions.append({"box": [x, y, *size], "tags": list(tags)})
    return regions


def _whole(scene: Scene) -> tuple[int, int, int, int]:
    return 0, 0, scene.frame.shape[0], scene.frame.shape[1]


def _at_the_edge(scene: Scene) -> bool:
    return any("" in row for row in scene.ground)


def _rarity(tags: Sequence[str], counts: Counter[str]) -> float:
    return sum(1 / (1 + counts[tag]) for tag in tags)
