"""Bases to test on, made once a session."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from unipixel.diffusion import Base

HERE = Path(__file__).parent
if find_spec("torch") is None:  # without the extra [train] there is nothing to test here
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that a run can leave them out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.torch)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Keep to one thread: tests are small, and more only get in each other's way."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny v-prediction base with zero terminal SNR."""
    from diffusion.tiny_sdxl import write_base

    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def base(base_folder: Path) -> Base:
    """Load the tiny base."""
    from unipixel.diffusion import load_base

    return load_base(base_folder, device="cpu")


@pytest.fixture(scope="session")
def epsilon_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Load a tiny base that predicts noise, of one layer a block."""
    from diffusion.tiny_sdxl import write_base
    from unipixel.diffusion import load_base

    folder = write_base(tmp_path_factory.mktemp("epsilon"), v_prediction=False, layers_per_block=1)
    return load_base(folder, device="cpu")


@pytest.fixture(scope="session")
def art() -> Callable[..., np.ndarray]:
    """Make opaque x8 art of a few colours: ``art(seed, height, width)`` in native px."""

    def make(seed: int, height: int = 4, width: int = 4, scale: int = 8) -> np.ndarray:
        rng = np.random.default_rng(seed)
        native = np.full((height, width, 4), 255, np.uint8)
        native[..., :3] = rng.integers(0, 4, (height, width, 3)) * 60
        return native.repeat(scale, 0).repeat(scale, 1)

    return make
