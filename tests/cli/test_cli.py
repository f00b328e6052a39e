"""The command line: results on standard output, one sentence per error, and exit codes."""

import errno
import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from unipixel.cli.app import VERBS
from unipixel.grid import upscale
from unipixel.image import load_image, save_png


@pytest.fixture
def art():
    rng = np.random.default_rng(1)
    colors = rng.integers(0, 256, (6, 3))[rng.integers(0, 6, (18, 22))]
    return np.dstack([colors, np.full((18, 22), 255)]).astype(np.uint8)


@pytest.fixture
def picture(tmp_path, art):
    return save_png(tmp_path / "picture.png", upscale(art, 8))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(run, verb):
    code, out, _ = run(verb, "--help")

    assert code == 0
    assert out.startswith(f"Usage: unipixel {verb}")


def test_a_misspelt_verb_is_told_the_nearest(run):
    code, _, err = run("convrt")

    assert code == 2
    assert "Did you mean convert?" in err


def test_detect_explains_in_a_picture_and_overwrites_none(run, picture, tmp_path):
    code, _, _ = run("detect", "--explain", tmp_path / "why", picture)
    assert code == 0
    assert load_image(tmp_path / "why" / "picture.png.grid.png").shape[2] == 4

    code, out, _ = run("detect", "--explain", tmp_path / "why", picture)
    assert code == 1
    assert "is there already" in out


def test_detect_says_it_in_words_and_in_json(run, picture):
    code, out, _ = run("detect", picture)
    assert code == 0
    assert "22x18" in out

    _, out, _ = run("detect", "--json", picture)
    assert json.loads(out)["native"] == [22, 18]
    assert json.loads(out)["sure"] is True


def test_convert_writes_true_pixel_art(run, picture, art, tmp_path):
    code, _, _ = run("convert", picture, "-o", tmp_path / "out", "--preset", "unipixel", "--colors", "32")

    assert code == 0
    assert np.array_equal(load_image(tmp_path / "out" / "picture.png"), art)
    with Image.open(tmp_path / "out" / "picture.png") as image:
        assert image.mode == "P"


def test_convert_keeps_what_is_there_unless_told(run, picture, tmp_path):
    out = tmp_path / "out"
    run("convert", picture, "-o", out)
    before = (out / "picture.png").read_bytes()

    code, _, err = run("convert", picture, "-o", out, "--palette", "game-boy")
    assert (code, (out / "picture.png").read_bytes()) == (0, before)
    assert "--force" in err

    code, _, _ = run("convert", picture, "-o", out, "--palette", "game-boy", "--force")
    assert code == 0
    assert (out / "picture.png").read_bytes() != before


def test_convert_never_overwrites_its_source(run, picture):
    before = picture.read_bytes()

    code, _, err = run("convert", picture, "-o", picture.parent, "--force")

    assert code == 1
    assert "overwrite the picture itself" in err
    assert picture.read_bytes() == before


def test_a_bad_file_is_reported_and_the_rest_goes_on(run, picture, tmp_path):
    bad = tmp_path / "cat.png"
    bad.write_text("I am text")

    code, out, err = run("convert", bad, picture, "-o", tmp_path / "out")

    assert code == 1
    assert "cat.png: not a picture" in err
    assert "picture.png" in out
    assert (tmp_path / "out" / "picture.png").exists()


def test_convert_to_one_file_of_another_format(run, picture, art, tmp_path):
    code, _, _ = run("convert", picture, "-o", tmp_path / "art.aseprite")

    assert code == 0
    assert np.array_equal(load_image(tmp_path / "art.aseprite"), art)


def test_convert_several_to_one_file_is_refused(run, picture, tmp_path):
    save_png(tmp_path / "other.png", load_image(picture))

    code, _, err = run("convert", picture, tmp_path / "other.png", "-o", tmp_path / "art.png")

    assert code == 2
    assert "2 pictures" in err


