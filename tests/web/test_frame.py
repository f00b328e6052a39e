"""The frame of the page: a folder becomes a workspace, jobs outlive page and server, keys are what a person wants."""

import re

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from unipixel.grid import upscale
from unipixel.image import save_png
from unipixel.stages.workspace import Workspace
from unipixel.web.app import make_app
from unipixel.web.studio import Studio
from web.browser import keep, opened, started
from web.conftest import TOKEN, draw


def asking(access, studio) -> TestClient:
    client = TestClient(make_app(access, studio), base_url="http://127.0.0.1:8420")
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


def test_a_folder_becomes_a_workspace_by_the_api_and_what_is_there_stays(access, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    client = asking(access, Studio(root=tmp_path))

    before = client.get("/api/workspace").json()
    made = client.post("/api/workspace", json={"preset": "mini-unipixel"}).json()

    assert (before["is_workspace"], made["is_workspace"]) == (False, True)
    assert (made["scale"], made["sources"], made["images"]) == (16, 0, 0)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert "another preset" in client.post("/api/workspace", json={"preset": "unipixel"}).json()["error"]


def test_without_a_workspace_each_part_says_how_to_get_one(access, browser):
    client = asking(access, Studio())

    assert client.get("/api/workspace").json()["folder"] == ""
    assert "unipixel serve FOLDER" in client.get("/api/jobs").json()["error"]
    assert "unipixel serve FOLDER" in client.post("/api/workspace", json={"preset": "unipixel"}).json()["error"]
    with started() as address, opened(browser, address, "dataset") as page:
        expect(page.locator("#dataset")).to_contain_text("unipixel serve my-workspace")
        expect(page.locator("#jobs-button")).to_be_hidden()


def test_base_models_are_those_of_the_folders_that_were_named(access, tmp_path):
    (tmp_path / "models" / "sdxl").mkdir(parents=True)
    (tmp_path / "models" / "sdxl" / "base.safetensors").write_bytes(b"")
    (tmp_path / "models" / "folder").mkdir()
    (tmp_path / "models" / "folder" / "model_index.json").write_text("{}")
    client = asking(access, Studio(root=tmp_path / "set", models=(tmp_path / "models",)))

    names = [row["name"] for row in client.get("/api/models").json()]

    assert names[0].startswith("micro")
    assert names[1:] == ["folder", "sdxl/base.safetensors"]


@pytest.mark.parametrize(
    "asked", [{"verb": "demo"}, {"verb": "train", "options": {"device": "cpu"}}, {"verb": "train", "options": []}]
)
def test_what_can_not_be_started_is_told(access, tmp_path, asked):
    Workspace.create(tmp_path / "set", preset="unipixel")
    client = asking(access, Studio(root=tmp_path / "set"))

    answer = client.post("/api/jobs", json=asked)

    assert answer.status_code == 422
    assert client.get("/api/jobs").json() == []
    assert client.get("/api/jobs/0001-x").status_code == 422


def test_a_workspace_is_made_on_the_page_and_its_jobs_are_seen_after_a_new_start(browser, tmp_path):
    root = tmp_path / "set"
    with started(str(root)) as address, opened(browser, address, "dataset") as page:
        expect(page.locator("#dataset")).to_contain_text("is no workspace yet")
        page.click("text=Make it a workspace")
        expect(page.locator("#jobs-button")).to_be_visible()
        expect(page.locator("#dataset .offer")).to_have_count(0)
        for seed in range(3):
            save_png(root / "sources" / f"{seed}.png", upscale(draw(seed, 32, 40), 8))
        page.evaluate("import('./jobs.js').then((jobs) => jobs.startJob('prepare'))")
        expect(page.locator("#jobs-button")).to_have_text(re.compile("prepare"))
    with started(str(root)) as address, opened(browser, address, "convert") as page:
        page.click("#jobs-button")
        expect(page.locator("#job-list li")).to_have_attribute("data-state", "done", timeout=60_000)
        page.click("#job-list summary")
        expect(page.locator("#job-list pre")).to_contain_text("images")
        expect(page.locator("#job-list code")).to_have_text("unipixel prepare .")
        keep(page, "jobs")
    assert (root / "dataset.jsonl").exists()


def test_a_key_can_be_another_one_and_stays_so(browser):
    with started() as address, opened(browser, address) as page:
        page.keyboard.press("?")
        page.get_by_role("button", name=re.compile("^g: Show the grid")).press("x")  # no meaning before it is pressed
        page.get_by_role("button", name=re.compile("^g: Show the grid")).click()
        page.keyboard.press("d")  # taken by the doubtful cells: they change places
        expect(page.get_by_role("button", name=re.compile("^g: Mark doubtful"))).to_be_visible()
        page.keyboard.press("Escape")
        page.reload()
        page.wait_for_selector("body[data-ready=convert]")
        page.keyboard.press("d")
        expect(page.locator("#show-grid")).to_be_checked()
        page.keyboard.press("?")
        page.click("#keys-reset")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        expect(page.locator("#show-grid")).not_to_be_checked()
