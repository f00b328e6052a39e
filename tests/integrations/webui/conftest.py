"""The stand-in for the host with our extension in it."""

import sys

import pytest

from webui_gradio import stand_in
from webui_host import TABS, WebUI


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A host before its extensions are loaded."""
    ui = WebUI(tmp_path / "webui", stand_in())
    for name, module in ui.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    yield ui
    for name in [name for name in sys.modules if name.partition(".")[0] == "unipixel_webui"]:
        del sys.modules[name]


@pytest.fixture
def webui(bare):
    """A host with our extension, and its settings page made."""
    bare.load()
    bare.make_settings()
    return bare


@pytest.fixture(params=TABS)
def script(request, webui):
    """Our script in each of the tabs."""
    (made,) = webui.make_tab(request.param)
    return made


@pytest.fixture
def txt2img(webui):
    (made,) = webui.make_tab("txt2img")
    return made
