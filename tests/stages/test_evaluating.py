"""An evaluation from a LoRA file to its report, small: planned, drawn once, measured, resumed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unipixel.dataset.canvas import Canvas
from unipixel.errors import OptionError, WorkspaceError
from unipixel.image import load_image, save_png
from unipixel.image import read_metadata as read_notes
from unipixel.lora import describe, pack
from unipixel.recipe import flatten, load_recipe
from unipixel.sampling import open_lora
from unipixel.stages.evaluating import evaluate
from unipixel.stages.evaluation import drawing
from unipixel.stages.evaluation.candidate import checkpoints_of, file_candidate, nearest_preset, run_candidate
from unipixel.stages.evaluation.drawing import evaluation_folder, prepare_evaluation
from unipixel.stages.workspace import Workspace

SMALL = {
    "trigger": "w0rd",
    "dataset.canvases": ["64x48"],
    "sample.unseen": ["64x64"],
    "sample.steps": 2,
    "evaluate.themes": ["cow, grass"],
    "evaluate.distances": ["close-up", "far away"],
    "evaluate.lights": ["night"],
    "evaluate.seeds": 1,
    "evaluate.weights": [0.5, 1.0],
}
ARMS = {"lora": 12, "base": 2, "no-trigger": 2, "weight 0.5": 2}


def notes(**changes):
    recipe = load_recipe("demo", {**SMALL, **changes})
    return describe(title="mine", trigger=recipe.trigger, recipe={**flatten(recipe), "name": "mine"})


def lora_file(file, metadata, fill=0):
    header, data = pack({"x": ("F32", (1,), bytes([fill, 0, 0, 0]))}, metadata)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(header + data)
    return file


class TestWhatIsPlanned:
    def test_the_whole_matrix_with_the_lora_and_its_neutral_part_in_the_other_arms(self, tmp_path):
        candidate = file_candidate(lora_file(tmp_path / "mine.safetensors", notes()), base="micro")
        other = open_lora(lora_file(tmp_path / "other.safetensors", {"modelspec.trigger_phrase": "0ther"}, 1), 0.7)

        plan = prepare_evaluation(candidate, tmp_path / "out", base="micro", others=(other,))

        counts = plan.counts()
        assert {arm: row["pictures"] for arm, row in counts.items()} == {**ARMS, "with other": 2}
        assert len({each.file for each in plan.drawn}) == 20
        by_arm = {cell.arm: cell for cell in plan.cells if not (cell.distance or cell.light)}
        assert by_arm["lora"].drawing.prompt == "w0rd, masterpiece, pixel art, cow, grass"
        assert by_arm["base"].drawing.prompt == by_arm["lora"].drawing.prompt
        assert by_arm["base"].drawing.loras == ()
        assert by_arm["no-trigger"].drawing.prompt == "masterpiece, pixel art, cow, grass"
        assert [lora.weight for lora in by_arm["weight 0.5"].drawing.loras] == [0.5]
        assert by_arm["with other"].drawing.prompt.startswith("w0rd, 0ther, masterpiece")
        assert [lora.weight for lora in by_arm["with other"].drawing.loras] == [1.0, 0.7]
        far = [cell for cell in plan.cells if (cell.distance, cell.light) == ("far away", "night")]
        assert {cell.drawing.prompt for cell in far} == {"w0rd, masterpiece, pixel art, cow, grass, far away, night"}
        assert {(str(cell.canvas), cell.seen) for cell in plan.cells} == {("64x48", True), ("64x64", False)}
        assert not (tmp_path / "out").exists()
        with pytest.raises(OptionError, match="one name"):
            prepare_evaluation(candidate, tmp_path / "out", base="micro", others=(other, replace(other, weight=1.0)))

    def test_more_seeds_draw_only_what_is_new(self, tmp_path):
        file = lora_file(tmp_path / "mine.safetensors", notes())
        one, two = (
            prepare_evaluation(file_candidate(file, base="micro", overrides=more), tmp_path, base="micro")
            for more in ({}, {"evaluate.seeds": 2})
        )

        assert {each.file for each in one.drawn} < {each.file for each in two.drawn}

    def test_a_lora_is_evaluated_by_the_recipe_that_it_holds(self, tmp_path):
        candidate = file_candidate(
            lora_file(tmp_path / "mine.safetensors", notes(scale=16)),
            base="x.safetensors",
            overrides={"sample.steps": 3},
        )

        assert (candidate.recipe.name, candidate.recipe.scale, candidate.trigger) == ("mine", 16, "w0rd")
        assert candidate.recipe.dataset.canvases == (Canvas(64, 48),)
        assert candidate.recipe.sample.steps == 3
        assert candidate.preset == "demo"
        assert candidate.changes["trigger"] == ["nv-cr4ft3r", "w0rd"]
        assert "name" not in candidate.changes

    def test_a_foreign_one_by_the_preset_that_suits_the_base(self, tmp_path):
        plain = file_candidate(lora_file(tmp_path / "a.safetensors", {}), base="micro")
        told = file_candidate(
            lora_file(tmp_path / "b.safetensors", {"modelspec.trigger_phrase": "style"}), base="x.safetensors"
        )
        nonsense = lora_file(tmp_path / "c.safetensors", {"unipixel.recipe": '{"scale": -3, "name": 7, "x": []}'})

        assert (plain.preset, plain.trigger) == ("demo", "")
        assert {cell.arm for cell in prepare_evaluation(plain, tmp_path, base="micro").cells} == {
            "lora", "base", "weight 0.5",
        }  # fmt: skip
        assert (told.preset, told.trigger) == ("unipixel", "style")
        assert file_candidate(nonsense, base="micro").recipe == plain.recipe
        assert file_candidate(nonsense, base="micro", overrides={"trigger": "own"}).trigger == "own"

    def test_a_run_is_asked_as_its_workspace_says_but_is_what_it_was_trained_as(self, tmp_path):
        workspace = Workspace.create(tmp_path / "work", preset="unipixel")
        workspace.recipe_file.write_text('extends = "unipixel"\ntrigger = "later"\n[evaluate]\nseeds = 7\n')
        place = workspace.run("first")
        lora_file(place.lora, notes())
        lora_file(place.root / "checkpoints" / "000100.safetensors", notes())

        whole, early = (run_candidate(workspace, "first", step=step) for step in (None, 100))

        assert (whole.trigger, whole.recipe.evaluate.seeds, whole.name, whole.step) == ("w0rd", 7, "first", None)
        assert (early.name, early.step) == ("first step 100", 100)
        assert list(checkpoints_of(place)) == [100]
        assert evaluation_folder(place, 100).name == "evaluation-step-100"
        with pytest.raises(WorkspaceError, match="Kept are: 100"):
            run_candidate(workspace, "first", step=200)
        with pytest.raises(WorkspaceError, match="unipixel train"):
            run_candidate(workspace, "second")

    def test_every_preset_is_nearest_to_itself(self):
        for name in ("unipixel", "mini-unipixel", "demo"):
            assert nearest_preset(flatten(load_recipe(name))) == name


def micro_lora(folder, seed=3, **changes):
    """A LoRA for the micro base that does something."""
    from unipixel.diffusion import load_base, save_lora
    from unipixel.stages.base import base_path

    return _shaken(load_base(base_path("micro"), device="cpu"), folder, seed, notes(**changes), save_lora)


def _shaken(base, folder, seed, metadata, save_lora):
    import torch

    from unipixel.diffusion import add_lora, remove_loras

    weights = add_lora(base.unet, rank=4, alpha=4.0, seed=seed, targets="attention")
    with torch.no_grad():
        for weight in weights:
            weight += 0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(seed))
    file = save_lora(base.unet, base.layout, folder / f"mine-{seed}.safetensors", metadata=metadata)
    remove_loras(base.unet)
    return file


def refuse(*args, **kwargs):
    raise AssertionError("a model was loaded")


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """A finished evaluation of the micro base: its folder and LoRA. Not to be written to."""
    pytest.importorskip("torch").set_num_threads(1)
    folder = tmp_path_factory.mktemp("evaluated")
    lora = micro_lora(folder)
    evaluate(prepare_evaluation(file_candidate(lora, base="micro"), folder / "evaluation", base="micro"), workers=1)
    return folder / "evaluation", lora


@pytest.mark.torch
class TestOnTheMicroBase:
    def test_the_report_holds_all_of_it(self, evaluated):
        folder, lora = evaluated

        data = json.loads((folder / "report.json").read_text("utf-8"))

        assert (data["kind"], data["format"], data["name"], data["scale"]) == ("evaluation", 1, "mine", 8)
        assert data["lora"]["file"] == f"../{lora.name}"
        assert (data["lora"]["trigger"], data["lora"]["step"], len(data["base"]["hash"])) == ("w0rd", None, 64)
        assert data["recipe"]["sample.steps"] == 2
        assert data["changes"]["evaluate.seeds"] == [2, 1]
        assert {row["arm"]: row["n"] for row in data["discipline"] if row["size"] == "64x48"} == {
            arm: count // 2 for arm, count in ARMS.items()
        }
        assert {(row["arm"], row["n"]) for row in data["differences"]} == {
            ("base", 1), ("no-trigger", 1), ("weight 0.5", 1),
        }  # fmt: skip
        assert data["distance"]["n"] + data["distance"]["unmeasured"] == 8
        assert [(row["word"], row["n"]) for row in data["lights"]] == [("night", 6)]
        assert (data["memorisation"], data["adherence"], data["diversity"]) == (None, [], [])
        assert not data["verdict"]["good"]
        assert len(data["samples"]) == sum(ARMS.values())

    def test_every_sample_lies_where_it_says_with_its_settings(self, evaluated):
        folder, _ = evaluated
        data = json.loads((folder / "report.json").read_text("utf-8"))

        for row in data["samples"]:
            width, height = map(int, row["size"].split("x"))
            assert load_image(folder / row["file"]).shape == (height, width, 4)
            assert load_image(folder / row["native"]).shape == (height // 8, width // 8, 4)
            text = read_notes(folder / row["file"])["parameters"]
            assert text.startswith(row["prompt"])
            assert f"Seed: {row['seed']}," in text
            assert ("<lora:" in text) == (row["arm"] != "base")
            assert 0 <= row["score"] <= 1
            assert row["seen"] == (row["size"] == "64x48")
        pictures = {row["arm"]: load_image(folder / row["file"]) for row in reversed(data["samples"]) if row["seen"]}
        assert all(not np.array_equal(pictures["lora"], pictures[arm]) for arm in ARMS if arm != "lora")

    def test_a_finished_one_is_told_again_without_a_model(self, evaluated, monkeypatch):
        folder, lora = evaluated
        before = (folder / "report.json").read_bytes()
        monkeypatch.setattr(drawing, "open_base", refuse)

        evaluate(prepare_evaluation(file_candidate(lora, base="micro"), folder, base="micro"), workers=1)

        assert (folder / "report.json").read_bytes() == before

    def test_a_stopped_one_goes_on(self, evaluated, tmp_path, monkeypatch):
        _, lora = evaluated
        plan = prepare_evaluation(file_candidate(lora, base="micro"), tmp_path / "mine", base="micro")

        def stop(event):
            if event.done == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            evaluate(plan, batch_size=1, workers=1, progress=stop)
        again = prepare_evaluation(file_candidate(lora, base="micro"), tmp_path / "mine", base="micro")

        assert sum(row["planned"] for row in again.counts().values()) == sum(ARMS.values()) - 3
        assert not (tmp_path / "mine" / "report.json").exists()

    def test_a_checkpoint_borrows_the_arm_without_lora(self, evaluated, tmp_path):
        folder, _ = evaluated
        lora = micro_lora(tmp_path, seed=4, **{"evaluate.distances": [], "evaluate.lights": [], "evaluate.weights": []})
        beside = folder.with_name("evaluation-step-2")
        plan = prepare_evaluation(file_candidate(lora, base="micro"), beside, base="micro")
        seen = []

        evaluate(plan, workers=1, progress=seen.append)

        assert sum(event.stage == "sample" for event in seen) == 1 + 2 + 2  # the start, lora and no-trigger
        for each in plan.drawn:
            if not each.drawing.loras:
                assert each.file.read_bytes() == (folder / "samples" / each.file.name).read_bytes()

    def test_pictures_of_another_base_of_the_same_name_are_not_mixed(self, evaluated, tmp_path):
        _, lora = evaluated
        (tmp_path / "samples").mkdir()
        (tmp_path / "samples" / "base.json").write_text('{"name": "micro", "hash": "other"}')

        with pytest.raises(WorkspaceError, match="another base of the same name"):
            evaluate(prepare_evaluation(file_candidate(lora, base="micro"), tmp_path, base="micro"), workers=1)

    def test_one_that_draws_its_training_images_is_caught(self, evaluated, tmp_path):
        folder, lora = evaluated
        candidate = file_candidate(lora, base="micro")
        drawn = [each for each in prepare_evaluation(candidate, folder, base="micro").drawn if each.drawing.loras]
        learnt = []
        for place, each in enumerate(drawn[:12:2]):
            native = load_image(each.native)[:, :: -1 if place % 2 else 1]
            learnt.append(save_png(tmp_path / f"{place}.png", native.repeat(8, 0).repeat(8, 1)))
        strange = replace(candidate, training=tuple(learnt))

        data = evaluate(prepare_evaluation(strange, folder, base="micro"), workers=1)

        nearest = {row["file"]: row["nearest"] for row in data["samples"]}
        found = nearest[f"samples/{drawn[0].file.name}"]
        assert (Path(found["file"]).name, found["distance"] < 1e-3) == ("0.png", True)
        assert data["memorisation"]["copies"] >= 6
        evaluate(prepare_evaluation(candidate, folder, base="micro"), workers=1)  # as it was


@pytest.mark.torch
def test_a_model_of_sdxls_layout_and_a_clip_model(tmp_path):
    import torch

    from diffusion.tiny_clip import write_clip
    from diffusion.tiny_sdxl import write_base
    from unipixel.diffusion import load_base, save_lora

    torch.set_num_threads(1)
    base = write_base(tmp_path / "model")
    small = notes(**{"evaluate.distances": [], "evaluate.weights": []})
    lora = _shaken(load_base(base, device="cpu"), tmp_path, 5, small, save_lora)
    candidate = file_candidate(lora, base=str(base))

    data = evaluate(
        prepare_evaluation(candidate, tmp_path / "out", base=str(base)),
        clip=write_clip(tmp_path / "clip"),
        device="cpu",
        workers=1,
    )

    assert {row["arm"]: row["n"] for row in data["adherence"]} == {"lora": 4, "base": 2, "no-trigger": 2}
    assert all(-1 <= row["adherence"] <= 1 for row in data["samples"])
    assert len({row["adherence"] for row in data["samples"]}) > 1
    assert data["distance"] is None
