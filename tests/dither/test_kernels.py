import pytest

from unipixel.dither.kernels import KERNELS


@pytest.mark.parametrize("name", KERNELS)
def test_a_whole_error_is_passed_on(name):
    """All of it, and three quarters with Atkinson's."""
    kernel = KERNELS[name]

    parts = sum(kernel.ahead) + sum(sum(row) for row in kernel.below)

    assert parts / kernel.divisor == (0.75 if name == "atkinson" else 1)
