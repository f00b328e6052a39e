"""Keep memory that was freed in the process, for the next step to use again."""

from __future__ import annotations

import ctypes
import functools
import platform

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of ``mallopt``, from glibc's ``malloc.h``."""
KEPT = 1 << 30
"""Bytes: blocks up to this size come from the heap, and so much free memory at its end is not given back."""


@functools.cache
def keep_freed_memory() -> bool:
    """Raise the thresholds from which glibc gives freed memory back to the system.

    Every step of a training on the CPU takes and frees the same large arrays. By default the system is asked for
    their pages, zeroed, again each time. It holds for the whole process, is done once, and changes no result; the C
    libraries of other systems have no such thresholds.

    Returns
    -------
    bool
        Whether the thresholds were raised.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_TRIM_THRESHOLD, KEPT) and mallopt(_MMAP_THRESHOLD, KEPT))
