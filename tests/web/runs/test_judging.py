"""Evaluations and releases by the API: side by side, the same prompt in each, and given away with a card."""

import io
import json
import shlex
import zipfile

import pytest

from unipixel.cli.app import main
from unipixel.errors import ExportError, WorkspaceError
from unipixel.image import load_image
from unipixel.image import read_metadata as read_notes
from unipixel.lora import read_metadata
from unipixel.stages.comparing import compare
from unipixel.stages.releasing import release_of, write_release
from unipixel.stages.runs import known_run
from unipixel.web.studio import Studio

pytestmark = pytest.mark.torch


@pytest.fixture
def studio(evaluated):
    return Studio(root=evaluated.root)


def test_evaluations_are_told_with_the_one_that_the_command_recommends(client, evaluated):
    told = client.get("/api/evaluations").json()
    compared = compare([evaluated.root])

    assert [each["id"] for each in told["evaluations"]] == ["one", "one step 2"]
    assert [each["step"] for each in told["evaluations"]] == [None, 2]
    assert told["recommended"] == compared["recommended"]
    assert told["reasons"] == compared["reasons"]
    assert told["problem"] == ""
    for each, row in zip(told["evaluations"], compared["candidates"], strict=True):
        assert {name: each[name] for name in ("on_grid", "n", "score")} == {
            name: row[name] for name in ("on_grid", "n", "score")
        }


def test_what_can_not_be_compared_is_said(client, evaluated):
    file = evaluated.run("one").root / "evaluation-step-2" / "report.json"
    data = json.loads(file.read_text())
    file.write_text(json.dumps({**data, "scale": 16}))

    told = client.get("/api/evaluations").json()

    assert told["recommended"] is None
    assert "x16" in told["problem"]
    assert len(told["evaluations"]) == 2


def test_one_of_another_version_is_left_out_and_one_alone_recommends_nothing(client, evaluated):
    file = evaluated.run("one").root / "evaluation-step-2" / "report.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 0}))

    told = client.get("/api/evaluations").json()

    assert [each["id"] for each in told["evaluations"]] == ["one"]
    assert (told["recommended"], told["problem"]) == (None, "")


def test_the_same_prompt_and_seed_is_found_in_both(client):
    first, second = (client.get(f"/api/evaluations/{id}/samples").json() for id in ("one", "one step 2"))
    place = ["arm", "theme", "distance", "light", "size", "seed"]

    places = [{tuple(row[name] for name in place) for row in rows} for rows in (first, second)]
    assert places[0] == places[1]
    assert {row["arm"] for row in first} == {"lora", "base"}
    row = next(row for row in first if row["size"] == "128x96")
    drawn = client.get(f"/api/evaluations/one/samples/{row['file']}")
    native = client.get(f"/api/evaluations/one/samples/{row['file']}", params={"native": 1})
    assert load_image(drawn.content).shape == (96, 128, 4)
    assert load_image(native.content).shape == (12, 16, 4)


@pytest.mark.parametrize(
    "path",
    [
        "none/samples",
        "one/samples/base.json",
        "one/samples/..%2f..%2frun.json",
        "..%2f..%2fone/page",
        "one step 3/page",
    ],
)
def test_names_that_are_not_listed_read_nothing(client, path):
    assert client.get(f"/api/evaluations/{path}").status_code in (404, 422)


def test_a_report_that_names_files_elsewhere_gives_none_of_them(client, evaluated):
    file = evaluated.run("one").root / "evaluation" / "report.json"
    data = json.loads(file.read_text())
    data["samples"][0]["file"] = "../../../recipe.toml"
    file.write_text(json.dumps(data))

    assert client.get("/api/evaluations/one/samples/recipe.toml").status_code == 422


def test_the_report_is_given_as_a_file_to_keep(client, evaluated):
    page = client.get("/api/evaluations/one/page")

    assert page.content == (evaluated.run("one").root / "evaluation" / "report.html").read_bytes()
    assert page.headers["content-type"] == "application/octet-stream"


def test_an_evaluation_is_planned_without_drawing(client):
    plan = client.post(
        "/api/evaluations/plan", json={"options": {"run": "one", "checkpoint": 4, "set": {"evaluate.seeds": 3}}}
    ).json()

    assert "of them to draw" in plan["lines"][0]
    assert plan["command"] == "unipixel evaluate . --run=one --checkpoint=4 --set evaluate.seeds=3"
    for options in ({"run": "none"}, {"run": "one", "checkpoint": 3}, {"run": "one", "set": {"evaluate.seeds": 0}}, []):
        assert client.post("/api/evaluations/plan", json={"options": options}).status_code == 422


@pytest.mark.parametrize("step", [None, 2])
def test_a_release_is_what_its_card_and_its_command_say(client, evaluated, tmp_path, monkeypatch, step):
    words = {} if step is None else {"step": step}
    card = client.get("/api/runs/one/card", params=words).json()
    data = client.get("/api/runs/one/release", params=words).content
    monkeypatch.chdir(evaluated.root)
    command = shlex.split(card["command"])
    with pytest.raises(SystemExit) as stop:
        main(command[1:])

    assert stop.value.code == 0
    assert data == client.get("/api/runs/one/release", params=words).content
    name = card["name"].replace(" ", "-")
    folder = evaluated.root / name
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "export.json"]
    written = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        zipped = {file.removeprefix(f"{name}/"): archive.read(file) for file in archive.namelist()}
    assert written == zipped
    assert {each["name"]: each["bytes"] for each in card["files"]} == {file: len(made) for file, made in zipped.items()}
    assert zipped["README.md"].decode() == card["hub"]
    assert zipped["CIVITAI.md"].decode() == card["civitai"]
    lora = (
        evaluated.run("one").lora if step is None else evaluated.run("one").root / "checkpoints" / "000002.safetensors"
    )
    assert zipped[f"{name}.safetensors"] == lora.read_bytes()
    assert "w0rd" in read_notes(zipped["images/01.png"])["parameters"]
    assert "3 of 3 pictures lie on the grid" in card["hub"]


def test_an_evaluation_of_another_file_is_not_on_the_card(evaluated):
    run = known_run(evaluated, "one")
    lora = run.root / "checkpoints" / "000004.safetensors"
    assert read_metadata(lora)
    run.lora.write_bytes(lora.read_bytes())

    release = release_of(evaluated, run)

    assert release.card.verdict == []
    assert release.card.pictures  # the previews of its last checkpoint


def test_a_release_is_not_written_over_what_somebody_changed(evaluated, tmp_path):
    release = release_of(evaluated, known_run(evaluated, "one"))

    assert write_release(release, tmp_path / "out")
    assert not write_release(release, tmp_path / "out")
    (tmp_path / "out" / "README.md").write_text("mine")
    with pytest.raises(ExportError, match=r"README\.md"):
        write_release(release, tmp_path / "out")
    assert (tmp_path / "out" / "README.md").read_text() == "mine"
    assert write_release(release, tmp_path / "out", force=True)
    with pytest.raises(WorkspaceError, match="no LoRA of step 3"):
        release_of(evaluated, known_run(evaluated, "one"), 3)
