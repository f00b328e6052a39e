"""ComfyUI's stand-in with our pack in it, and nodes that hand a test's own tensors to a prompt."""

import sys
from types import ModuleType

import pytest

from comfyui_host import Comfy, core_nodes, load_pack, registered


class Folders(ModuleType):
    """Stands in for ComfyUI's module of that name."""

    def __init__(self, root):
        super().__init__("folder_paths")
        self.root = root

    def _folder(self, name):
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    def get_input_directory(self):
        return self._folder("input")

    def get_output_directory(self):
        return self._folder("output")

    def get_temp_directory(self):
        return self._folder("temp")

    def get_user_directory(self):
        return self._folder("user")

    def get_filename_list(self, kind):
        return sorted(file.name for file in (self.root / "models" / kind).glob("*.safetensors"))

    def get_full_path_or_raise(self, kind, name):
        return str(self.root / "models" / kind / name)

    def get_save_image_path(self, prefix, output, width, height):
        folder, _, name = prefix.replace("%width%", str(width)).rpartition("/")
        place = self.root / "output" / folder
        place.mkdir(parents=True, exist_ok=True)
        count = len({file.stem.rsplit("_", 2)[1] for file in place.glob(f"{name}_*_.*")}) + 1
        return str(place), name, count, folder, prefix


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
