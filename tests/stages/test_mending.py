"""Files that no image needs are removed; no other file is."""

import pytest

from unipixel.errors import WorkspaceError
from unipixel.image import load_image, save_png
from unipixel.stages.checking import check
from unipixel.stages.mending import forget_changed_native, list_leftovers, remove_leftovers
from unipixel.stages.preparing import prepare


@pytest.fixture
def littered(captioned):
    folder = next(captioned.training.glob("*x*"))
    (folder / "meta_cap.json").write_text("{}")
    (folder / "alone.txt").write_text("w0rd, cave\n")
    save_png(captioned.natives / "0123456789ab.png", load_image(next(captioned.natives.glob("*.png"))))
    return captioned


def names(workspace):
    return {workspace.relative(file) for file in workspace.root.rglob("*") if file.is_file()}


def test_leftovers_are_removed_and_nothing_else(littered):
    before, named = names(littered), {finding.file for finding in list_leftovers(littered)}
    assert len(named) == 3

    assert set(remove_leftovers(littered)) == named
    assert names(littered) == before - named
    assert check(littered) == []
    assert remove_leftovers(littered) == []


def test_those_that_are_named_alone(littered):
    (first, *_) = list_leftovers(littered)

    assert remove_leftovers(littered, [first.file]) == [first.file]
    assert len(list_leftovers(littered)) == 2


@pytest.mark.parametrize("name", ["recipe.toml", "dataset.jsonl", "../outside", "sources/art-0.png", "image"])
def test_whatever_is_no_leftover_stays(littered, name):
    file = littered.relative(littered.training_files()[0]) if name == "image" else name
    (littered.root / "../outside").write_text("mine")
    before = names(littered)

    with pytest.raises(WorkspaceError, match="no file that may be removed"):
        remove_leftovers(littered, [list_leftovers(littered)[0].file, file])
    assert names(littered) == before


def test_a_changed_native_is_made_anew(captioned):
    image = captioned.training_files()[0]
    native = captioned.natives / f"{image.stem.split('-')[0]}.png"
    whole = load_image(native)
    save_png(native, whole[::-1].copy())

    assert forget_changed_native(captioned, captioned.relative(image)) == native
    prepare(captioned)
    assert (load_image(native) == whole).all()
    with pytest.raises(WorkspaceError, match="as it was recovered"):
        forget_changed_native(captioned, captioned.relative(image))
