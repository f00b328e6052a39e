"""``unipixel evaluate`` and ``compare`` as a person meets them."""

import json

import pytest

from stages.evaluation_data import report
from unipixel.lora import pack
from unipixel.stages.workspace import Workspace


def lora_at(file):
    header, data = pack({"x": ("F32", (1,), bytes(4))}, {})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(header + data)
    return file


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.create(tmp_path / "art", preset="demo")
    lora_at(made.run().lora)
    lora_at(made.run().root / "checkpoints" / "000100.safetensors")
    return made


def test_a_plan_counts_the_pictures_of_each_arm(run, workspace):
    code, out, err = run("evaluate", workspace.root, "--dry-run", "-s", "evaluate.seeds=1")

    assert code == 0, err
    assert out.splitlines()[0] == f"art: {workspace.run().root / 'evaluation'}"
    assert "lora                        36 pictures, 36 of them to draw" in out
    assert "all                         72 pictures, 72 of them to draw" in out
    assert not (workspace.run().root / "evaluation").exists()


def test_checkpoints_have_folders_of_their_own_and_a_run_is_a_target_too(run, workspace):
    _, out, _ = run("evaluate", workspace.run().root, "--checkpoints", "--dry-run", "--json")

    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == ["art", "art step 100"]
    assert rows[1]["folder"].endswith("runs/art/evaluation-step-100")
    assert rows[0]["arms"]["lora"] == {"pictures": 72, "planned": 72}


def test_a_lora_file_goes_where_one_says_with_others_stacked(run, tmp_path):
    file, other = lora_at(tmp_path / "mine.safetensors"), lora_at(tmp_path / "style.safetensors")

    _, out, _ = run("evaluate", file, "-o", tmp_path / "out", "--lora", f"{other}:0.6", "--dry-run", "--json")

    (row,) = map(json.loads, out.splitlines())
    assert row["folder"] == str(tmp_path / "out")
    assert row["arms"]["with style"]["pictures"] == row["arms"]["base"]["pictures"] == 24


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["x.safetensors"], "-o FOLDER"),
        (["x.safetensors", "-o", "y", "--checkpoints"], "are of a workspace"),
        (["x.safetensors", "-o", "y"], "x.safetensors: cannot be read"),
        (["art", "--workspace", "art"], "--workspace is for a LoRA file"),
        (["art", "--checkpoint", "7"], "Kept are: 100"),
        (["art", "--checkpoints", "--checkpoint", "7"], "neither"),
        (["art", "--checkpoints", "-o", "y"], "neither"),
        (["art", "--run", "none"], "unipixel train"),
        (["art/runs/none"], "there is no LoRA yet"),
        (["nowhere"], "unipixel new nowhere"),
        (["art", "-s", "evaluate.lights=['disco']"], "what 'disco' does to a palette is not known"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(run, workspace, args, told, monkeypatch):
    monkeypatch.chdir(workspace.root.parent)

    code, out, err = run("evaluate", *args, "--dry-run")

    assert (code, out) == (2, "")
    assert told in err


def test_a_comparison_recommends_one_and_says_why(run, tmp_path):
    for name, score in (("low", 0.6), ("high", 0.8)):
        folder = tmp_path / name
        folder.mkdir()
        data = report(name, lambda row, score=score: {"score": score + 0.01 * row["seed"]})
        (folder / "report.json").write_text(json.dumps(data))

    code, out, err = run("compare", tmp_path / "low", tmp_path / "high", "-o", tmp_path / "out")

    assert code == 0, err
    assert "Recommended: high" in out
    assert "low minus high: score -0.2000 [-0.2000, -0.2000], 72 pairs" in out
    assert "low scores below high beyond chance" in out
    assert (tmp_path / "out" / "report.json").exists()
    _, as_json, _ = run("compare", tmp_path / "low", tmp_path / "high", "--json")
    assert json.loads(as_json)["recommended"] == "high"
    assert run("compare", tmp_path / "low")[0] == 2
