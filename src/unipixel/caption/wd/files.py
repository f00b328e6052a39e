"""Where the files of a tagger are on this machine, and how they get there.

Nothing is downloaded unless :func:`download_tagger` is called.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from unipixel.caption.wd.models import TAGS_SHA256, WdModel, find_model
from unipixel.errors import ModelError
from unipixel.extras import need
from unipixel.files import sha256

MODEL_FILE, TAGS_FILE = "model.onnx", "selected_tags.csv"
"""Names of the two files of a tagger, in its folder and on Hugging Face."""

_SHA256 = re.compile("[0-9a-f]{64}")


def find_tagger(name: str | os.PathLike[str], *, cache: Path | None = None) -> Path:
    """Find the folder of a tagger, without any network.

    Parameters
    ----------
    name : str or path
        A folder with ``model.onnx`` and ``selected_tags.csv``, or the name of a model that was downloaded before.
    cache : Path, optional
        Cache of Hugging Face; its usual place by default (``HF_HOME`` is honoured).

    Returns
    -------
    Path

    Raises
    ------
    ModelError
        It is not here; says how to get it. Or its tag list is not the one of the v3 models.
    MissingExtra
        A model's name was given and huggingface-hub is not installed.
    """
    folder = Path(name)
    if folder.is_dir():
        missing = [file for file in (MODEL_FILE, TAGS_FILE) if not (folder / file).is_file()]
        if missing:
            raise ModelError(f"{folder}: no {' and no '.join(missing)} in it. A tagger's folder holds both.")
        return folder
    if folder.suffix or len(folder.parts) > 2:
        raise ModelError(f"{folder}: no such folder. Give the folder that holds the tagger's {MODEL_FILE}.")
    model = find_model(str(name))
    hub = _hub()
    found = [hub.try_to_load_from_cache(model.repository, file, cache_dir=cache) for file in (MODEL_FILE, TAGS_FILE)]
    if not all(isinstance(file, str) for file in found):
        size = f" ({model.megabytes} MB)" if model.megabytes else ""
        raise ModelError(
            f"the tagger {model.name} is not on this machine. Get it{size} from Hugging Face with: unipixel caption "
            f"--tagger {model.name} --download; or give a folder that holds its {MODEL_FILE} and {TAGS_FILE}."
        )
    _check_tags(Path(found[1]))
    return Path(found[0]).parent


def download_tagger(name: str, *, cache: Path | None = None, endpoint: str | None = None) -> Path:
    """Download a tagger into Hugging Face's cache, if it is not there yet.

    Files are whole or absent, and compared with their SHA-256: that of the tag list is known here, that of the model is
    what Hugging Face says it is. ``HF_HUB_OFFLINE`` is honoured.

    Parameters
    ----------
    name : str
        See :data:`MODELS`.
    cache : Path, optional
    endpoint : str, optional
        Another address than huggingface.co.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ModelError
        No such model, no network, or a file that is not what it should be.
    MissingExtra
        huggingface-hub is not installed.
    """
    model = find_model(name)
    tags = _fetch(model, TAGS_FILE, cache, endpoint)
    _check_tags(tags)
    file = _fetch(model, MODEL_FILE, cache, endpoint)
    _check_blob(file)
    return file.parent


def _hub() -> Any:
    return need("huggingface_hub", extra="caption", purpose="finding and downloading taggers")


def _fetch(model: WdModel, file: str, cache: Path | None, endpoint: str | None) -> Path:
    hub = _hub()
    errors = need("huggingface_hub.errors", extra="caption", purpose="downloading taggers")
    try:
        return Path(hub.hf_hub_download(model.repository, file, cache_dir=cache, endpoint=endpoint))
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled):
        raise ModelError(
            f"{model.repository}/{file} can't be downloaded: there is no network, or HF_HUB_OFFLINE is set. Get it on "
            f"another machine and give the folder with: --tagger FOLDER"
        ) from None
    except errors.HfHubHTTPError as error:
        raise ModelError(
            f"{model.repository}/{file} can't be downloaded: {str(error).splitlines()[0]}. Try again later, or get it "
            f"by hand and give the folder with: --tagger FOLDER"
        ) from None


def _check_tags(file: Path) -> None:
    if sha256(file) != TAGS_SHA256:
        _forget(file)
        raise ModelError(
            f"{file}: not the tag list of the WD v3 taggers (its SHA-256 is another one), so outputs would get wrong "
            f"names. It was removed: get it anew with --download."
        )


def _check_blob(file: Path) -> None:
    """Hugging Face names a large file in its cache by its SHA-256; elsewhere (Windows) only its size was checked."""
    blob = file.resolve()
    if _SHA256.fullmatch(blob.name) and sha256(blob) != blob.name:
        _forget(file)
        raise ModelError(f"{file}: damaged on its way (its SHA-256 is another one) and removed. Download it again.")


def _forget(file: Path) -> None:
    file.resolve().unlink(missing_ok=True)
    file.unlink(missing_ok=True)
