"""Keep diffusers and transformers from writing to the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import diffusers
import transformers


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep diffusers and transformers from writing bars and advice to the terminal; real errors are raised anyway."""
    before = (diffusers.logging.get_verbosity(), transformers.logging.get_verbosity())
    bars = diffusers.logging.is_progress_bar_enabled(), transformers.logging.is_progress_bar_enabled()
    for library in (diffusers, transformers):
        library.logging.set_verbosity_error()
        library.logging.disable_progress_bar()
    try:
        yield
    finally:
        for library, verbosity, bar in zip((diffusers, transformers), before, bars, strict=True):
            library.logging.set_verbosity(verbosity)
            if bar:
                library.logging.enable_progress_bar()
