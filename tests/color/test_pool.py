import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies import natives
from unipixel.color import pool, pool_pixels


@given(st.lists(natives(alpha=True), max_size=4))
def test_every_pixel_that_shows_is_in_the_pool(images):
    pooled = pool_pixels(images)

    shown = np.concatenate([np.zeros((0, 3), np.uint8), *(image[image[..., 3] > 0][:, :3] for image in images)])
    assert pooled.shape[0] == 1
    assert sorted(map(tuple, pooled[0].tolist())) == sorted(map(tuple, shown.tolist()))


def test_a_large_pool_keeps_every_colour_and_their_shares(monkeypatch):
    monkeypatch.setattr(pool, "MAX_POOLED", 100)
    image = np.zeros((100, 100, 3), np.uint8)
    image[:50] = 200
    image[0, 0] = 7

    values, counts = np.unique(pool_pixels([image, image])[..., 0], return_counts=True)
    assert values.tolist() == [0, 7, 200]
    assert counts.tolist() == [50, 1, 50]
