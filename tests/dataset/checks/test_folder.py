import numpy as np
import pytest
from PIL import Image

from unipixel.dataset import Canvas, check_training_folder
from unipixel.errors import CanvasError
from unipixel.image import save_png

CANVASES = (Canvas(64, 48), Canvas(48, 64))
THINGS = ("tree", "bush", "river", "cloud")


def picture(seed: int, canvas: Canvas = CANVASES[0], scale: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    native = rng.integers(0, 256, (9, 3)).astype(np.uint8)[rng.integers(0, 9, canvas.native_size(scale))]
    return native.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.fixture
def folder(tmp_path):
    """Four good images on two canvases, one of them in a kohya folder."""
    places = [("a-1", 0), ("a-2", 1), ("b-1", 0), ("2_nv-p1xel4rt/b-2", 1)]
    for seed, (name, at) in enumerate(places):
        save_png(tmp_path / f"{name}.png", picture(seed, CANVASES[at]))
        (tmp_path / f"{name}.txt").write_text(f"nv-p1xel4rt, masterpiece, {THINGS[seed]}\n")
    return tmp_path


def check(folder, **options):
    found = check_training_folder(folder, scale=8, canvases=CANVASES, trigger="nv-p1xel4rt", **options)
    assert all(finding.mend for finding in found)
    return [str(finding) for finding in found]


def test_a_good_folder_has_no_findings(folder):
    assert check(folder) == []
    assert check(folder, expected_per_canvas=2) == []


def test_one_pixel_off_the_grid_is_found(folder):
    image = picture(0)
    image[13, 21] ^= 1
    save_png(folder / "a-1.png", image)

    assert [text.split(" (")[0] for text in check(folder)] == ["a-1.png: 1 pixels are off the x8 grid"]


@pytest.mark.parametrize(
    ("caption", "problem"),
    [
        ("", "empty"),
        ("\n", "empty"),
        ("masterpiece, nv-p1xel4rt", "not with the trigger"),
        ("nv-p1xel4rt masterpiece", "not with the trigger"),
        ("nv-p1xel4rt,, tree", "an empty tag"),
        ("nv-p1xel4rt, tree, tree", "twice"),
        ("nv-p1xel4rt, tree\nnv-p1xel4rt, bush", "2 lines"),
        ("nv-p1xel4rt, {a|b}", "'{'"),
        ("nv-p1xel4rt, close-up, far away", "exclude each other"),
        ("\ufeffnv-p1xel4rt, tree", "byte order mark"),
        ("nv-p1xel4rt, " + ", ".join(f"thing{number}" for number in range(30)), "tokens"),
    ],
)
def test_captions_that_trainers_misread_are_found(folder, caption, problem):
    (folder / "a-1.txt").write_text(caption, encoding="utf-8")

    found = check(folder)
    assert len(found) == 1
    assert "a-1.png" in found[0]
    assert problem in found[0]


def test_missing_unreadable_and_orphan_captions_are_found(folder):
    (folder / "a-1.txt").unlink()
    (folder / "a-2.txt").write_bytes(b"nv-p1xel4rt, \xff")
    (folder / "c.txt").write_text("nv-p1xel4rt")

    found = check(folder)
    assert [text.split(":")[0] for text in found] == ["a-1.png", "a-2.png", "c.txt"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda image: image[:, :56], "is none of"),
        (lambda image: image[:44], "44 is not a multiple of 8"),
        (lambda image: np.dstack([image, np.full(image.shape[:2], 254, np.uint8)]), "transparent"),
    ],
)
def test_sizes_and_alpha_are_checked(folder, change, problem):
    save_png(folder / "a-1.png", change(picture(0)))

    assert any(problem in text and "a-1.png" in text for text in check(folder))


def test_too_many_colours_are_found(folder):
    assert sum("colours, more than 4" in text for text in check(folder, max_colors=4)) == 4


def test_unequal_counts_are_found(folder):
    (folder / "a-1.png").unlink()
    (folder / "a-1.txt").unlink()

    assert [text.split(" (")[0] for text in check(folder)] == [".: 1 images of 64x48, 2 wanted"]
    assert len(check(folder, expected_per_canvas=3)) == 2


def test_the_same_pixels_twice_are_found(folder):
    save_png(folder / "b-1.png", picture(0))

    assert "the same pixels as a-1.png" in check(folder)[0]


def test_files_that_lose_or_mislead_are_found(folder):
    Image.fromarray(picture(0)).save(folder / "a-1.jpg")
    (folder / "a-2.png").write_text("no picture")
    (folder / "x_y_z_1_2.png").write_bytes((folder / "b-1.png").read_bytes())
    (folder / "metadata_cache.json").write_text("{}")

    text = "\n".join(check(folder))
    for part in (".jpg file", "share one caption", "not a picture", "underscores", "metadata_cache.json", "no caption"):
        assert part in text


def test_an_empty_folder_is_a_finding_and_a_wrong_scale_an_error(tmp_path):
    assert check(tmp_path) == [".: no image in it (run: unipixel prepare)"]
    with pytest.raises(CanvasError):
        check_training_folder(tmp_path, scale=7, canvases=CANVASES, trigger="t")
