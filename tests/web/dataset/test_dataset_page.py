"""The part *Data set* in a real browser, by keyboard: look, filter, tag, judge proposals, take back."""

import shutil

import pytest
from playwright.sync_api import expect

from unipixel.caption.edits import add
from unipixel.dataset import read_manifest
from unipixel.grid import upscale
from unipixel.image import encode_png
from unipixel.stages.tagging import edit_tags, find_images, list_edits
from unipixel.stages.workspace import Workspace
from web.browser import keep, opened, started
from web.conftest import draw


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    """A studio whose data set the tests of this file leave as they found it."""
    root = tmp_path_factory.mktemp("page") / "set"
    shutil.copytree(made.root, root)
    with started(str(root)) as printed:
        yield printed, Workspace.open(root)


@pytest.fixture
def page(browser, shared):
    with opened(browser, shared[0], "dataset") as shown:
        shown.wait_for_selector("#dataset-grid .current")
        shown.focus("#dataset-grid")
        yield shown


@pytest.fixture
def workspace(shared):
    return shared[1]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def filter_by(page, query):
    page.fill("#dataset-query", query)
    page.press("#dataset-query", "Enter")
    expect(page.locator("#dataset-grid")).to_be_focused()  # when what fits is shown


def tagged(workspace, tag) -> int:
    return len(find_images(workspace, f"tag:{tag}"))


def done(page, text):
    expect(page.locator("#dataset-done")).to_contain_text(text)


def told(page, text):
    expect(page.locator("#dataset-count")).to_contain_text(text)


def test_images_are_crisp_and_looked_at_by_keys(page):
    image = page.locator("#dataset-cell-0 img")

    expect(page.locator("#dataset-grid .thumb")).to_have_count(9)
    page.wait_for_function("document.querySelector('#dataset-cell-0 img').complete")
    shown = image.evaluate("image => [image.naturalWidth, image.naturalHeight, image.clientWidth, image.clientHeight]")
    assert shown[0] > 1
    assert [side * 8 for side in shown[:2]] == shown[2:]
    press(page, "j", "j", "ArrowLeft")
    assert page.get_attribute("#dataset-grid", "aria-activedescendant") == "dataset-cell-1"
    expect(page.locator("#dataset-name")).to_have_text("art-1.png")
    press(page, "End")
    assert "dataset-cell-8" in page.get_attribute("#dataset-grid", "aria-activedescendant")
    keep(page, "dataset-images")


MANY = """async () => {
  const { Grid } = await import("./dataset/grid.js");
  const box = Object.assign(document.createElement("div"), { className: "thumbs" });
  Object.assign(box.style, { width: "600px", height: "400px" });
  document.getElementById("dataset").append(box);
  const ids = Array.from({ length: 5000 }, (_, at) => `none-${at}`);
  const store = { ids, largest: [64, 64], rows: new Map(), chosen: new Set(), current: 0, need: async () => {} };
  const grid = new Grid(box, store);
  grid.layout();
  const first = box.querySelectorAll(".thumb").length;
  store.current = ids.length - 1;
  grid.show();
  const cell = box.querySelector(".current").getBoundingClientRect(), view = box.getBoundingClientRect();
  const last = box.querySelectorAll(".thumb").length;
  box.remove();
  return [first, last, cell.bottom <= view.bottom && cell.top >= view.top];
}"""
"""A grid of 5,000 images: elements at its beginning and at its end, and whether the last image is in view there."""


def test_of_thousands_of_images_those_in_view_alone_are_elements(page):
    first, last, is_in_view = page.evaluate(MANY)

    assert 4 <= first <= 40
    assert 4 <= last <= 40
    assert is_in_view


def test_a_filter_shows_what_fits_and_says_what_makes_no_sense(page):
    press(page, "/")
    page.keyboard.type("source:art-3.png")
    press(page, "Enter")
    told(page, "1 of 9 images")
    press(page, "/")
    page.keyboard.type("teme:forest")
    press(page, "Enter")
    expect(page.locator("#dataset-query-problem")).to_contain_text("Did you mean theme:?")
    assert page.is_visible("#dataset-words dl")
    told(page, "1 of 9 images")


