"""Base models from the Hugging Face Hub: the only place of this room that uses the network, and only when told to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import huggingface_hub
from huggingface_hub import errors

from unipixel.checkpoint.folder import WEIGHTS
from unipixel.errors import ModelError

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_SMALL = (".json", ".txt")


def download_base(name: str) -> Path:
    """Fetch what is needed of a pipeline's repository, or find it in the Hub's own cache.

    Parameters
    ----------
    name : str
        ``owner/name``.

    Returns
    -------
    Path
        A folder as `unipixel.checkpoint.recognise_folder` takes it.

    Raises
    ------
    ModelError
        If it is not a name of the Hub, is not there, or the Hub can't be reached.
    """
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name}: there is no such file or folder, and a name on the Hub has the form owner/name")
    try:
        files = huggingface_hub.list_repo_files(name)
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=wanted_files(files)))
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise ModelError(f"{name}: can't be had from the Hugging Face Hub ({reason})") from error


def wanted_files(files: Iterable[str]) -> list[str]:
    """Files of a pipeline that have to be fetched: configuration, words, and each weight once.

    Parameters
    ----------
    files : iterable of str
        All files of the repository, with ``/`` between folders.

    Returns
    -------
    list of str
        Of each part the weights in fp16 where there are some: half the download, and training rounds to 16 bits
        anyway. No pickles, and nothing from other folders than the pipeline's own.
    """
    parts = (*WEIGHTS, "scheduler", "tokenizer", "tokenizer_2")
    wanted = ["model_index.json"]
    for part in parts:
        mine = [file for file in files if file.startswith(f"{part}/") and file.count("/") == 1]
        wanted += [file for file in mine if file.endswith(_SMALL) and ".safetensors.index" not in file]
        weights = [file for file in mine if ".safetensors" in file]
        half = [file for file in weights if ".fp16" in file]
        wanted += half or [file for file in weights if "." not in _middle(file)]
    return wanted


def _middle(file: str) -> str:
    """What stands between a weight file's stem and its ending: a variant, if anything."""
    return file.rpartition("/")[2].replace(".safetensors", "").replace(".index.json", "")
