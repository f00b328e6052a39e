"""A workspace goes out whole, the same bytes each time, and only what may go."""

import json
from dataclasses import replace

import pytest

from unipixel.dataset.manifest import read_manifest, write_manifest
from unipixel.errors import DatasetError, ExportError, WorkspaceError
from unipixel.export import EXPORTERS
from unipixel.files import sha256
from unipixel.stages.captioning import write_captions
from unipixel.stages.exporting import export
from unipixel.stages.licensing import set_provenance
from unipixel.stages.preparing import prepare, training_file

from .conftest import settle


@pytest.fixture
def ready(workspace):
    prepare(workspace)
    write_captions(workspace)
    set_provenance(workspace, {"licence": "CC0-1.0", "allow_train": "yes", "author": "Me"})
    return workspace


def snapshot(folder) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("to", EXPORTERS)
def test_the_same_workspace_gives_the_same_bytes_and_is_written_once(ready, tmp_path, to):
    first = export(ready, to, tmp_path / "out", root="/data")
    second = export(ready, to, tmp_path / "out", root="/data")
    export(ready, to, tmp_path / "other", root="/data")

    assert (first.wrote, second.wrote) == (True, False)
    assert snapshot(tmp_path / "out") == snapshot(tmp_path / "other")
    assert set(first.files) == set(snapshot(tmp_path / "out")) - {"export.json"}
    assert {"SETTINGS.md", "ATTRIBUTION.md"} < set(first.files)


def test_images_and_captions_are_those_of_the_training_folder(ready, tmp_path):
    export(ready, "kohya", tmp_path / "out")

    wanted = {sha256(file): file.with_suffix(".txt").read_text("utf-8").strip() for file in ready.training_files()}
    found = {sha256(file): file.with_suffix(".txt").read_text("utf-8") for file in (tmp_path / "out").rglob("*.png")}
    assert found == wanted


def test_the_manifest_says_what_it_is_of(ready, tmp_path):
    export(ready, "imagefolder", tmp_path / "out")
    said = json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))

    assert (said["to"], said["images"], said["scale"], said["trigger"]) == ("imagefolder", 9, 8, "w0rd")
    assert said["dataset_sha256"] == sha256(ready.manifest)
    assert said["files"] == {
        name: sha256(data) for name, data in sorted(snapshot(tmp_path / "out").items()) if name != "export.json"
    }


def test_nobody_said_that_they_may_be_trained_on(ready, tmp_path):
    set_provenance(ready, {"allow_train": "unknown"}, ["art-1.png", "art-2.png"])

    with pytest.raises(ExportError, match=r"2 of 9 images.*art-1\.png.*unipixel licence.*--allow-unlicensed"):
        export(ready, "kohya", tmp_path / "out")
    assert not (tmp_path / "out").exists()

    export(ready, "kohya", tmp_path / "out", allow_unlicensed=True)
    assert "permission to train not known" in (tmp_path / "out" / "ATTRIBUTION.md").read_text("utf-8")


def test_faults_are_not_exported(ready, tmp_path):
    ready.training_files()[0].with_suffix(".txt").unlink()

    with pytest.raises(DatasetError, match="no caption"):
        export(ready, "kohya", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_policy_holds_for_exports(ready, tmp_path):
    first, *others = read_manifest(ready.manifest)
    write_manifest(ready.manifest, [replace(first, rating="explicit"), *others])

    with pytest.raises(DatasetError, match=r"policy\.sexual"):
        export(ready, "kohya", tmp_path / "out")
    done = export(ready, "kohya", tmp_path / "out", overrides={"policy.sexual": "allow"})
    assert done.train == 9


def test_split_and_repeats_go_out(ready, tmp_path):
    rows = list(read_manifest(ready.manifest))
    for canvas in {row.canvas for row in rows}:
        same = [index for index, row in enumerate(rows) if row.canvas == canvas]
        rows[same[0]] = replace(rows[same[0]], split="validation")
        rows[same[1]] = replace(rows[same[1]], repeats=2)
    write_manifest(ready.manifest, rows)
    settle(ready)

    done = export(ready, "kohya", tmp_path / "out")

    assert (done.train, done.validation) == (6, 3)
    counts = {
        folder: len(list((tmp_path / "out" / folder).glob("*.png"))) for folder in ("train/1_w0rd", "train/2_w0rd")
    }
    assert counts == {"train/1_w0rd": 3, "train/2_w0rd": 3}
    validation = {sha256(file) for file in (tmp_path / "out" / "validation").rglob("*.png")}
    assert validation == {sha256(training_file(ready, row)) for row in rows if row.split == "validation"}


def test_a_changed_export_is_kept_unless_forced(ready, tmp_path):
    export(ready, "kohya", tmp_path / "out")
    cache = tmp_path / "out" / "train" / "1_w0rd" / "latents.npz"
    cache.write_text("x")

    with pytest.raises(ExportError, match=r"latents\.npz.*--force"):
        export(ready, "kohya", tmp_path / "out")
    assert cache.exists()
    assert export(ready, "kohya", tmp_path / "out", force=True).wrote
    assert not cache.exists()


def test_a_changed_data_set_replaces_its_export(ready, tmp_path):
    export(ready, "kohya", tmp_path / "out")
    set_provenance(ready, {"author": "You"})

    assert export(ready, "kohya", tmp_path / "out").wrote
    assert "You" in (tmp_path / "out" / "ATTRIBUTION.md").read_text("utf-8")
    assert not export(ready, "kohya", tmp_path / "out").wrote


@pytest.mark.parametrize("force", [False, True])
def test_what_somebody_else_wrote_is_never_touched(ready, tmp_path, force):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")

    with pytest.raises(ExportError, match="no export of UniPixel"):
        export(ready, "kohya", tmp_path / "out", force=force)
    assert snapshot(tmp_path / "out") == {"thesis.txt": b"mine"}


def test_a_dry_run_writes_nothing(ready, tmp_path):
    done = export(ready, "onetrainer", tmp_path / "out", dry_run=True)

    assert (done.wrote, done.train, "concepts.json" in done.files) == (False, 9, True)
    assert not (tmp_path / "out").exists()


def test_progress_reaches_its_end(ready, tmp_path):
    events = []
    export(ready, "kohya", tmp_path / "out", progress=events.append)

    last = {event.stage: (event.done, event.total) for event in events}
    assert last == {"compare": (21, 21), "export": (21, 21)}


def test_without_images_or_with_an_unknown_format_it_says_what_to_do(workspace, tmp_path):
    with pytest.raises(WorkspaceError, match="unipixel prepare"):
        export(workspace, "kohya", tmp_path / "out")
    with pytest.raises(WorkspaceError, match="Choose one of: kohya"):
        export(workspace, "diffusers", tmp_path / "out")
