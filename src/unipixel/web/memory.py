"""What the server keeps between two requests: as much as a bound allows, the longest unused forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class Memory:
    """Values by key with the bytes that each costs; safe for several threads.

    Parameters
    ----------
    limit : int
        Bytes of all values together. What costs more than this alone is not kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    @property
    def cost(self) -> int:
        """Bytes of what is kept."""
        return sum(cost for _, cost in self._kept.values())

    def get(self, key: Hashable) -> Any | None:
        """The value, or None where it was never kept or is forgotten."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, value: Any, cost: int) -> None:
        """Keep a value, and forget others until the bound holds."""
        with self._lock:
            self._kept[key] = (value, cost)
            self._kept.move_to_end(key)
            while self.cost > self._limit:
                self._kept.popitem(last=False)
