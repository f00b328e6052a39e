"""A run goes out with its data set, in the workspace's own numbers, and only what may go."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from unipixel.dataset.manifest import read_manifest, write_manifest
from unipixel.errors import DatasetError, ExportError, WorkspaceError
from unipixel.export import RUN_EXPORTERS
from unipixel.files import sha256
from unipixel.stages.exporting import export
from unipixel.stages.exporting_runs import export_run, plan_run
from unipixel.stages.licensing import set_provenance
from unipixel.stages.training import preview_prompts, settings_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BASE = "/models/illustrious.safetensors"


@pytest.fixture
def ready(captioned):
    set_provenance(captioned, {"licence": "CC0-1.0", "allow_train": "yes", "author": "Me"})
    return captioned


def snapshot(folder) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def options(folder) -> dict:
    """Of a run for kohya."""
    sections = tomllib.loads((folder / "config.toml").read_text("utf-8"))
    return {key: value for section in sections.values() for key, value in section.items()}


@pytest.mark.parametrize("to", RUN_EXPORTERS)
def test_the_same_run_gives_the_same_bytes_and_is_written_once(ready, tmp_path, to):
    first = export_run(ready, to, tmp_path / "out", base=BASE, root="/data/run")
    second = export_run(ready, to, tmp_path / "out", base=BASE, root="/data/run")
    export_run(ready, to, tmp_path / "other", base=BASE, root="/data/run")

    assert (first.wrote, second.wrote, first.train) == (True, False, 9)
    assert snapshot(tmp_path / "out") == snapshot(tmp_path / "other")
    assert set(first.files) == set(snapshot(tmp_path / "out")) - {"export.json"}


@pytest.mark.parametrize("to", RUN_EXPORTERS)
def test_the_data_set_is_that_of_export(ready, tmp_path, to):
    plain = {"train.caption_dropout": 0.0}
    export(ready, to, tmp_path / "data", root="/data/run")
    export_run(ready, to, tmp_path / "run", base=BASE, root="/data/run", overrides=plain)

    data, run = snapshot(tmp_path / "data"), snapshot(tmp_path / "run")
    assert {name: run[name] for name in data if name not in ("SETTINGS.md", "export.json")} == {
        name: content for name, content in data.items() if name not in ("SETTINGS.md", "export.json")
    }
    assert set(run) - set(data) <= {"config.toml", "prompts.json", "config.json", "samples.json", "config.yaml"}
    assert set(run) - set(data)


def test_the_page_and_the_manifest_say_what_it_is(ready, tmp_path):
    done = export_run(ready, "kohya", tmp_path / "out", base=BASE, run="second")
    said = json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))
    page = (tmp_path / "out" / "SETTINGS.md").read_text("utf-8")

    assert (said["to"], said["run"], said["images"]) == ("kohya", "second", 9)
    assert said["files"]["config.toml"] == sha256(tmp_path / "out" / "config.toml")
    assert all(f"- {note}" in page for note in done.settings)
    assert options(tmp_path / "out")["output_name"] == "second"


def test_a_plan_holds_the_numbers_of_the_recipe(ready):
    recipe = ready.recipe({"train.steps": 77, "watch.keep": 5, "watch.previews": 4, "train.flip": True})
    plan = plan_run(
        recipe, name="n", base=BASE, prediction_type="epsilon", zero_terminal_snr=False, output="/data/run-output"
    )

    assert plan.settings == settings_of(recipe)
    assert (plan.settings.steps, plan.keep, plan.showing.flip) == (77, 5, True)
    assert (plan.checkpoint_every, plan.preview_steps) == (recipe.train.checkpoint_every, recipe.watch.preview_steps)
    assert [one.prompt for one in plan.previews] == preview_prompts(recipe)
    assert [(one.width, one.height) for one in plan.previews] == [(128, 96), (96, 128), (112, 112), (128, 96)]
    assert [one.seed for one in plan.previews] == [recipe.sample.seed + index for index in range(4)]
    assert plan.previews[0].prompt.startswith("w0rd, masterpiece")


def test_a_base_that_is_here_is_written_whole_and_one_elsewhere_as_it_is(ready, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("model.safetensors").write_bytes(b"")

    def written(**given):
        export_run(ready, "kohya", tmp_path / "out", **given)
        return options(tmp_path / "out")["pretrained_model_name_or_path"]

    assert written(base="model.safetensors") == (tmp_path / "model.safetensors").as_posix()
    assert written(base="model.safetensors", root="/data/out") == "model.safetensors"
    assert written(base="Owner/model-xl") == "Owner/model-xl"


@pytest.mark.parametrize(("root", "output"), [(".", "../out-output"), ("/data/run/", "/data/run-output")])
def test_the_trainer_writes_beside_the_export(ready, tmp_path, root, output):
    export_run(ready, "kohya", tmp_path / "out", base=BASE, root=root)

    assert options(tmp_path / "out")["output_dir"] == output


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (False, False)),
        ({"prediction_type": "v_prediction"}, (True, True)),
        ({"prediction_type": "v_prediction", "zero_terminal_snr": False}, (True, False)),
    ],
)
def test_a_base_that_predicts_velocity_has_zero_terminal_snr_unless_told(ready, tmp_path, given, expected):
    export_run(ready, "kohya", tmp_path / "out", base=BASE, **given)

    said = options(tmp_path / "out")
    assert (said["v_parameterization"], said["zero_terminal_snr"]) == expected


def test_nobody_said_that_they_may_be_trained_on(ready, tmp_path):
    set_provenance(ready, {"allow_train": "unknown"}, ["art-1.png"])

    with pytest.raises(ExportError, match=r"1 of 9 images.*--allow-unlicensed"):
        export_run(ready, "kohya", tmp_path / "out", base=BASE)
    assert not (tmp_path / "out").exists()
    assert export_run(ready, "kohya", tmp_path / "out", base=BASE, allow_unlicensed=True).wrote


def test_faults_are_not_exported(ready, tmp_path):
    first, *others = read_manifest(ready.manifest)
    write_manifest(ready.manifest, [replace(first, rating="explicit"), *others])

    with pytest.raises(DatasetError, match=r"policy\.sexual"):
        export_run(ready, "onetrainer", tmp_path / "out", base=BASE)


def test_what_was_changed_or_is_somebody_elses_stays(ready, tmp_path):
    export_run(ready, "kohya", tmp_path / "out", base=BASE)
    config = tmp_path / "out" / "config.toml"
    config.write_text(config.read_text("utf-8") + "# mine\n", "utf-8")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("mine")

    with pytest.raises(ExportError, match=r"config\.toml.*--force"):
        export_run(ready, "kohya", tmp_path / "out", base=BASE)
    assert config.read_text("utf-8").endswith("# mine\n")
    with pytest.raises(ExportError, match="no export of UniPixel"):
        export_run(ready, "kohya", tmp_path / "thesis", base=BASE, force=True)
    assert snapshot(tmp_path / "thesis") == {"thesis.txt": b"mine"}
    assert export_run(ready, "kohya", tmp_path / "out", base=BASE, force=True).wrote


def test_another_number_replaces_the_export(ready, tmp_path):
    export_run(ready, "kohya", tmp_path / "out", base=BASE)

    assert export_run(ready, "kohya", tmp_path / "out", base=BASE, overrides={"train.steps": 7}).wrote
    assert options(tmp_path / "out")["max_train_steps"] == 7


def test_a_dry_run_writes_nothing(ready, tmp_path):
    done = export_run(ready, "ai-toolkit", tmp_path / "out", base=BASE, dry_run=True)

    assert (done.wrote, "config.yaml" in done.files) == (False, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("to", "given", "error", "words"),
    [
        ("simpletuner", {"base": BASE}, WorkspaceError, "Choose one of: kohya, onetrainer, ai-toolkit"),
        ("kohya", {"base": "micro"}, ExportError, r"embedded model 'micro'.*--base FILE\.safetensors"),
        ("kohya", {"base": BASE, "prediction_type": "v"}, WorkspaceError, "epsilon, v_prediction"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_read(workspace, tmp_path, to, given, error, words):
    with pytest.raises(error, match=words):
        export_run(workspace, to, tmp_path / "out", **given)


def test_without_images_it_says_what_to_do(workspace, tmp_path):
    with pytest.raises(WorkspaceError, match="unipixel prepare"):
        export_run(workspace, "kohya", tmp_path / "out", base=BASE)
