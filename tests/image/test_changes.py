"""The box around changed pixels holds them all and no more."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from unipixel.image.changes import box_around


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 7), st.integers(1, 7))))
def test_the_box_holds_all_and_no_more(changed):
    box = box_around(changed)

    inside = box.of(changed.astype(np.uint8))
    assert inside.sum() == changed.sum()
    if changed.any():
        assert all(side.any() for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))
    else:
        assert box == (0, 0, 1, 1)
