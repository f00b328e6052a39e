"""``unipixel sample`` as a person meets it: two forms, and what is said where they are mixed."""

import json

import pytest

from unipixel.lora import pack
from unipixel.stages.workspace import Workspace


@pytest.fixture
def lora(tmp_path):
    notes = {"unipixel.recipe": json.dumps({"scale": 8}), "modelspec.trigger_phrase": "w0rd"}
    header, data = pack({"x": ("F32", (1,), bytes(4))}, notes)
    file = tmp_path / "style.safetensors"
    file.write_bytes(header + data)
    return file


def planned(run, *args):
    code, out, err = run("sample", *args, "--dry-run", "--json")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def test_a_plan_says_all_that_will_be_drawn(run, lora, tmp_path):
    rows = planned(
        run, "--prompt", "cat", "--prompt", "w0rd, dog", "--lora", f"{lora}:0.8", "--seed", "1-2",
        "--size", "128x96", "--size", "96x128", "--steps", "5", "--guidance", "1.5", "--sampler", "heun",
        "--negative", "dark", "-o", tmp_path / "out",
    )  # fmt: skip

    assert len(rows) == 8
    assert {row["prompt"] for row in rows} == {"w0rd, cat", "w0rd, dog"}
    assert {row["size"] for row in rows} == {"128x96", "96x128"}
    assert {row["seed"] for row in rows} == {1, 2}
    assert rows[0]["loras"] == [{"file": str(lora), "weight": 0.8}]
    assert (rows[0]["steps"], rows[0]["guidance"], rows[0]["sampler"]) == (5, 1.5, "heun")
    assert rows[0]["negative_prompt"] == "dark"
    assert rows[0]["native"].startswith(str(tmp_path / "out" / "native"))
    assert not (tmp_path / "out").exists()


def test_prompts_of_a_file_and_no_trigger(run, lora, tmp_path):
    (tmp_path / "p.txt").write_text("# mine\n\ncat\n  dog, day \n", "utf-8")

    rows = planned(run, "--prompts", tmp_path / "p.txt", "--lora", lora, "--no-trigger")

    assert [row["prompt"] for row in rows] == ["cat", "dog, day"]


def test_weights_are_compared_and_one_is_without_the_lora(run, lora):
    rows = planned(run, "--prompt", "cat", "--lora", f"{lora}:0", "--lora-weights", "0,0.5,1")

    assert [row["loras"][0]["weight"] for row in rows] == [0, 0.5, 1]
    assert {row["prompt"] for row in rows} == {"w0rd, cat"}


def test_a_workspace_gives_its_lora_and_its_recipe(run, lora, tmp_path):
    workspace = Workspace.create(tmp_path / "my-art", preset="unipixel")
    code, _, err = run("sample", workspace.root, "--prompt", "cat")
    assert code == 2
    assert "unipixel train" in err
    workspace.run().lora.parent.mkdir(parents=True)
    lora.rename(workspace.run().lora)

    (row,) = planned(run, workspace.root, "--prompt", "cat", "-s", "sample.lora_weight=0.7", "-s", "sample.steps=9")

    assert row["prompt"] == "w0rd, cat"
    assert row["loras"] == [{"file": str(workspace.run().lora), "weight": 0.7}]
    assert (row["steps"], row["size"], row["sampler"]) == (9, "1152x896", "euler-a")
    assert row["file"].startswith(str(workspace.run().root / "drawings"))


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--steps", "3"], "--steps is for drawing prompts"),
        (["--guidance", "0"], "--guidance is for drawing prompts"),
        (["--grid"], "--sheet is for drawing prompts"),
        (["--prompt", "x", "-s", "train.steps=1"], "are of a workspace"),
        (["--prompt", "x", "--lora-weights", "1,x"], "such as 0,0.5,1"),
        (["--prompt", "x", "--batch-size", "many"], "a number of pictures, or auto"),
        (["--prompt", "x", "--size", "100x100"], "multiples of 8"),
        (["--prompt", "x <lora:y:1>"], "--lora y.safetensors"),
        (["--prompt", "x", "--lora", "none.safetensors"], "none.safetensors: cannot be read"),
        (["nowhere", "--prompt", "x"], "unipixel new nowhere"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(run, args, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code, out, err = run("sample", *args)

    assert (code, out) == (2, "")
    assert told in err


def test_a_file_without_prompts_is_told(run, tmp_path):
    (tmp_path / "p.txt").write_text("# none\n")
    (tmp_path / "q.txt").write_bytes(b"\xff\xfe\x00")

    assert "no prompt in it" in run("sample", "--prompts", tmp_path / "p.txt")[2]
    assert "UTF-8" in run("sample", "--prompts", tmp_path / "q.txt")[2]


@pytest.mark.torch
def test_a_picture_is_drawn_and_found_again(run, tmp_path):
    import torch

    torch.set_num_threads(1)
    args = ["--prompt", "cow", "--size", "64x64", "--steps", "1", "--scale", "8", "-o", tmp_path, "--sheet"]

    code, out, err = run("sample", *args)

    assert code == 0
    assert "cow-s1-" in out
    assert "1 drawn" in err
    assert len(list(tmp_path.glob("sheet-64x64-*.png"))) == 1
    assert "1 kept" in run("sample", *args)[2]
