"""Stands in for ComfyUI's module of folders."""

from types import ModuleType


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
