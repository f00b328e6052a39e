"""The cache of tensors: by content and maker, whole or absent, read without being loaded."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from unipixel.diffusion import cache as cache_module
from unipixel.diffusion.cache import TensorCache
from unipixel.errors import WorkspaceError
from unipixel.progress import Event

MAKER = {"base": "abc", "mode": "mean"}


def made(key: str) -> dict[str, torch.Tensor]:
    """Tensors that follow from a key."""
    rng = torch.Generator().manual_seed(int(key))
    return {"mean": torch.randn(3, 5, generator=rng), "count": torch.tensor([int(key)])}


def never(key: str) -> dict[str, torch.Tensor]:
    """Refuse to make anything."""
    raise AssertionError(f"{key} should be on disk")


def test_what_was_made_is_found_again_to_the_bit(tmp_path: Path) -> None:
    first = TensorCache(tmp_path, "latents", MAKER)
    first.fetch(["1", "2", "1"], made, stage="encode")
    again = TensorCache(tmp_path, "latents", MAKER)

    for key in ("2", "1"):
        found = again.get(key, never)
        assert {name: tensor.tolist() for name, tensor in found.items()} == {
            name: tensor.tolist() for name, tensor in made(key).items()
        }


def test_what_is_on_disk_is_not_loaded_before_it_is_used(tmp_path: Path) -> None:
    store = TensorCache(tmp_path, "latents", MAKER)
    store.get("1", lambda key: {"mean": torch.zeros(6 << 20)})  # 24 MB
    store.flush()

    def resident() -> int:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * 4096

    before = resident()
    tensor = TensorCache(tmp_path, "latents", MAKER).get("1", never)["mean"]
    opened = resident()
    assert tensor.sum() == 0

    assert opened - before < 8 << 20
    assert resident() - opened > 16 << 20


def test_another_maker_finds_nothing_and_says_so(tmp_path: Path) -> None:
    TensorCache(tmp_path, "latents", MAKER).fetch(["1"], made, stage="encode")
    TensorCache(tmp_path, "text", MAKER).fetch(["1"], made, stage="encode")
    other = TensorCache(tmp_path, "latents", {**MAKER, "base": "def"})
    events: list[Event] = []
    other.fetch(["1"], made, stage="encode", progress=events.append)

    assert events[0] == Event("encode", 0, 1, "the latents that lie there are of another base model or way; made anew")
    TensorCache(tmp_path, "latents", MAKER).get("1", never)


def test_files_are_written_when_they_are_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "FILE_BYTES", 100)
    store = TensorCache(tmp_path, "latents", MAKER)
    for key in ("1", "2", "3"):
        store.get(key, made)

    assert len(list(tmp_path.iterdir())) == 1, "two of 68 bytes fill a file, the third waits"
    kept = TensorCache(tmp_path, "latents", MAKER)
    assert torch.equal(kept.get("2", never)["mean"], made("2")["mean"])


@pytest.mark.parametrize("damage", ["cut", "header", "swapped"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    TensorCache(tmp_path, "latents", MAKER).fetch(["1"], made, stage="encode")
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    if damage == "swapped":
        TensorCache(tmp_path / "other", "latents", {"base": "x"}).fetch(["1"], made, stage="encode")
        file.write_bytes(next((tmp_path / "other").iterdir()).read_bytes())
    else:
        file.write_bytes(content[:-3] if damage == "cut" else b"nothing" + content)
    store = TensorCache(tmp_path, "latents", MAKER)
    assert store.notes == [f"{file.name} was damaged; made anew"]
    store.fetch(["1"], made, stage="encode")

    assert file.read_bytes() == content


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache_module, "write_atomic", full)
    with pytest.raises(WorkspaceError, match=r"can't be written \(No space left on device\). Make room"):
        TensorCache(tmp_path, "latents", MAKER).fetch(["1"], made, stage="encode")


def test_without_a_folder_it_is_kept_in_memory() -> None:
    store = TensorCache(None, "latents", MAKER)
    store.fetch(["1"], made, stage="encode")

    assert torch.equal(store.get("1", never)["mean"], made("1")["mean"])
