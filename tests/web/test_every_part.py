"""Every part of the page, found by its links: axe finds no serious fault in light or dark, and nothing is cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from stages.conftest import make_workspace, write_pictures
from unipixel.grid import upscale
from unipixel.image import encode_png
from unipixel.stages.captioning import write_captions
from unipixel.stages.preparing import prepare
from web.browser import keep, opened, started
from web.conftest import draw

GRAVE = ("serious", "critical")

SIZES = {
    "phone": (360, 740, 1),
    "small laptop": (1280, 720, 1),
    "small laptop at 200 %": (640, 360, 2),
    "screen at 200 %": (960, 540, 2),
    "4K": (3840, 2160, 1),
}
"""Width and height in CSS px, and screen pixels for each: zoomed pages have fewer and larger ones."""

CUT_OFF = """() => {
  const scrolls = (box) => /auto|scroll/.test(getComputedStyle(box).overflow);
  const hides = (box) => /hidden|clip/.test(getComputedStyle(box).overflow);
  const inside = (part, whole, width) => part.right <= whole.right + width && part.left >= whole.left - width
    && part.bottom <= whole.bottom + width && part.top >= whole.top - width;
  const isNarrow = (box) => Math.min(box.clientHeight, box.clientWidth) < 40;
  const found = new Set();
  for (const each of document.querySelectorAll("button, input, select, textarea, a, summary, output, h2")) {
    if (!each.checkVisibility({ opacityProperty: true }) || each.closest("dialog")) continue;
    let place = each.getBoundingClientRect();
    for (let box = each.parentElement; box; box = box.parentElement) {
      if (scrolls(box)) place = box.getBoundingClientRect();
      const isBeside = box === document.body && (place.right > innerWidth + 1 || place.left < -1);
      const isHidden = hides(box) && !inside(place, box.getBoundingClientRect(), 1);
      if (isBeside || isHidden || (scrolls(box) && isNarrow(box))) found.add(each.outerHTML.slice(0, 120));
    }
  }
  return [...found];
}"""
"""What can be pressed or read and can't be reached: it lies outside of a box that hides it, or beside the page, or
only a strip of the box that scrolls to it is left."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studio")
    made = make_workspace(folder / "work", write_pictures(folder / "pictures"))
    prepare(made)
    write_captions(made)
    with started(str(made.root)) as printed:
        yield printed


@pytest.fixture(scope="module")
def parts(browser, address):
    with opened(browser, address) as page:
        found = page.locator("#parts a").evaluate_all("links => links.map(link => link.hash.slice(1))")
    assert "convert" in found
    return found


def fill(page, part):
    """Give a part something to show, where it shows nothing without."""
    if part != "convert":
        return
    buffer = encode_png(upscale(draw(), 8))
    page.set_input_files("#files", {"name": "art.png", "mimeType": "image/png", "buffer": buffer})
    page.wait_for_selector("#save:enabled")
    page.locator("#convert details:not([open])").evaluate_all("all => all.forEach(each => (each.open = true))")


def states(page, part):
    """What a part looks like in use, one after the other."""
    yield "as it opens"
    fill(page, part)
    if part == "convert":
        yield "with a picture"
        for tool in ("paint", "lines"):
            page.click(f"#tool-{tool}")
            yield tool
    page.click("#help-button")
    yield "its keys"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser, address, parts, scheme):
    found = []
    for part in parts:
        with opened(browser, address, part, color_scheme=scheme) as page:
            for state in states(page, part):
                faults = Axe().run(page).response["violations"]
                found += [
                    f"{part}, {state}: {fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:200]}"
                    for fault in faults
                    if fault["impact"] in GRAVE
                ]
            page.keyboard.press("Escape")
            keep(page, f"{part}-{scheme}")

    assert found == []


def test_axe_would_find_one(browser, address):
    with opened(browser, address) as page:
        page.evaluate("document.body.append(document.createElement('button'))")

        assert "button-name" in [fault["id"] for fault in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off(browser, address, parts, size):
    width, height, ratio = SIZES[size]
    for part in parts:
        with opened(browser, address, part, width, height, device_scale_factor=ratio) as page:
            fill(page, part)
            keep(page, f"{part}-{size.replace(' ', '-').replace('-%', '')}")

            assert page.evaluate("document.documentElement.scrollWidth") <= width, part
            assert page.evaluate(CUT_OFF) == [], part
