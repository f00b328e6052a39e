import numpy as np
import pytest

from unipixel.color import builtin_palette, distance, palette_names, shelf_entry
from unipixel.color.shelf.look_up import _key
from unipixel.color.shelf.ours import OURS
from unipixel.errors import PaletteError

COUNTS = {
    "1-bit": 2, "game-boy": 4, "game-boy-pocket": 4, "nokia-3310": 2, "cga": 4, "ega-16": 16, "c64": 16, "msx": 15,
    "zx-spectrum": 15, "nes": 55, "pico-8": 16, "sweetie-16": 16, "dawnbringer-16": 16, "dawnbringer-32": 32,
    "endesga-32": 32, "endesga-64": 64, "resurrect-64": 64, "aap-64": 64, "horror": 32, "fantasy": 48,
}  # fmt: skip


@pytest.mark.parametrize("name", palette_names())
def test_every_palette_has_distinct_colours_and_two_sources(name):
    palette, entry = builtin_palette(name), shelf_entry(name)

    assert palette.name == name
    assert len(set(palette.to_hex())) == len(palette) == COUNTS.get(name, len(palette))
    assert len(set(entry.sources)) >= 2 or entry in OURS
    assert entry.remark or name == "1-bit"


def test_the_shelf_holds_what_pixel_artists_ask_for():
    assert set(COUNTS) <= set(palette_names())


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Game Boy", "game-boy"), ("gameboy", "game-boy"), ("DMG", "game-boy"),
        ("pico8", "pico-8"), ("PICO-8", "pico-8"), ("spectrum", "zx-spectrum"), ("db16", "dawnbringer-16"),
        ("db32", "dawnbringer-32"), ("edg32", "endesga-32"), ("EDG 64", "endesga-64"), ("aap64", "aap-64"),
        ("cga-16", "ega-16"), ("colodore", "c64"), ("famicom", "nes"), ("nokia", "nokia-3310"), ("tic80", "sweetie-16"),
    ],
)  # fmt: skip
def test_aliases_find_their_palette_in_any_spelling(alias, name):
    assert builtin_palette(alias).name == name


def test_no_name_or_alias_stands_for_two():
    words = [_key(word) for name in palette_names() for word in (name, *shelf_entry(name).aliases)]

    assert len(set(words)) == len(words)


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(PaletteError, match="Did you mean 'game-boy'"):
        builtin_palette("Game Boi")
    with pytest.raises(PaletteError, match="There are: 1-bit, aap-64"):
        builtin_palette("xyzzy")


@pytest.mark.parametrize("name", ["horror", "fantasy"])
def test_our_own_palettes_have_no_near_duplicates_and_reach_from_dark_to_light(name):
    colors = builtin_palette(name).colors
    apart = distance(colors[:, None], colors[None])

    assert apart[~np.eye(len(colors), dtype=bool)].min() > 0.03
    assert distance(colors, np.zeros(3, np.uint8)).min() < 0.2
    assert distance(colors, np.full(3, 255, np.uint8)).min() < 0.1
