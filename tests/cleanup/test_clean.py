import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanup.pictures import draw, flat
from strategies import natives, seeds
from unipixel.cleanup import CLEANUPS, clean
from unipixel.errors import ImageError

NAMES = list(CLEANUPS)
LARGE = natives(max_side=24, max_colors=5, alpha=True)


def colors_of(native: np.ndarray) -> set[bytes]:
    return {pixel.tobytes() for pixel in native.reshape(-1, 4)}


def flawed(name: str) -> np.ndarray:
    """A native with the flaw that a clean-up mends."""
    if name == "jaggies":
        return draw("""
aaaaaaaaaaaaaaaa
a#aaaaaaaaaaaaaa
aa#aaaaaaaaaaaaa
aaa##aaaaaaaaaaa
aaaa#####aaaaaaa
aaaaaaaaa##aaaaa
aaaaaaaaaaa##aaa
aaaaaaaaaaaaaaaa
""")
    native = draw("""
WWWWWWWWWWWWWWWW
WWWW########WWWW
WWW#oooooooo#WWW
WWW#oooooooo#WWW
WWW#oooooooo#WWW
WWW#oooooooo#WWW
WWW#oooooooo#WWW
WWWW########WWWW
WWWWWWWWWWWWWWWW
""")
    if name == "halo":
        native[2:7:2, 2] = (140, 138, 144, 255)
    elif name == "outline":
        native[1, 7] = native[2, 7]
    else:
        native[4, 6, :3] -= np.uint8(1 if name == "near-duplicates" else 5)
    return native


@pytest.mark.parametrize("name", NAMES)
@given(native=LARGE)
@settings(max_examples=60, deadline=None)
def test_twice_is_once_and_no_colour_is_invented(name, native):
    once = clean(native, [name])

    assert np.array_equal(clean(once, [name]), once)
    assert colors_of(once) <= colors_of(native)
    assert once.shape == native.shape


@pytest.mark.parametrize("name", NAMES)
@given(native=LARGE, seed=seeds)
@settings(max_examples=30, deadline=None)
def test_pixels_to_keep_are_kept(name, native, seed):
    keep = np.random.default_rng(seed).random(native.shape[:2]) < 0.5
    cleaned = clean(native, [name], keep=keep)

    assert np.array_equal(cleaned[keep], native[keep])
    assert np.array_equal(clean(cleaned, [name], keep=keep), cleaned)


@pytest.mark.parametrize("name", NAMES)
def test_each_mends_its_flaw_but_where_pixels_are_kept(name):
    native = flawed(name)
    everything = np.ones(native.shape[:2], np.bool_)

    assert not np.array_equal(clean(native, [name]), native)
    assert np.array_equal(clean(native, [name], keep=everything), native)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 2)])
def test_tiny_pictures_pass(name, shape):
    native = np.random.default_rng(0).integers(0, 256, (*shape, 4)).astype(np.uint8)
    native[native[..., 3] == 0] = 0

    assert clean(native, [name]).shape == native.shape


def test_nothing_is_done_unless_asked_for():
    native = np.random.default_rng(0).integers(0, 256, (9, 9, 4)).astype(np.uint8)
    cleaned = clean(native, [])

    assert np.array_equal(cleaned, native)
    assert cleaned is not native


@given(native=natives(max_side=16), names=st.permutations(NAMES))
@settings(max_examples=20, deadline=None)
def test_the_order_of_names_does_not_matter(native, names):
    assert np.array_equal(clean(native, names), clean(native, NAMES))


def test_art_without_flaws_comes_back_untouched():
    native = draw("""
..............
..##########..
.#aaaaaaaaaa#.
#aa*aaaaaa*aa#
#aaaaaaaaaaaa#
#aaaaooooaaaa#
#aaaaaaaaaaaa#
.#aaaaaaaaaa#.
..##########..
..............
""")

    assert np.array_equal(clean(native, NAMES), native)


def test_unknown_names_are_refused():
    with pytest.raises(ImageError, match=r"no clean-up 'sharpen'\. Choose of halo, near-duplicates"):
        clean(flat("a"), ["orphans", "sharpen"])


def test_masks_of_another_size_are_refused():
    with pytest.raises(ImageError, match="mask of"):
        clean(flat("a"), NAMES, keep=np.zeros((3, 3), np.bool_))
