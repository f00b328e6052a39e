import csv
import json

import numpy as np
import pytest

from unipixel.image import save_png


@pytest.fixture
def folder(tmp_path):
    """A perfect picture, a noisy one, and a file that is none."""
    rng = np.random.default_rng(0)
    native = rng.integers(0, 256, (24, 30, 3)).astype(np.uint8)
    perfect = native.repeat(8, axis=0).repeat(8, axis=1)
    noisy = np.clip(perfect + rng.normal(0, 9, perfect.shape), 0, 255).astype(np.uint8)
    save_png(tmp_path / "art" / "a.png", perfect)
    save_png(tmp_path / "art" / "deep" / "b.png", noisy)
    (tmp_path / "art" / "c.png").write_bytes(b"no picture")
    return tmp_path / "art"


def test_a_folder_is_measured_whole_and_what_is_no_picture_is_said(run, folder):
    code, out, err = run("measure", folder, "--scale", "8")

    assert code == 1
    first, second, *total = out.splitlines()
    assert first.startswith(f"{folder / 'a.png'}: score 1.000")
    assert "drift 0.00 px, pitch 8.000 x 8.000, 0.0% mixels" in first
    assert str(folder / "deep" / "b.png") in second
    assert "c.png" in err
    assert total[0].startswith("2 pictures, 2 on the grid")
    assert any(line.split()[0] == "score" and "[" in line for line in total)


def test_json_has_a_line_for_each_and_one_for_the_sum(run, folder):
    code, out, _ = run("measure", folder, "--scale", "8", "--json")
    rows = [json.loads(line) for line in out.splitlines()]

    assert code == 1
    assert [sorted(set(row) & {"score", "problem", "summary"}) for row in rows] == [
        ["score"], ["problem"], ["score"], ["summary"],
    ]  # fmt: skip
    assert rows[-1]["summary"]["score"]["high"] == 1.0
    assert rows[0]["pitch"] == [8.0, 8.0]


def test_a_table_has_a_row_for_each(run, folder, tmp_path):
    run("measure", folder, "--scale", "8", "--csv", tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["file"] for row in rows] == [str(folder / name) for name in ("a.png", "c.png", "deep/b.png")]
    assert (rows[0]["score"], rows[0]["pitch_row"], rows[0]["best_offset_col"], rows[0]["problem"]) == (
        "1.0", "8.0", "0", "",
    )  # fmt: skip
    assert rows[1]["problem"]
    assert not rows[1]["score"]


def test_the_limit_is_the_exit_code(run, folder):
    assert run("measure", folder / "a.png", "--scale", "8", "--min", "1")[0] == 0
    assert run("measure", folder / "deep", "--scale", "8", "--min", "0.99")[0] == 1
    assert run("measure", folder / "deep", "--scale", "8", "--min", "0.1")[0] == 0


def test_what_cannot_be_measured_is_one_sentence(run, folder, tmp_path):
    (tmp_path / "empty").mkdir()

    code, _, err = run("measure", folder / "a.png")
    assert (code, "--scale 8" in err) == (2, True)
    code, _, err = run("measure", tmp_path / "empty", "--scale", "8")
    assert (code, "no pictures in this folder" in err) == (2, True)
    code, out, err = run("measure", tmp_path / "absent.png", "--scale", "8")
    assert (code, out, "absent.png" in err) == (1, "", True)


def test_pictures_without_a_grid_and_in_blocks_are_told(run, tmp_path):
    rng = np.random.default_rng(0)
    save_png(tmp_path / "noise.png", rng.integers(0, 256, (160, 160, 3)).astype(np.uint8))
    blocks = rng.integers(0, 256, (20, 20, 3)).astype(np.uint8)
    save_png(tmp_path / "blocks.png", blocks.repeat(16, axis=0).repeat(16, axis=1))

    assert "no lines to follow" in run("measure", tmp_path / "noise.png", "--scale", "8")[1]
    assert "all in blocks of 2 cells" in run("measure", tmp_path / "blocks.png", "--scale", "8")[1]
