"""A workspace with a small training that was done once, copied for each test, and a studio that works on it."""

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stages.conftest import make_workspace, write_pictures
from unipixel.files import sha256
from unipixel.stages.captioning import write_captions
from unipixel.stages.evaluating import evaluate
from unipixel.stages.evaluation.candidate import run_candidate
from unipixel.stages.evaluation.drawing import evaluation_folder, prepare_evaluation
from unipixel.stages.evaluation.pages import write_evaluation
from unipixel.stages.preparing import prepare
from unipixel.stages.training import train
from unipixel.stages.workspace import Workspace
from unipixel.web.app import make_app
from unipixel.web.studio import Studio
from web.conftest import TOKEN

SMALL = {
    "train.steps": 6,
    "train.batch_size": 2,
    "train.checkpoint_every": 2,
    "lora.rank": 4,
    "watch.previews": 2,
    "watch.preview_steps": 2,
}
"""A training of a second or two."""


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory):
    """Nine images, and the run ``one`` of six steps with three checkpoints."""
    import torch

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    workspace = make_workspace(folder / "set", write_pictures(folder / "pictures"))
    prepare(workspace)
    write_captions(workspace)
    train(workspace, run="one", overrides=SMALL)
    return workspace


@pytest.fixture
def trained(trained_once, tmp_path):
    return Workspace(Path(shutil.copytree(trained_once.root, tmp_path / "set")))


FEW = """
[sample]
unseen = []
steps = 2
[evaluate]
themes = ["cow, grass"]
distances = []
lights = []
weights = []
seeds = 1
"""
"""An evaluation of a picture for each canvas with the LoRA, and as many of the other arms."""


@pytest.fixture(scope="session")
def evaluated_once(trained_once, tmp_path_factory):
    """The same workspace with an evaluation of the run, and its copy as that of the checkpoint at step 2."""
    workspace = Workspace(Path(shutil.copytree(trained_once.root, tmp_path_factory.mktemp("evaluated") / "set")))
    workspace.recipe_file.write_text(workspace.recipe_file.read_text() + FEW)
    run = workspace.run("one")
    folder = evaluation_folder(run, None)
    plan = prepare_evaluation(run_candidate(workspace, "one"), folder, base="micro")
    data = evaluate(plan, workers=1)
    other = Path(shutil.copytree(folder, evaluation_folder(run, 2)))
    lora = {**data["lora"], "step": 2, "sha256": sha256(run.root / "checkpoints" / "000002.safetensors")}
    write_evaluation({**data, "name": "one step 2", "lora": lora}, other)
    return workspace


@pytest.fixture
def evaluated(evaluated_once, tmp_path):
    return Workspace(Path(shutil.copytree(evaluated_once.root, tmp_path / "set")))


@pytest.fixture
def studio(trained):
    return Studio(root=trained.root)


@pytest.fixture
def client(access, studio):
    """A program that was given the token."""
    program = TestClient(make_app(access, studio), base_url="http://127.0.0.1:8420")
    program.headers["authorization"] = f"Bearer {TOKEN}"
    return program


def pause_after(workspace, run, steps):
    """A training that is stopped in order after so many steps."""
    seen = []

    def stop(event):
        if event.stage == "train" and event.done >= steps:
            seen.append(event.done)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(workspace, run=run, overrides=SMALL, progress=stop)
    return seen