def test_tags_are_added_by_completion_repeated_and_taken_back_after_the_page_was_closed(
    page, workspace, browser, shared
):
    press(page, "t")
    page.keyboard.type("lanter")
    expect(page.locator("#dataset-completions li").first).to_contain_text("lantern")
    press(page, "ArrowDown", "Enter")
    expect(page.locator('#dataset-tags [data-tag="lantern"]')).to_have_count(1)
    press(page, "Escape", "j", ".", "j", " ", "j", " ", "1")
    done(page, "add lantern: 2 images.")
    assert tagged(workspace, "lantern") == 4

    with opened(browser, shared[0], "dataset") as other:
        other.wait_for_selector("#dataset-grid .current")
        press(other, "u")
        done(other, "undo add lantern: 2 images")
        press(other, "U")
        done(other, "redo add lantern: 2 images")
        press(other, "u", "u", "u")
        done(other, "undo add lantern: 1 image.")
        expect(other.locator("#dataset-undo")).to_be_disabled()
    assert tagged(workspace, "lantern") == 0
    expect(page.locator("#dataset-undo")).to_be_disabled()  # the first page has seen it


def test_proposals_are_judged_with_their_reasons(page, workspace):
    filter_by(page, "proposed:*")
    marked = page.locator("#dataset-proposals .marked")
    expect(marked).to_have_count(1)
    name, other = (
        marked.get_attribute("data-tag"),
        page.locator("#dataset-proposals li").nth(1).get_attribute("data-tag"),
    )
    assert len(marked.locator("small").inner_text()) > 10
    press(page, "a")
    expect(page.locator(f'#dataset-tags [data-tag="{name}"]')).to_have_count(1)
    press(page, "r")
    expect(page.locator(f'#dataset-rejected [data-tag="{other}"]')).to_have_count(1)
    press(page, "u", "u")
    expect(page.locator(f'#dataset-proposals [data-tag="{name}"]')).to_have_count(1)
    expect(page.locator("#dataset-undo")).to_be_disabled()


def test_many_are_edited_after_a_preview(page, workspace):
    press(page, "m")
    page.select_option("#dataset-op", "rename")
    page.fill("#dataset-bulk-tag", "cave")
    page.fill("#dataset-bulk-new", "tunnel")
    press(page, "Enter")
    expect(page.locator("#dataset-preview")).to_contain_text("9 images would change")
    expect(page.locator("#dataset-preview ins").first).to_have_text("tunnel")
    assert tagged(workspace, "tunnel") == 0
    keep(page, "dataset-preview")
    page.click("#dataset-bulk-do")
    expect(page.locator("#dataset-preview")).to_contain_text("Done: 9 images")
    assert tagged(workspace, "tunnel") == 9
    page.click("#dataset-undo")
    expect(page.locator('#dataset-tags [data-tag="cave"]')).to_have_count(1)
    assert [edit.undone for edit in list_edits(workspace)][-1]


def test_what_the_server_refuses_is_shown_and_nothing_looks_done(page, workspace):
    with workspace.lock():
        press(page, "t")
        page.keyboard.type("bridge")
        press(page, "Enter")
        expect(page.locator("#dataset-problem")).to_contain_text("in use by")
        expect(page.locator('#dataset-tags [data-tag="bridge"]')).to_have_count(0)
    assert tagged(workspace, "bridge") == 0


@pytest.mark.parametrize("settings", [{"width": 360, "height": 740}, {"color_scheme": "dark"}], ids=["narrow", "dark"])
def test_nothing_is_wider_than_the_screen(browser, shared, settings):
    with opened(browser, shared[0], "dataset", **settings) as shown:
        shown.wait_for_selector("#dataset-grid .current")
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(shown, f"dataset-{settings.get('color_scheme', 'narrow')}")


# ------------------------------------------------------------------ the other views, on a workspace of their own


@pytest.fixture
def own(workspace_with_doubt, browser):
    """A page on a copy that a test may change as it likes."""
    with started(str(workspace_with_doubt.root)) as printed, opened(browser, printed, "dataset") as shown:
        yield shown, workspace_with_doubt


