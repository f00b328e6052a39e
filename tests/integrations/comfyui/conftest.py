"""ComfyUI's stand-in with our pack in it, and nodes that hand a test's own tensors to a prompt."""

import sys

import pytest

from comfyui_folders import Folders
from comfyui_host import Comfy, core_nodes, load_pack, registered


class Given:
    """Hands a test's own values to a prompt."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE", "MASK"), "give", "test"
    values: tuple = ()

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    @classmethod
    def IS_CHANGED(cls):
        return float("nan")

    def give(self):
        return type(self).values


class Keep:
    """An output node that takes anything and does nothing, so that what comes before it runs."""

    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "keep", "test", True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "optional": {"images": ("IMAGE",), "score": ("FLOAT", {}), "latent": ("LATENT",)}}

    def keep(self, **values):
        return ()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    module = Folders(tmp_path / "comfyui")
    monkeypatch.setitem(sys.modules, "folder_paths", module)
    return module


@pytest.fixture(scope="session")
def pack():
    return load_pack()


@pytest.fixture
def comfy(pack, folders):
    return Comfy({**core_nodes(folders), **registered(pack), "Given": Given, "Keep": Keep}, folders.root)
