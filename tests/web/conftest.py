"""A studio to ask, and pictures to send it."""

import numpy as np
import pytest
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from unipixel.grid import upscale
from unipixel.image import encode_png
from unipixel.web.access import Access
from unipixel.web.app import make_app
from unipixel.web.convert.pictures import Pictures
from unipixel.web.studio import Studio
from web.browser import ARGUMENTS, find_chromium

TOKEN = "the-token-of-these-tests"


def draw(seed: int = 0, height: int = 16, width: int = 20) -> np.ndarray:
    """A native of few colours, with single pixels all over, so that its size can be found."""
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 256, (6, 3))[rng.integers(0, 6, (height, width))]
    return art


@pytest.fixture
def art():
    return draw()


@pytest.fixture
def picture(art) -> bytes:
    return encode_png(upscale(art, 8))


@pytest.fixture
def access():
    return Access(TOKEN, 8420)


@pytest.fixture
def stranger(access):
    """A client that knows no token."""
    return TestClient(make_app(access, Studio(Pictures(4 << 20, 8 << 20))), base_url="http://127.0.0.1:8420")


@pytest.fixture
def client(stranger):
    """A program that was given the token."""
    stranger.headers["authorization"] = f"Bearer {TOKEN}"
    return stranger


@pytest.fixture
def sent(client, picture) -> str:
    """Id of a picture that the studio holds."""
    return client.post("/api/pictures", content=picture).json()["picture"]


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as tools:
        started = tools.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield started
        started.close()
