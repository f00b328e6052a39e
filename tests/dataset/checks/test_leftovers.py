"""Caches of trainers are dangerous where they are older than what they were made of."""

import os

import pytest

from unipixel.dataset.checks.leftovers import check_leftovers


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "training" / "64x48"
    folder.mkdir(parents=True)
    for ending in (".png", ".txt"):
        (folder / f"abc-r0c0{ending}").write_text("x")
        os.utime(folder / f"abc-r0c0{ending}", (1000, 1000))
    return folder


def check(place) -> list[str]:
    root = place.parents[1]
    found = check_leftovers(root, [root / "training"], [place / "abc-r0c0.png"])
    return [f"{finding.severity}: {finding.file}: {finding.problem}" for finding in found]


def cache(place, name: str, time: int) -> None:
    file = place / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("latents")
    os.utime(file, (time, time))


@pytest.mark.parametrize(
    "name",
    [
        "abc-r0c0.npz",
        "abc-r0c0_0064x0048_sdxl.npz",
        "abc-r0c0_te_outputs.npz",
        "_latent_cache/abc-r0c0_Xy-1.safetensors",
    ],
)
def test_a_cache_older_than_its_image_is_a_fault(place, name):
    cache(place, name, 2000)
    assert check(place) == []

    cache(place, name, 500)
    (found,) = check(place)
    assert found.startswith(f"fault: training/64x48/{name}")
    assert "older" in found


def test_a_changed_caption_outdates_a_cache_too(place):
    cache(place, "abc-r0c0.npz", 2000)
    os.utime(place / "abc-r0c0.txt", (3000, 3000))

    assert len(check(place)) == 1


def test_a_cache_of_nothing_is_a_note(place):
    cache(place, "gone-r0c0_sdxl.npz", 2000)

    assert check(place) == ["note: training/64x48/gone-r0c0_sdxl.npz: a trainer's cache of an image that is not there"]


@pytest.mark.parametrize("name", ["metadata_cache.json", "meta_cap.json", ".aitk_size.json"])
def test_lists_of_trainers_are_faults_at_any_depth(place, name):
    (place / name).write_text("{}")

    assert check(place)[0].startswith(f"fault: training/64x48/{name}")
