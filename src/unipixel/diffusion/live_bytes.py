"""How many bytes of tensors are alive at once: counted as operations make them, on any device, the meta device too."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class LiveBytes(TorchDispatchMode):
    """Count the bytes that tensors made inside a ``with`` block hold, and the most that they held at once.

    A tensor counts from the operation that makes it until nothing refers to its storage any more: backward's saved
    tensors count, views count once. On the meta device nothing is allocated, but storages live and die just the same,
    so the count is what a run of the same operations would need. What an operation needs inside itself is not seen.

    Parameters
    ----------
    outside : iterable of Tensor
        Tensors that were there before, such as weights; they never count, nor do views of them.

    Attributes
    ----------
    now, peak : int
        Bytes.
    """

    def __init__(self, outside: Iterable[torch.Tensor] = ()) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._outside = {tensor.untyped_storage()._cdata: tensor for tensor in outside}
        self._alive: dict[int, weakref.ref[torch.UntypedStorage]] = {}

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run one operation and count what it made."""
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, tuple | list) else (made,):
            if isinstance(tensor, torch.Tensor):
                self._count(tensor.untyped_storage())
        return made

    def _count(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key in self._outside or key in self._alive:
            return

        def gone(_: object) -> None:
            del self._alive[key]
            self.now -= size

        self._alive[key] = weakref.ref(storage, gone)
        self.now += size
        self.peak = max(self.peak, self.now)
