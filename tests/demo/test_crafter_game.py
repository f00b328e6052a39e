"""The game: exact textures, repeatable play, and a name for what is missing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from unipixel.demo.crafter_game import TILE, Game, Scene
from unipixel.demo.policy import play
from unipixel.errors import MissingExtra

REPLAY = """
import hashlib, sys
from pathlib import Path
from unipixel.demo.crafter_game import Game
from unipixel.demo.policy import play
from unipixel.demo import take_screenshots
ballast = [object() for _ in range(int(sys.argv[2]))]
digest = hashlib.sha256()
for scene in play(Game(2, (9, 9)), steps=300, seed=2):
    digest.update(scene.frame.tobytes() + repr(scene.beings).encode())
out = Path(sys.argv[1])
take_screenshots(out / "shots", out / "truth", count=1, seed=5)
for path in sorted(out.rglob("*.*")):
    digest.update(path.name.encode() + path.read_bytes())
print(digest.hexdigest())
"""


@pytest.fixture(scope="module")
def first() -> Scene:
    """Noon is near: the game begins in the morning."""
    pytest.importorskip("crafter", reason="the extra [demo] is not installed")
    return Game(0).scene()


def test_the_frame_has_sixteen_pixels_a_tile(first: Scene) -> None:
    assert first.frame.shape == (9 * TILE, 9 * TILE, 4)
    assert first.map_size == (7, 9)
    assert (first.frame[..., 3] == 255).all()


def test_every_texture_of_the_game_is_one_tile() -> None:
    engine = pytest.importorskip("crafter.engine")
    constants = pytest.importorskip("crafter.constants")
    originals = engine.Textures(constants.root / "assets")._originals
    assert {image.shape[:2] for image in originals.values()} == {(TILE, TILE)}


def test_equal_tiles_are_drawn_equally(first: Scene) -> None:
    grass = [
        first.frame[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
        for row, names in enumerate(first.ground)
        for column, name in enumerate(names)
        if name == "grass" and not first.beings[row][column]
    ]
    assert len(grass) > 5
    assert all((tile == grass[0]).all() for tile in grass)


def test_the_player_stands_in_the_middle(first: Scene) -> None:
    assert first.beings[3][4] == "player"
    assert sum(row.count("player") for row in first.beings) == 1


def test_a_way_leads_to_what_is_there_and_only_there(first: Scene) -> None:
    game = Game(0)
    assert game.way_to("grass") in ("left", "right", "up", "down")
    assert game.way_to("furnace") is None


def test_noise_covers_the_corners_at_midnight_and_nothing_at_noon(first: Scene) -> None:
    noon = Scene(**{**vars(first), "daylight": 1.0}).clarity
    midnight = Scene(**{**vars(first), "daylight": 0.0}).clarity
    assert (noon == 1).all()
    assert midnight[3, 4] == 1
    assert midnight[0, 0] < 0.1


def test_play_goes_somewhere_and_does_something() -> None:
    pytest.importorskip("crafter", reason="the extra [demo] is not installed")
    scenes = list(play(Game(1), steps=120, seed=1))
    assert len({scene.ground for scene in scenes}) > 20
    assert any(scene.items for scene in scenes)
    assert np.all(np.diff([scene.step for scene in scenes]) == 1)


def test_same_bytes_whatever_the_hashes_and_addresses(tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("crafter", reason="the extra [demo] is not installed")
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", REPLAY, str(tmp_path_factory.mktemp("replay")), ballast],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
        )
        for seed, ballast in (("1", "0"), ("2", "100003"))
    ]
    digests = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert digests[0] == digests[1] != b""


def test_a_missing_game_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crafter", None)
    with pytest.raises(MissingExtra, match=r"unipixel-kit\[demo\]"):
        Game(0)
