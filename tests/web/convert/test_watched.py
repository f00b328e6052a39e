"""A folder that the studio watches: what lands in it comes, whole and once; nothing outside of it is ever given."""

import shutil

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from unipixel.errors import ImageError
from unipixel.grid import upscale
from unipixel.image import encode_png
from unipixel.web.app import make_app
from unipixel.web.convert.watched import Watched
from unipixel.web.studio import Studio
from web.browser import keep, opened, started
from web.conftest import TOKEN, draw


class Clock:
    """Two seconds more at each question."""

    now = 0.0

    def __call__(self):
        self.now += 2
        return self.now


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    (place / "before.png").write_bytes(encode_png(draw()))
    return place


@pytest.fixture
def watched(folder):
    return Watched(folder, Clock())


def test_what_lands_comes_once_it_is_whole(watched, folder):
    data = encode_png(draw(1))
    for part in (data[:40], data[:80], data):
        (folder / "new.png").write_bytes(part)
        assert watched.arrived() == []
    assert watched.arrived() == [(1, "new.png")]
    (folder / "deep").mkdir()
    (folder / "deep" / "other.png").write_bytes(data)
    watched.arrived()

    assert watched.arrived() == [(1, "new.png"), (2, "deep/other.png")]
    assert watched.arrived(after=1) == [(2, "deep/other.png")]
    assert watched.arrived(after=2) == []
    assert watched.read(2) == data


def test_a_file_that_changes_comes_again(watched, folder):
    (folder / "before.png").write_bytes(encode_png(upscale(draw(3), 2)))
    watched.arrived()

    assert watched.arrived() == [(1, "before.png")]


def test_the_folder_is_looked_at_once_a_second_at_most(folder):
    watched = Watched(folder, clock=lambda: 0.0)
    (folder / "new.png").write_bytes(encode_png(draw(1)))

    assert watched.arrived() == watched.arrived() == []


def test_links_out_of_the_folder_are_left_alone(watched, folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(encode_png(draw(1)))
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    watched.arrived()
    assert watched.arrived() == []

    (folder / "new.png").write_bytes(encode_png(draw(1)))
    watched.arrived()
    assert watched.arrived() == [(1, "new.png")]
    (folder / "new.png").unlink()
    (folder / "new.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(ImageError, match="gone again"):
        watched.read(1)


@pytest.mark.parametrize("number", [-1, 0, 1])
def test_what_never_came_is_not_read(watched, number):
    with pytest.raises(ImageError):
        watched.read(number)


def test_there_must_be_a_folder(tmp_path):
    with pytest.raises(ImageError, match="no folder"):
        Watched(tmp_path / "none")


def test_it_is_asked_by_http(access, watched, folder):
    (folder / "new.png").write_bytes(encode_png(draw(1)))
    watched.arrived()
    client = TestClient(make_app(access, Studio(watched=watched)), base_url="http://127.0.0.1:8420")
    client.headers["authorization"] = f"Bearer {TOKEN}"

    listed = client.get("/api/watched").json()
    assert listed == {"folder": str(folder.resolve()), "arrived": [{"number": 1, "name": "new.png"}]}
    assert client.get("/api/watched/1").content == encode_png(draw(1))
    for path in ("/api/watched/2", "/api/watched/x", "/api/watched/..%2f..", "/api/watched?after=-1"):
        assert client.get(path).status_code in (404, 422)


def test_without_a_folder_nothing_comes(client):
    assert client.get("/api/watched").json() == {"folder": None, "arrived": []}
    assert client.get("/api/watched/1").status_code == 422


def test_pictures_that_land_are_opened_on_the_page(browser, folder):
    with started("--watch", str(folder)) as address, opened(browser, address) as page:
        expect(page.locator("#watch-row")).to_contain_text("in")
        (folder / "draft.part").write_bytes(encode_png(upscale(draw(1), 8)))
        shutil.move(folder / "draft.part", folder / "new.png")
        expect(page.locator("#command")).to_have_text("unipixel convert new.png", timeout=10_000)
        expect(page.locator("#batch-status")).to_have_text("new.png is new.")
        keep(page, "convert-watch")
        page.uncheck("#watch")
        (folder / "later.png").write_bytes(encode_png(upscale(draw(2), 8)))
        page.wait_for_timeout(4000)
        assert page.locator("#pictures li").count() == 1
        page.check("#watch")
        expect(page.locator("#command")).to_have_text("unipixel convert later.png", timeout=10_000)
