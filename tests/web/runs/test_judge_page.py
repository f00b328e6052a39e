"""Judge in a real browser: evaluations beside each other, one is started, and a LoRA goes out with its card."""

import zipfile

import pytest
from playwright.sync_api import expect

from web.browser import keep, opened, started

pytestmark = pytest.mark.torch

SECONDS = 60_000


def expect_width(pictures, count, width):
    """So many pictures, each loaded and so wide in px of its file."""
    expect(pictures).to_have_count(count)
    for place in range(count):
        pictures.nth(place).scroll_into_view_if_needed()
        expect(pictures.nth(place)).to_have_js_property("naturalWidth", width)


@pytest.fixture
def page(browser, evaluated):
    with started(str(evaluated.root)) as address, opened(browser, address, "judge") as shown:
        shown.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)
        shown.wait_for_selector("#judge-looks tbody tr")
        yield shown


def test_evaluations_lie_side_by_side_with_the_same_pictures(page):
    expect(page.locator("#judge-verdict strong")).to_have_text("one")
    assert page.locator("#judge-figures thead th").all_inner_texts() == ["one\nrecommended", "one step 2"]
    grid = page.locator("#judge-figures tbody tr").nth(1)
    assert grid.locator("td").all_inner_texts() == ["3 of 3", "3 of 3"]
    expect(page.locator("#judge-samples tbody tr")).to_have_count(1)
    pictures = page.locator("#judge-samples img")
    expect_width(pictures, 3, 16)
    keep(page, "judge")
    page.keyboard.press("b")
    expect(pictures).to_have_count(2)
    page.uncheck("#judge-native")
    expect_width(pictures, 2, 128)
    with page.expect_download() as waiting:
        page.click("text=Download >> nth=0")
    assert waiting.value.suggested_filename == "one.html"


def test_a_lora_goes_out_with_the_card_that_was_shown(page, evaluated):
    page.click("[aria-label='Export Step 2']")
    expect(page.locator("#judge-card")).to_contain_text('instance_prompt: "w0rd, masterpiece, pixel art"')
    keep(page, "judge-export")
    card = page.inner_text("#judge-card")
    page.click("#judge-civitai")
    expect(page.locator("#judge-card")).to_contain_text("Trigger words")
    with page.expect_download() as waiting:
        page.click("#judge-download")

    assert waiting.value.suggested_filename == "one-step-2.zip"
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.read("one-step-2/README.md").decode().strip() == card.strip()
        lora = evaluated.run("one").root / "checkpoints" / "000002.safetensors"
        assert archive.read("one-step-2/one-step-2.safetensors") == lora.read_bytes()


def test_an_evaluation_is_foretold_started_and_shown_when_it_is_there(page, evaluated):
    (evaluated.run("one").root / "evaluation" / "report.json").unlink()  # its pictures are there
    page.reload()
    expect(page.locator("#judge-verdict")).to_contain_text("Only one step 2 is evaluated.")
    page.fill("#judge-seeds", "2")
    expect(page.locator("#judge-plan")).to_contain_text("18 pictures, 9 of them to draw")
    expect(page.locator("#judge-command")).to_have_text(
        "unipixel evaluate . --run=one --base=micro --set evaluate.seeds=2"
    )
    page.fill("#judge-seeds", "")
    page.click('[aria-label="Evaluate The run\'s LoRA"]')
    expect(page.locator("#judge-job")).to_contain_text("evaluate")
    expect(page.locator("#judge-figures thead th")).to_have_count(2)
    expect(page.locator("#judge-problem")).to_be_hidden()