def test_doubtful_natives_are_decided_by_keys_and_added_pictures_prepared(own):
    page, workspace = own
    page.click("text=Doubtful (1)")
    expect(page.locator("#dataset-source-name")).to_have_text("soft.png")
    page.wait_for_selector("#dataset-answers button:nth-child(3)")
    page.wait_for_function("document.getElementById('dataset-explanation').naturalWidth > 100")
    keep(page, "dataset-doubtful")
    press(page, "a")
    expect(page.locator("#dataset-queue-count")).to_have_text("Nothing waits for a decision.")

    page.click("text=Add and prepare")
    page.fill("#dataset-said-theme", "city")
    files = [
        {"name": "new.png", "mimeType": "image/png", "buffer": encode_png(upscale(draw(7, 30, 34), 4))},
        {"name": "new.txt", "mimeType": "text/plain", "buffer": b"tower"},
        {"name": "none.png", "mimeType": "image/png", "buffer": b"no picture"},
    ]
    page.set_input_files("#dataset-files", files)
    expect(page.locator("#dataset-added")).to_have_text("1 added, 1 left out.")
    expect(page.locator("#dataset-not-added")).to_contain_text("none.png")
    keep(page, "dataset-adding")
    for verb, button in (("prepare", "#dataset-prepare"), ("caption", "#dataset-caption-job")):
        page.click(button)
        expect(page.locator(f"#dataset-{verb}-status")).to_have_text("done", timeout=60_000)
    decided = {row.source: row.state for row in read_manifest(workspace.manifest)}
    assert decided["sources/soft.png"] == "decided"
    assert tagged(workspace, "tower") == sum(row.source == "sources/new.png" for row in find_images(workspace))


def test_the_balance_leads_to_images_and_findings_are_mended(own):
    page, workspace = own
    edit_tags(workspace, add("night"), "canvas:112x112")
    edit_tags(workspace, add("sunset"), "-canvas:112x112")
    listed = next(workspace.training.glob("*x*")) / "meta_cap.json"
    listed.write_text("{}")
    page.click("text=Balance")
    keep(page, "dataset-balance")
    page.click("td.never a >> nth=0")
    assert "OR" in page.input_value("#dataset-query")
    expect(page.locator("#dataset-grid .thumb").first).to_be_visible()

    page.click("text=Checks")
    page.wait_for_selector("[data-remedy=delete]")
    keep(page, "dataset-checks")
    page.click("[data-remedy=delete] button")
    expect(page.locator("[data-remedy=delete]")).to_have_count(0)
    assert not listed.exists()
    page.click("text=Say the licence")
    page.fill("#dataset-licence-name", "CC0-1.0")
    press(page, "Enter")
    expect(page.locator("[data-remedy=licence]")).to_have_count(0)
    assert {row.provenance.licence for row in find_images(workspace)} == {"CC0-1.0"}
    page.click("#dataset-findings a >> nth=0")
    expect(page.locator("#dataset-grid .thumb").first).to_be_visible()


def test_a_canvas_is_moved_over_its_native_by_keys_and_by_dragging(page, workspace):
    filter_by(page, "source:art-4.png")
    told(page, "1 of 9 images")
    before = find_images(workspace, "source:art-4.png")
    press(page, "c")
    page.wait_for_selector("#dataset-crop-canvas[aria-label*=row]")
    page.fill("#dataset-crop-row", "0")
    page.fill("#dataset-crop-col", "0")
    page.press("#dataset-crop-col", "Tab")
    page.focus(".crop-box")
    press(page, "Shift+ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp")
    expect(page.locator("#dataset-crop-facts")).to_contain_text("Row -2, column 7, filled: 2 px above")
    keep(page, "dataset-crop")
    box = page.locator("#dataset-crop-canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 40 + 8 * 3 + 3, box["y"] + 40 + 8 * 2 - 3)
    page.mouse.up()
    expect(page.locator("#dataset-crop-facts")).to_contain_text("Row 0, column 10, no fill")
    press(page, "Enter")
    expect(page.locator("#dataset-facts")).to_contain_text("placed by hand")
    (row,) = find_images(workspace, "source:art-4.png")
    assert row.window[:2] == (0, 10)

    press(page, "c")
    page.click("#dataset-crop-auto")
    expect(page.locator("#dataset-facts")).not_to_contain_text("placed by hand")
    assert find_images(workspace, "source:art-4.png") == before
