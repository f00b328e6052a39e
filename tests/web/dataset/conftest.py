"""A prepared and captioned data set of nine drawn pictures; each test works on a copy."""

import shutil

import pytest
from PIL import Image
from starlette.testclient import TestClient

from stages.conftest import draw, enlarge, make_captioned
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace
from unipixel.web.app import make_app
from unipixel.web.studio import Studio
from web.conftest import TOKEN


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return make_captioned(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def workspace(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "set")
    return Workspace.open(tmp_path / "set")


@pytest.fixture
def studio(workspace, access):
    """A program that was given the token, and asks about the data set."""
    client = TestClient(make_app(access, Studio(root=workspace.root)), base_url="http://127.0.0.1:8420")
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture
def workspace_with_doubt(workspace):
    """The same, with a picture that was enlarged softly, so that its size is not sure."""
    art = Image.fromarray(enlarge(draw(20), 150, 170)[..., :3])
    art.resize((331, 287), Image.Resampling.BICUBIC).save(workspace.sources / "soft.png")
    prepare(workspace)
    return workspace
