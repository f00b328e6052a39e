"""The page in a real browser: open, choose, change, download; by keyboard; nothing is asked of any other server."""

import io
import shlex
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from unipixel.conversion import convert, encode_conversion
from unipixel.grid import upscale
from unipixel.image import encode_png, load_image, open_frames
from web.browser import opened, started
from web.conftest import draw


@pytest.fixture(scope="module")
def address():
    with started() as printed:
        yield printed


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as shown:
        yield shown


def png(seed: int = 0, scale: int = 8) -> dict:
    return {"name": f"art {seed}.png", "mimeType": "image/png", "buffer": encode_png(upscale(draw(seed), scale))}


def send(page, *files):
    page.set_input_files("#files", list(files))
    page.wait_for_selector("#save:enabled")


def saved(page, action) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        action()
    with open(waiting.value.path(), "rb") as file:
        return waiting.value.suggested_filename, file.read()


PIXELS = """(() => {
  const canvas = document.getElementById("canvas"), zoom = canvas.width / 20, found = [];
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let y = 0; y < 16; y++) for (let x = 0; x < 20; x++) {
    const at = 4 * (Math.floor((y + 0.5) * zoom) * canvas.width + Math.floor((x + 0.5) * zoom));
    found.push(...data.slice(at, at + 4));
  }
  return found;
})()"""
"""The middle of each cell that the canvas shows."""


def shown_pixels(page) -> np.ndarray:
    """What the canvas shows as the result, one pixel for each native one."""
    page.fill("#slider", "0")
    return np.array(page.evaluate(PIXELS), np.uint8).reshape(16, 20, 4)


def test_a_picture_is_opened_shown_changed_and_saved(page):
    file = png()
    send(page, file)

    assert "token" not in page.url
    assert np.array_equal(shown_pixels(page), draw())
    assert saved(page, lambda: page.click("#save")) == ("art 0.png", encode_conversion(convert(file["buffer"])))

    page.fill("#option-colors", "3")
    expect(page.locator("#command")).to_contain_text("--colors 3")
    assert shlex.split(page.inner_text("#command")) == ["unipixel", "convert", "art 0.png", "--colors", "3"]
    name, data = saved(page, lambda: page.click("#save"))
    assert np.array_equal(load_image(data), convert(file["buffer"], colors=3).native)
    assert np.array_equal(shown_pixels(page), load_image(data))

    name, data = saved(page, lambda: page.click("#save-aseprite"))
    assert name == "art 0.aseprite"
    assert open_frames(data).size == (16, 20)


def test_sizes_are_one_click_away(page):
    noise = np.random.default_rng(0).normal(0, 6, (128, 160, 1))
    art = upscale(draw(), 8).astype(float)
    art[..., :3] += noise
    buffer = encode_png(np.clip(art, 0, 255).astype(np.uint8))
    send(page, {"name": "noisy.png", "mimeType": "image/png", "buffer": buffer})
    buttons = page.locator("#candidates button")

    assert buttons.first.get_attribute("aria-pressed") == "true"
    assert "20x16" in buttons.first.inner_text()
    other = buttons.nth(1)
    size = other.inner_text().split()[0]
    other.click()
    page.wait_for_selector("#candidates button:nth-child(2)[aria-pressed=true]")
    assert size in page.inner_text("#size-note")
    buttons.first.click()
    page.wait_for_selector("#candidates button:nth-child(1)[aria-pressed=true]")
    assert page.inner_text("#command") == "unipixel convert noisy.png"


def test_palettes_are_picked_sent_and_edited(page):
    send(page, png())
    page.click("#shelf [data-name=sweetie-16] button")
    expect(page.locator("#command")).to_contain_text("--palette sweetie-16")
    page.set_input_files(
        "#palette input[type=file]",
        {"name": "mine.gpl", "mimeType": "text/plain", "buffer": b"GIMP Palette\n#\n16 32 48\n255 255 255\n"},
    )
    expect(page.locator("#command")).to_contain_text("#102030,#ffffff")
    page.focus("#swatches input:first-child")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#command")).to_contain_text("#ffffff,#102030")
    page.keyboard.press("Delete")
    expect(page.locator("#command")).to_have_text("unipixel convert 'art 0.png' --palette '#ffffff'")

    page.reload()
    page.wait_for_selector("#shelf [data-name=mine]")
    page.fill("#option-colors", "8")
    assert page.get_attribute("#shelf [data-name=none] button", "aria-pressed") == "true"


def test_all_pictures_become_one_zip_and_a_bad_one_is_told(page):
    bad = {"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"}
    send(page, png(0), png(1), {**png(2), "name": "art 1.webp"}, bad)

    name, data = saved(page, lambda: page.click("#convert-all"))

    assert name == "pixel-art.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.testzip() is None
        assert sorted(files.namelist()) == ["art 0.png", "art 1-2.png", "art 1.png"]
        assert np.array_equal(load_image(files.read("art 1.png")), draw(1))
    assert page.inner_text("#failures").startswith("bad.png: ")
    assert "3 converted, 1 failed" in page.inner_text("#batch-status")


