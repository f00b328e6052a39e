import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies import palettes
from unipixel.color import draw_swatches, palette_from_strip


@given(palettes(), st.integers(1, 5), st.integers(1, 20))
def test_swatches_read_back_as_the_palette(palette, size, columns):
    picture = draw_swatches(palette, size=size, columns=columns)

    assert palette_from_strip(picture) == palette
    assert picture.shape[1] == size * min(columns, len(palette))
    assert np.count_nonzero(picture[..., 3]) == len(palette) * size * size
