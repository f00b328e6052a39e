"""The few things that are asked of ComfyUI itself; outside of it, as in tests of single nodes, it has no folders."""

import sys
from importlib import import_module


def _folders():
    try:
        return import_module("folder_paths")
    except ModuleNotFoundError:
        return None


def user_folder():
    """Where ComfyUI keeps a person's own files; None outside of it."""
    folders = _folders()
    return folders.get_user_directory() if folders else None


def temp_folder():
    """Where previews go; None outside of ComfyUI."""
    folders = _folders()
    return folders.get_temp_directory() if folders else None


def output_place(prefix, width, height):
    """Folder, name, number and subfolder of the next file, as Save Image names it."""
    folders = import_module("folder_paths")
    folder, name, number, subfolder, _ = folders.get_save_image_path(
        prefix, folders.get_output_directory(), width, height
    )
    return folder, name, number, subfolder


def lora_names():
    """LoRAs that ComfyUI has."""
    folders = _folders()
    return folders.get_filename_list("loras") if folders else []


def lora_path(name):
    """File of a LoRA."""
    return import_module("folder_paths").get_full_path_or_raise("loras", name)


def lora_loader():
    """ComfyUI's own node that puts a LoRA on a model."""
    return import_module("nodes").LoraLoader()


def writes_metadata():
    """Whether the person who started ComfyUI lets it write workflows into files."""
    settings = sys.modules.get("comfy.cli_args")
    return not (settings and settings.args.disable_metadata)
