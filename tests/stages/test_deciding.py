"""What is doubtful waits for a person, and what a person decides stays."""

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import GridMismatch, WorkspaceError
from unipixel.grid import recover
from unipixel.image import load_image, save_png
from unipixel.stages.deciding import Decision, decide, show_queue
from unipixel.stages.preparing import prepare, read_natives
from unipixel.stages.recovering import is_lossy, is_safe

from .conftest import draw, enlarge


@pytest.fixture
def doubtful(workspace):
    """A workspace with a JPEG of pixel art, which changes colours."""
    art = draw(90)
    Image.fromarray(enlarge(art, 240, 272)[..., :3].copy()).save(workspace.sources / "soft.jpg", quality=90)
    prepare(workspace)
    return workspace


def rows(workspace):
    from unipixel.dataset import read_manifest

    return [row for row in read_manifest(workspace.manifest) if row.source == "sources/soft.jpg"]


def test_the_queue_shows_each_doubtful_picture_with_its_candidates(doubtful):
    queue = show_queue(doubtful)

    assert [item.source for item in queue] == ["sources/soft.jpg"]
    assert queue[0].native_size == (30, 34)
    assert queue[0].reason
    picture = load_image(doubtful.root / queue[0].explanation)
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 20


def test_an_accepted_native_is_used_and_never_asked_for_again(doubtful):
    show_queue(doubtful)
    decide(doubtful, ["soft"], Decision(accept=True))

    prepare(doubtful)

    assert not show_queue(doubtful)
    assert not list(doubtful.doubtful.glob("*.png"))
    assert {row.state for row in rows(doubtful)} == {"decided"}
    assert rows(doubtful)[0].history[-1] == {"op": "decide", "accept": True}


def test_a_size_that_was_given_is_taken_and_made_anew_from_it_when_natives_are_gone(doubtful):
    decide(doubtful, ["soft.jpg"], Decision(native_size=(15, 17)))
    assert rows(doubtful)[0].native_size == (15, 17)
    file, _ = read_natives(doubtful)["soft"]
    before = file.read_bytes()
    for native in doubtful.natives.iterdir():
        native.unlink()

    prepare(doubtful)

    assert rows(doubtful)[0].native_size == (15, 17)
    assert read_natives(doubtful)["soft"][0].read_bytes() == before


def test_a_scale_with_its_offset(doubtful):
    decide(doubtful, ["soft.jpg"], Decision(scale=(8.0, 8.0), offset=(4.0, 0.0)))

    assert rows(doubtful)[0].native_size == (31, 34)
    assert rows(doubtful)[0].grid.offset == (4.0, 0.0)


def test_a_rejected_source_gives_no_image_and_can_be_reopened(doubtful):
    decide(doubtful, ["art-0"], Decision(reject=True))
    prepare(doubtful)
    assert not list(doubtful.training.glob(f"*/{read_natives(doubtful)['art-0'][0].stem}*"))

    decide(doubtful, ["art-0"], Decision(reopen=True))
    prepare(doubtful)

    assert read_natives(doubtful)["art-0"][1] == "sure"


def test_what_does_not_fit_changes_nothing(doubtful):
    before = doubtful.manifest.read_bytes()

    with pytest.raises(WorkspaceError, match="no such source"):
        decide(doubtful, ["art-0", "elsewhere"], Decision(reject=True))
    with pytest.raises(GridMismatch):
        decide(doubtful, ["soft"], Decision(native_size=(9999, 9999)))
    with pytest.raises(WorkspaceError, match="one thing"):
        Decision(accept=True, reject=True)
    decide(doubtful, ["soft"], Decision(reject=True), dry_run=True)

    assert doubtful.manifest.read_bytes() == before


def test_specks_are_read_through_but_what_covers_cells_wants_a_look():
    picture = enlarge(draw(3), 240, 272)
    specked, covered = picture.copy(), picture.copy()
    specked[37, 55, :3] ^= 255
    specked[201, 17, :3] ^= 255
    covered[30:52, 40:49, :3] = 255

    assert is_safe(recover(specked))
    assert not recover(specked).is_sure
    assert (recover(specked).native == draw(3)).all()
    assert not is_safe(recover(covered))


def test_a_bar_off_the_grid_wants_a_look_though_thinner_cells_are_exact():
    picture = enlarge(draw(3), 240, 272)
    picture[:20] = (40, 40, 40, 255)

    assert recover(picture).is_sure
    assert not is_safe(recover(picture))


def test_colours_of_lossy_files_are_never_certain(tmp_path):
    picture = enlarge(draw(3), 240, 272)
    save_png(tmp_path / "a.png", picture)
    Image.fromarray(picture).save(tmp_path / "b.webp", lossless=True)
    Image.fromarray(picture).save(tmp_path / "c.webp", quality=95)
    Image.fromarray(picture[..., :3].copy()).save(tmp_path / "d.jpg", quality=100)

    assert [is_lossy(tmp_path / name) for name in ("a.png", "b.webp", "c.webp", "d.jpg")] == [False, False, True, True]
    assert not is_safe(recover(picture), lossy=True)
