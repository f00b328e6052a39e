"""Train in a real browser: a run is started, watched, paused, resumed and ended, and told as its files tell it."""

import json
import shlex

import pytest
from playwright.sync_api import expect

from web.browser import keep, opened, started
from web.runs.conftest import pause_after

pytestmark = pytest.mark.torch

SECONDS = 60_000


@pytest.fixture
def page(browser, trained):
    with started(str(trained.root)) as address, opened(browser, address, "train") as shown:
        shown.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)
        yield shown


def test_a_run_is_started_watched_paused_and_resumed(page, trained):
    page.click("#train-new")
    page.fill("#train-run-name", "live")
    for name, value in (("train-steps", "60"), ("train-batch_size", "2"), ("lora-rank", "4")):
        page.fill(f"#train-{name}", value)
    page.click("text=More numbers")
    page.fill("#train-watch-previews", "1")
    page.fill("#train-watch-preview_steps", "2")
    page.fill("#train-train-checkpoint_every", "2")
    expect(page.locator("#train-plan")).to_contain_text("60 steps of 2 images: 120 shown")
    expect(page.locator("#train-plan-command")).to_contain_text("--set train.steps=60")
    expect(page.locator("#train-memory")).to_contain_text("GiB")
    keep(page, "train-new")
    command = page.inner_text("#train-plan-command")
    page.click("#train-start")

    page.wait_for_selector("#train-previews img")
    expect(page.locator("#train-state")).to_have_text("training")
    expect(page.locator("#train-note")).to_contain_text("GiB free")
    expect(page.locator(".plot svg").nth(1)).to_be_visible()
    expect(page.locator("#train-command")).to_have_text(command)
    job = json.loads((trained.root / "jobs" / "0001-train" / "job.json").read_text())
    assert shlex.split(command) == ["unipixel", *job["words"]]
    keep(page, "train-live")
    page.keyboard.press("p")
    expect(page.locator("#train-state")).to_have_text("paused")
    expect(page.locator("#train-sentence")).to_contain_text("It goes on from step")

    page.reload()
    page.wait_for_selector("#train-resume:visible")
    page.click("#train-resume")
    expect(page.locator("#train-state")).to_have_text("starting")
    page.click("#train-end")
    page.click("#train-end-sure")
    expect(page.locator("#train-state")).to_have_text("finished")
    expect(page.locator("#train-sentence")).to_contain_text("since it ended at step")
    assert trained.run("live").lora.exists()


def test_what_can_not_be_is_said_before_it_is_started(page):
    page.click("#train-new")
    page.fill("#train-run-name", "one")
    expect(page.locator("#train-form-problem")).to_contain_text("A run of this name is there")
    expect(page.locator("#train-start")).to_be_disabled()
    page.fill("#train-run-name", "other")
    page.fill("#train-train-steps", "0")
    expect(page.locator("#train-form-problem")).to_contain_text("must be 1 or more")
    page.click("#train-defaults")
    expect(page.locator("#train-start")).to_be_enabled()


def test_by_keyboard_and_as_a_table(page, trained):
    pause_after(trained, "part", 3)
    expect(page.locator("#train-runs button")).to_have_count(2)
    page.click("#train-runs li[data-name=one] button")
    page.wait_for_selector("#train-previews li")
    page.click("summary:has-text('Loss as a table')")
    expect(page.locator(".plot table").first.locator("tbody tr")).to_have_count(6)
    page.keyboard.press("]")
    expect(page.locator("#train-name")).to_have_text("part")
    page.keyboard.press("n")
    expect(page.locator("#train-form-box")).to_be_visible()
