"""A cache of tensors on disk: small ``.safetensors`` files that are only ever added, read through a memory map.

A tensor's name is the hash of what it was made from; a file's name begins with a hash of what made it (which model,
in which way). So a changed picture or another base never finds a wrong tensor, several runs share one folder, and a
process that is killed loses at most the file it was filling.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from unipixel.diffusion.adapter import to_bytes
from unipixel.errors import WorkspaceError
from unipixel.files import write_atomic
from unipixel.lora.file import pack
from unipixel.progress import Event, Progress, quiet

FILE_BYTES = 64 << 20
"""Bytes of tensors after which a file is written."""

Tensors = dict[str, torch.Tensor]


class TensorCache:
    """Tensors of one maker, by name.

    Parameters
    ----------
    folder : Path or None
        Made where it is missing; None keeps everything in memory.
    kind : str
        What the tensors are, such as ``"latents"``; the files begin with it.
    maker : mapping of str to str
        All that decides what a tensor of a name is: model hash, way of encoding.
    """

    def __init__(self, folder: Path | None, kind: str, maker: Mapping[str, str]) -> None:
        self._folder = folder
        self.kind = kind
        self._stamp = {f"unipixel.{name}": text for name, text in sorted(maker.items())}
        self._name = f"{kind}-{hashlib.sha256(json.dumps(self._stamp).encode()).hexdigest()[:12]}"
        self.notes: list[str] = []
        """What was odd about the files that lay there, a few words each."""
        self._fresh: dict[str, Tensors] = {}
        self._found = self._read()

    def get(self, key: str, make: Callable[[str], Tensors]) -> Tensors:
        """Tensors of a key: from the files, or else made and added to them.

        Parameters
        ----------
        key : str
            What the tensors are made from, as a hash.
        make : callable
            Makes the named tensors of a key.

        Returns
        -------
        dict of str to Tensor
            On the CPU; those that were read lie in the file until they are used.

        Raises
        ------
        WorkspaceError
            If the folder can't be written; what was made before is kept.
        """
        if key not in self._found:
            self._found[key] = self._fresh[key] = make(key)
            if sum(tensor.nbytes for made in self._fresh.values() for tensor in made.values()) >= FILE_BYTES:
                self.flush()
        return self._found[key]

    def fetch(
        self, keys: Sequence[str], make: Callable[[str], Tensors], *, stage: str, progress: Progress = quiet
    ) -> None:
        """Make all that is missing; see `get`.

        Parameters
        ----------
        keys, make
            As for `get`.
        stage : str
            Name of the work in events.
        progress : callable
        """
        wanted = dict.fromkeys(keys)
        missing = [key for key in wanted if key not in self._found]
        for number, key in enumerate(missing):
            progress(Event(stage, len(wanted) - len(missing) + number, len(wanted), self._note()))
            self.get(key, make)
        self.flush()
        progress(Event(stage, len(wanted), len(wanted), self._note()))

    def flush(self) -> None:
        """Write what was made and is not on disk yet."""
        self._add(self._fresh)
        self._fresh = {}

    def _note(self) -> str:
        return self.notes.pop(0) if self.notes else ""

    def _read(self) -> dict[str, Tensors]:
        found: dict[str, Tensors] = {}
        if self._folder is None or not self._folder.exists():
            return found
        mine = sorted(self._folder.glob(f"{self._name}-*.safetensors"))
        others = [file for file in self._folder.glob(f"{self.kind}-*.safetensors") if file not in mine]
        if others and not mine:
            self.notes.append(f"the {self.kind} that lie there are of another base model or way; made anew")
        for file in mine:
            try:
                for name, tensor in _tensors_of(file, self._stamp).items():
                    key, _, part = name.partition(".")
                    found.setdefault(key, {})[part] = tensor
            except (SafetensorError, OSError, ValueError):
                self.notes.append(f"{file.name} was damaged; made anew")
                file.unlink(missing_ok=True)
        return found

    def _add(self, fresh: Mapping[str, Tensors]) -> None:
        if self._folder is None or not fresh:
            return
        tensors = {f"{key}.{part}": to_bytes(t) for key, made in fresh.items() for part, t in made.items()}
        header, data = pack(tensors, self._stamp)
        content = hashlib.sha256("".join(sorted(fresh)).encode()).hexdigest()[:12]
        file = self._folder / f"{self._name}-{content}.safetensors"
        try:
            write_atomic(file, header + data)
        except OSError as error:
            problem = error.strerror or error
            raise WorkspaceError(f"{file}: can't be written ({problem}). Make room or choose another folder") from error


def _tensors_of(file: Path, stamp: Mapping[str, str]) -> Tensors:
    """Tensors of a file as views into it.

    Raises
    ------
    ValueError
        If the file is not what its name says.
    """
    with safe_open(os.fspath(file), framework="pt") as content:
        if content.metadata() != stamp:
            raise ValueError(file)
        return {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118 (not a mapping)
