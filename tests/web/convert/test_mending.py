"""Mending by hand in a real browser: paint, move lines, split and merge, undo and redo; by pointer and by keyboard."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from unipixel.conversion import Edits, convert
from unipixel.grid import upscale
from unipixel.image import encode_png, load_image, open_frames
from web.browser import keep, opened, started
from web.conftest import draw
from web.convert.test_page import png, saved, send

ROWS, COLUMNS = tuple(range(0, 129, 8)), tuple(range(0, 161, 8))


@pytest.fixture(scope="module")
def address():
    with started() as printed:
        yield printed


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as shown:
        send(shown, png(0), png(1))
        shown.click("#pictures li:first-child button")
        expect(shown.locator("#command")).to_contain_text("art 0")
        yield shown


def at(page, row: float, column: float) -> tuple[float, float]:
    """Where a place in native px is on the screen."""
    box = page.locator("#canvas").bounding_box()
    return box["x"] + box["width"] * column / 20, box["y"] + box["height"] * row / 16


def result(page) -> np.ndarray:
    return load_image(saved(page, lambda: page.click("#save"))[1])


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def answered(page, action):
    """Do it, and wait for what the server makes of it."""
    with page.expect_response("**/api/convert"):
        action()


def test_pixels_are_painted_undone_and_redone(page):
    page.click("#tool-paint")
    page.fill("#ink", "#123456")
    answered(page, lambda: drag(page, at(page, 2.5, 3.5), at(page, 2.5, 6.5)))
    painted = draw()
    painted[2, 3:7, :3] = (0x12, 0x34, 0x56)
    keep(page, "convert-paint")

    assert np.array_equal(result(page), painted)
    assert page.is_visible("#edited")
    answered(page, lambda: page.keyboard.press("Control+z"))
    assert np.array_equal(result(page), draw())
    answered(page, lambda: page.keyboard.press("Control+y"))
    assert np.array_equal(result(page), painted)

    page.click("#pictures li:last-child button")
    expect(page.locator("#command")).to_contain_text("art 1")
    assert page.is_disabled("#undo")
    assert np.array_equal(result(page), draw(1))
    page.click("#pictures li:first-child button")
    expect(page.locator("#command")).to_contain_text("art 0")
    assert np.array_equal(result(page), painted)
    _, data = saved(page, lambda: page.click("#convert-all"))
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert np.array_equal(load_image(files.read("art 0.png")), painted)
        assert np.array_equal(load_image(files.read("art 1.png")), draw(1))


def test_a_colour_is_picked_from_the_picture_or_the_palette(page):
    page.click("#tool-paint")
    page.keyboard.down("Alt")
    page.mouse.click(*at(page, 0.5, 0.5))
    page.keyboard.up("Alt")
    first = "#" + bytes(draw()[0, 0, :3]).hex()
    assert page.input_value("#ink") == first
    assert page.is_checked(f"#inks [value='{first}']")
    other = page.locator("#inks input:not(:checked)").first
    color = other.get_attribute("value")
    other.check()
    answered(page, lambda: page.mouse.click(*at(page, 0.5, 0.5)))

    assert "#" + bytes(result(page)[0, 0, :3]).hex() == color


def test_lines_are_dragged_split_and_merged(page):
    page.click("#tool-lines")
    answered(page, lambda: drag(page, at(page, 8.5, 5), at(page, 8.5, 5.5)))
    moved = (*COLUMNS[:5], 44, *COLUMNS[6:])
    keep(page, "convert-lines")
    source = png()["buffer"]

    assert np.array_equal(result(page), convert(source, edits=Edits(lines=(ROWS, moved))).native)
    answered(page, lambda: page.click("#undo"))
    assert np.array_equal(result(page), draw())

    page.mouse.click(*at(page, 3.5, 2.5))
    answered(page, lambda: page.click("#split-columns"))
    assert result(page).shape == (16, 21, 4)
    answered(page, lambda: page.click("#merge-columns"))
    assert np.array_equal(result(page), draw())
    answered(page, lambda: page.click("#merge-rows"))
    assert result(page).shape == (15, 20, 4)
    answered(page, lambda: page.click("#discard"))
    assert not page.is_visible("#edited")
    assert np.array_equal(result(page), draw())


def test_the_keyboard_alone_mends(page):
    page.locator("h1").click()
    page.keyboard.press("p")
    page.keyboard.press("i")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.inner_text("#cell-note").startswith("Row 2, column 3: #")
    answered(page, lambda: page.keyboard.press("Enter"))
    assert result(page)[1, 2].tolist() == draw()[0, 0].tolist()
    page.focus("#canvas")
    page.keyboard.press("l")
    answered(page, lambda: page.keyboard.press("Shift+ArrowLeft"))
    lines = (ROWS, (*COLUMNS[:2], 15, *COLUMNS[3:]))
    cell = (0, 1, 2, "#" + bytes(draw()[0, 0, :3]).hex())

    assert np.array_equal(result(page), convert(png()["buffer"], edits=Edits(lines=lines, cells=(cell,))).native)
    page.focus("#canvas")
    answered(page, lambda: page.keyboard.press("u"))
    answered(page, lambda: page.keyboard.press("u"))
    assert np.array_equal(result(page), draw())


def test_doubtful_cells_are_gone_through_by_key(page):
    soiled = upscale(draw(), 8)
    for row, column in ((2, 3), (9, 12)):
        soiled[8 * row : 8 * row + 8, 8 * column : 8 * column + 4, :3] ^= 255
    page.select_option("#option-preset", "unipixel")
    page.set_input_files("#files", {"name": "soiled.png", "mimeType": "image/png", "buffer": encode_png(soiled)})
    expect(page.locator("#size-note")).to_contain_text("2 doubtful cells")
    page.locator("h1").click()
    for place in ("Row 3, column 4", "Row 10, column 13", "Row 3, column 4"):
        page.keyboard.press("n")
        expect(page.locator("#cell-note")).to_contain_text(place)


MARKS = """(() => {
  const canvas = document.getElementById("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] === 255 && data[at + 1] === 61 && data[at + 2] === 242;
  return count;
})()"""
"""Pixels of the canvas in the colour of the frames around doubtful cells."""


def test_each_frame_of_an_animation_is_marked_and_painted_for_itself(page):
    soiled = upscale(draw(), 8)
    soiled[16:24, 24:28, :3] ^= 255
    buffer = io.BytesIO()
    frames = [Image.fromarray(each[..., :3]) for each in (upscale(draw(), 8), soiled)]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=60, lossless=True)
    page.select_option("#option-preset", "unipixel")
    page.set_input_files("#files", {"name": "walk.webp", "mimeType": "image/webp", "buffer": buffer.getvalue()})
    expect(page.locator("#size-note")).to_contain_text("2 frames")
    page.click("#tool-paint")
    while "frame 2" not in page.inner_text("#frame-number"):
        page.keyboard.press(".")
    assert page.evaluate(MARKS) > 0
    page.keyboard.press(",")
    assert page.inner_text("#frame-number") == "frame 1 of 2"
    assert page.evaluate(MARKS) == 0
    page.fill("#ink", "#123456")
    answered(page, lambda: page.mouse.click(*at(page, 4.5, 10.5)))
    _, data = saved(page, lambda: page.click("#save-gif"))
    first, second = list(open_frames(data))
    assert first[4, 10].tolist() == [0x12, 0x34, 0x56, 255]
    assert second[4, 10].tolist() == draw()[4, 10].tolist()


def test_the_wheel_zooms_at_the_pointer(page):
    level = int(page.inner_text("#zoom-level")[1:])
    page.mouse.move(*at(page, 4, 5))
    page.keyboard.down("Control")
    for _ in range(6):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(f"parseInt(document.getElementById('zoom-level').value.slice(1)) > {2 * level}")
    assert page.evaluate("document.getElementById('view').scrollLeft") > 0


def test_painted_pixels_move_with_their_column_and_wait_for_their_grid(page):
    page.click("#tool-paint")
    page.fill("#ink", "#123456")
    answered(page, lambda: page.mouse.click(*at(page, 4.5, 10.5)))
    page.click("#tool-lines")
    page.mouse.click(*at(page, 4.5, 2.5))
    answered(page, lambda: page.click("#split-columns"))
    assert result(page)[4, 11].tolist() == [0x12, 0x34, 0x56, 255]

    page.fill("#option-scale", "16")
    expect(page.locator("#command")).to_contain_text("--scale 16")
    assert result(page).shape[1] < 20
    assert not page.is_visible("#edited")
    page.fill("#option-scale", "")
    expect(page.locator("#command")).not_to_contain_text("--scale")
    assert result(page)[4, 11].tolist() == [0x12, 0x34, 0x56, 255]


def test_one_frame_of_a_sheet_is_painted_and_lines_are_those_of_all(page):
    page.locator("[data-option=sheet]").evaluate("option => option.closest('details').open = true")
    page.fill("#option-sheet", "2x1")
    expect(page.locator("#command")).to_contain_text("--sheet 2x1")
    page.click("#tool-paint")
    page.fill("#ink", "#123456")
    answered(page, lambda: page.mouse.click(*at(page, 0.5, 11.5)))
    found = result(page)
    assert found[0, 11].tolist() == [0x12, 0x34, 0x56, 255]
    assert found[0, 1].tolist() == draw()[0, 1].tolist()
    page.click("#tool-lines")
    answered(page, lambda: page.click("#split-columns"))
    assert result(page).shape == (16, 22, 4)