def test_convert_takes_a_list_on_standard_input(run, picture, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{picture}\n\n"))

    code, out, _ = run("convert", "-", "-o", tmp_path / "out", "--json")

    assert code == 0
    assert json.loads(out)["native"] == [22, 18]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--native-size", "22by18"], "WIDTHxHEIGHT"),
        (["--native-size", "0x18"], "out of range"),
        (["--offset", "1,1"], "--offset needs a --scale"),
        (["--colors", "many"], "'many' is not a valid integer"),
        (["--colors", "999"], "1<=x<=256"),
        (["--clean", "halo,shine"], "--clean shine is not known"),
        (["--palette", "no-such"], "no-such"),
        (["--watch"], "no folder to watch"),
    ],
)
def test_convert_refuses_nonsense_in_words(run, picture, tmp_path, options, says):
    code, _, err = run("convert", picture, "-o", tmp_path / "out", *options)

    assert code in (1, 2)
    assert says in err


def test_convert_knows_the_native_size_as_width_by_height(run, picture, art, tmp_path):
    code, _, _ = run("convert", picture, "-o", tmp_path / "out", "--native-size", "22x18")

    assert code == 0
    assert np.array_equal(load_image(tmp_path / "out" / "picture.png"), art)


def test_measure_pictures_and_the_limit(run, picture):
    code, out, _ = run("measure", picture, "--scale", "8", "--min", "0.99")
    assert code == 0
    assert "score 1.000" in out

    code, out, _ = run("measure", picture, "--scale", "16", "--min", "0.99", "--json")
    assert code == 1
    assert json.loads(out)["score"] < 0.99


def test_an_empty_folder_is_one_sentence(run, tmp_path):
    (tmp_path / "empty").mkdir()

    for args in (("convert", tmp_path / "empty"), ("prepare", tmp_path / "empty"), ("train", tmp_path / "absent")):
        code, _, err = run(*args)
        assert code == 2
        assert err.count("\n") <= 5


def test_a_workspace_through_the_verbs(run, picture, tmp_path):
    place = tmp_path / "my-art"
    assert run("new", place, "--preset", "demo")[0] == 0
    assert run("add", place, picture)[0] == 0
    code, _, err = run("prepare", place, "-s", "dataset.images_per_canvas=1", "-s", "dataset.crops_per_image=3")
    assert (code, "1 natives are sure" in err) == (0, True)
    assert run("caption", place)[0] == 0
    code, out, _ = run("check", place, "--json")
    assert code == 0
    assert not [finding for finding in json.loads(out) if finding["severity"] == "fault"]
    assert run("report", place)[0] == 0
    assert "<html" in (place / "report.html").read_text("utf-8")


def test_check_fails_where_a_training_image_left_its_grid(run, picture, tmp_path):
    place = tmp_path / "my-art"
    run("new", place, "--preset", "demo")
    run("add", place, picture)
    run("prepare", place, "-s", "dataset.images_per_canvas=1", "-s", "dataset.crops_per_image=3")
    run("caption", place)
    victim = next((place / "training").glob("*/*.png"))
    array = load_image(victim)
    array[3, 5, :3] ^= 255
    save_png(victim, array)

    code, out, _ = run("check", place)

    assert code == 1
    assert victim.name in out


def test_recipes_are_listed_shown_compared_and_checked(run, tmp_path):
    assert "mini-unipixel" in run("recipe", "ls")[1]
    assert "# ours:" in run("recipe", "show", "unipixel")[1]
    assert "scale: 8 -> 16" in run("recipe", "diff", "unipixel", "mini-unipixel")[1]
    (tmp_path / "bad.toml").write_text('extends = "unipixel"\nscal = 1\n')
    code, _, err = run("recipe", "check", tmp_path / "bad.toml")
    assert code == 2
    assert "Did you mean scale?" in err


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "no permission"), (errno.EROFS, "no permission")],
)
def test_what_the_system_refuses_is_one_sentence(run, picture, tmp_path, monkeypatch, number, words):
    def refuse(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("unipixel.files.os.fsync", refuse)

    code, _, err = run("convert", picture, "-o", tmp_path / "out")

    assert code == 2
    assert words in err
    assert not list((tmp_path / "out").iterdir())


def test_ctrl_c_says_how_to_go_on(run, picture, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("unipixel.cli.detect.load_image", stop)

    code, _, err = run("detect", picture)

    assert code == 130
    assert "run the same command again" in err
