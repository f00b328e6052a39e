import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.dataset import Canvas
from unipixel.errors import CanvasError


@given(st.integers(1, 512), st.integers(1, 512))
def test_text_round_trip(width, height):
    canvas = Canvas(width * 8, height * 8)

    assert Canvas.parse(str(canvas)) == canvas
    assert canvas.native_size(8) == (height, width)


@pytest.mark.parametrize(
    ("text", "scale", "native"),
    [
        ("1152x896", 8, (112, 144)),
        ("896x1152", 8, (144, 112)),
        ("1024x1024", 8, (128, 128)),
        ("1152x896", 16, (56, 72)),
        (" 1024 X 1024 ", 16, (64, 64)),
    ],
)
def test_the_recipes_sizes(text, scale, native):
    assert Canvas.parse(text).native_size(scale) == native


@pytest.mark.parametrize("text", ["", "1152", "1152x", "x896", "1152x895", "0x8", "-8x8", "8.0x8", "8x8x8", "٨x٨"])
def test_what_is_no_canvas_is_refused(text):
    with pytest.raises(CanvasError):
        Canvas.parse(text)


@pytest.mark.parametrize("scale", [0, -8, 7, 16])
def test_a_scale_must_divide_both_sides(scale):
    with pytest.raises(CanvasError, match="does not divide"):
        Canvas(64, 72).native_size(scale)