SLOW = """(() => {
  const real = window.createImageBitmap;
  window.createImageBitmap = async (...what) => {
    await new Promise((done) => setTimeout(done, 200));
    return real(...what);
  };
})()"""
"""Makes the page's own work take long enough to get in its way."""


def test_what_is_slow_never_replaces_what_was_chosen_since(page):
    send(page, png(0), png(1))
    page.evaluate(SLOW)
    page.fill("#option-colors", "4")
    page.wait_for_timeout(100)  # it is being shown, and not yet
    page.click("#pictures li:last-child button")
    expect(page.locator("#command")).to_have_text("unipixel convert 'art 1.png' --colors 4")
    page.fill("#option-colors", "3")
    page.wait_for_timeout(100)
    page.click("#clear")
    page.wait_for_timeout(500)

    assert page.is_visible("#empty")
    assert not page.is_visible("#canvas")
    assert page.is_disabled("#save")


def test_the_keyboard_alone_does_it(page):
    send(page, png(0), png(1))
    page.locator("h1").click()
    page.keyboard.press("]")
    expect(page.locator("#command")).to_contain_text("art 1")
    level = page.inner_text("#zoom-level")
    page.keyboard.press("+")
    assert page.inner_text("#zoom-level") != level
    page.keyboard.press("g")
    assert page.is_checked("#show-grid")
    page.keyboard.press("c")
    expect(page.locator("#status")).to_contain_text("Copied")
    kinds = page.evaluate("navigator.clipboard.read().then(items => items.flatMap(item => item.types))")
    assert kinds == ["image/png"]
    assert saved(page, lambda: page.keyboard.press("s"))[0] == "art 1.png"
    page.keyboard.press("?")
    assert page.locator("#help dt").count() >= 10
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")


GIVE = """([kind, place, name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(bytes)], name, { type }));
  const about = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...about, clipboardData: data })
    : new DragEvent(kind, { ...about, dataTransfer: data });
  document.querySelector(place).dispatchEvent(event);
}"""
"""Drop or paste a file somewhere."""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_pictures_and_palettes_are_dropped_and_pasted(page, kind):
    page.evaluate(GIVE, [kind, "main", "art.png", "image/png", list(png()["buffer"])])
    expect(page.locator("#command")).to_have_text("unipixel convert art.png")
    page.evaluate(GIVE, [kind, "main", "mine.hex", "", list(b"102030\nffffff\n")])
    expect(page.locator("#command")).to_have_text("unipixel convert art.png --palette '#102030,#ffffff'")


def test_a_strip_that_is_dropped_on_the_shelf_is_a_palette(page):
    send(page, png())
    strip = encode_png(np.array([[[16, 32, 48, 255], [255, 255, 255, 255]]], np.uint8))
    page.evaluate(GIVE, ["drop", "#shelf", "strip.png", "image/png", list(strip)])

    expect(page.locator("#command")).to_have_text("unipixel convert 'art 0.png' --palette '#102030,#ffffff'")


def test_an_animation_plays_and_is_saved_as_one(page):
    frames = [Image.fromarray(upscale(draw(seed), 8)[..., :3]) for seed in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=60, loop=0)
    send(page, {"name": "walk.gif", "mimeType": "image/gif", "buffer": buffer.getvalue()})
    first = shown_pixels(page)
    for _ in range(20):
        page.wait_for_timeout(40)
        if not np.array_equal(shown_pixels(page), first):
            break
    else:
        pytest.fail("it stands still")
    page.click("#play")
    page.wait_for_timeout(100)
    first = shown_pixels(page)
    page.wait_for_timeout(200)

    assert np.array_equal(shown_pixels(page), first)
    name, data = saved(page, lambda: page.click("#save-gif"))
    assert name == "walk.gif"
    assert len(list(open_frames(data))) == 3


def test_what_can_not_be_done_is_said_on_the_page(page):
    send(page, png())
    page.select_option("#option-dither", "bayer-4")
    page.wait_for_selector("#problem:not([hidden])")
    assert "“Colors”" in page.inner_text("#problem")
    page.fill("#option-colors", "4")
    page.wait_for_selector("#problem", state="hidden")
    page.click("#reset")
    expect(page.locator("#command")).to_have_text("unipixel convert 'art 0.png'")


@pytest.mark.parametrize("width", [360, 820, 1280, 3840])
def test_nothing_is_cut_off_at_any_width(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    send(page, png())

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.getElementById('canvas').width") % 20 == 0


def test_options_that_are_folded_away_exist(page):
    known, folded = page.evaluate(
        "(async () => { const form = await import('./convert/form.js');"
        "const api = await import('./convert/picture.js');"
        "return [Object.keys((await api.describe()).components.schemas.Options.properties), form.SELDOM]; })()"
    )

    assert set(folded) < set(known)
    for name in set(known) - {"palette"}:
        assert page.locator(f"[data-option={name}]").count() == 1
