"""Decisions, new pictures, balance and checks by HTTP: what the stages do, and within the workspace alone."""

from dataclasses import replace

import pytest

from unipixel.dataset import read_manifest, write_manifest
from unipixel.grid import upscale
from unipixel.image import encode_png, load_image, save_png
from unipixel.stages.deciding import read_queue
from unipixel.web.dataset.operations import OPERATIONS
from web.conftest import draw


def ids(studio, query: str) -> list[str]:
    return studio.get("/api/dataset/images", params={"query": query}).json()["ids"]


@pytest.fixture
def doubtful(workspace):
    """A source that waits for a decision."""
    rows = read_manifest(workspace.manifest)
    source = rows[0].source
    write_manifest(
        workspace.manifest, [replace(row, state="doubtful") if row.source == source else row for row in rows]
    )
    return source


def test_what_waits_is_listed_explained_and_decided(studio, workspace, doubtful):
    rows = {row["source"]: row for row in studio.get("/api/dataset/sources").json()}
    assert [source for source, row in rows.items() if row["state"] == "doubtful"] == [doubtful]

    told = studio.get("/api/dataset/doubtful", params={"source": doubtful}).json()
    assert told["native_size"] == rows[doubtful]["native_size"] == [34, 30]
    picture = studio.get("/api/dataset/doubtful/png", params={"source": doubtful})
    assert load_image(picture.content).shape[0] > 100

    (row,) = studio.post("/api/dataset/decide", json={"sources": [doubtful], "decision": "accept"}).json()
    assert row["state"] == "decided"
    assert read_queue(workspace) == []
    (row,) = studio.post("/api/dataset/decide", json={"sources": [doubtful], "decision": "reopen"}).json()
    assert row["state"] == "sure"


def test_another_size_is_taken(studio, doubtful):
    body = {"sources": [doubtful], "decision": "native_size", "native_size": [17, 15]}

    (row,) = studio.post("/api/dataset/decide", json=body).json()

    assert (row["state"], row["native_size"]) == ("decided", [17, 15])


@pytest.mark.parametrize(
    "body",
    [
        {"sources": ["../art-0.png"], "decision": "accept"},
        {"sources": ["sources/art-0.png"], "decision": "guess"},
        {"sources": ["sources/art-0.png"], "decision": "native_size"},
        {"sources": ["sources/art-0.png"], "decision": "native_size", "native_size": ["a", 1]},
        {"sources": ["sources/art-0.png"], "decision": "native_size", "native_size": [100000, 1]},
        {"sources": "all", "decision": "accept"},
    ],
    ids=str,
)
def test_a_decision_that_makes_no_sense_is_told_as_a_sentence(studio, workspace, body):
    before = workspace.manifest.read_bytes()

    refused = studio.post("/api/dataset/decide", json=body)

    assert refused.status_code == 422
    assert len(refused.json()["error"]) > 20
    assert workspace.manifest.read_bytes() == before


@pytest.mark.parametrize("source", ["recipe.toml", "../set/sources/art-0.png", "/etc/passwd", ""])
def test_only_sources_of_the_data_set_are_explained(studio, source):
    for path in ("/api/dataset/doubtful", "/api/dataset/doubtful/png"):
        assert studio.get(path, params={"source": source}).status_code == 422


def test_a_picture_is_added_with_its_tags_and_where_it_comes_from(studio, workspace):
    picture = encode_png(upscale(draw(77), 4))
    said = {
        "name": "no/../folder/new one.PNG",
        "tags": "cave, bottle",
        "theme": "city",
        "licence": "CC0-1.0",
        "allow": "yes",
    }

    made = studio.post("/api/dataset/sources", params=said, content=picture).json()
    again = studio.post("/api/dataset/sources", params={**said, "name": "C:\\art\\new one.PNG"}, content=picture).json()

    assert (made, again["known"]) == ({"added": 1, "known": 0, "problems": []}, 1)
    (row,) = [row for row in read_manifest(workspace.manifest) if row.source == "sources/new one.png"]
    assert (row.theme, row.provenance.licence, row.provenance.allow_train) == ("city", "CC0-1.0", "yes")
    assert (workspace.sources / "new one.txt").read_text("utf-8") == "cave, bottle\n"


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ({"name": "a.exe"}, b"MZ"),
        ({"name": ".png"}, b"x"),
        ({}, b"x"),
        ({"name": "a.png", "licence": "no such licence"}, encode_png(draw(1))),
        ({"name": "a.png", "allow": "perhaps"}, encode_png(draw(1))),
    ],
    ids=str,
)
def test_what_is_no_picture_or_wrongly_said_is_refused(studio, workspace, said, content):
    before = sorted(workspace.sources.iterdir())

    assert studio.post("/api/dataset/sources", params=said, content=content).status_code == 422
    assert sorted(workspace.sources.iterdir()) == before


def test_a_damaged_picture_is_told_without_a_path_of_the_server(studio):
    made = studio.post("/api/dataset/sources", params={"name": "a.png"}, content=b"no picture").json()

    assert made["added"] == 0
    assert made["problems"][0].startswith("a.png:")


def test_each_cell_of_the_balance_finds_its_images(studio):
    studio.post("/api/dataset/edit", json={"op": "add", "tag": "night", "query": "canvas:112x112"})
    studio.post("/api/dataset/edit", json={"op": "add", "tag": "close-up", "query": "-canvas:112x112"})
    found = studio.get("/api/dataset/balance").json()

    cells = [cell for table in found["tables"] for row in table["rows"] for cell in row["cells"]]
    assert sum(cell["is_empty"] for cell in cells) >= 2
    for cell in cells:
        assert len(ids(studio, cell["query"])) == cell["images"] or cell["images"] == 0
        assert not cell["is_empty"] or ids(studio, cell["query"])
    assert studio.get("/api/dataset/balance/plan").json()[0].endswith("are wanted.")


def test_findings_have_what_mends_them(studio, workspace):
    image = workspace.training_files()[0]
    save_png(image, load_image(image)[::-1].copy())
    listed = image.parent / "meta_cap.json"
    listed.write_text("{}")

    rows = studio.get("/api/dataset/check").json()

    changed, leftover = (
        next(row for row in rows if row["file"] == workspace.relative(file) and row["severity"] == "fault")
        for file in (image, listed)
    )
    (entry,) = [row for row in read_manifest(workspace.manifest) if row.image_id == changed["image"]]
    assert image.stem.startswith(entry.id)
    assert (changed["remedy"], leftover["remedy"], leftover["image"]) == ("prepare", "delete", "")
    assert studio.post("/api/dataset/remove", json={"files": [leftover["file"]]}).json() == [leftover["file"]]
    assert not listed.exists()
    assert any(row["query"] == "cave" and row["remedy"] == "hand" for row in rows)


def test_another_spelling_is_named_by_its_words(studio):
    studio.post("/api/dataset/edit", json={"op": "add", "tag": "backligting"})

    (row,) = [row for row in studio.get("/api/dataset/check").json() if row["remedy"] == "rename"]

    assert row["words"] == ["backligting", "backlighting"]
    assert row["image"]


def test_a_licence_is_said(studio, workspace):
    unsaid = [row for row in studio.get("/api/dataset/check").json() if row["remedy"] == "licence"]
    assert len(unsaid) == 1

    said = {"patterns": ["art-1.png", "art-2.png"], "licence": "CC0-1.0", "allow_train": "yes"}
    assert studio.post("/api/dataset/licence", json=said).json() == ["sources/art-1.png", "sources/art-2.png"]
    assert len(ids(studio, "licence:cc0* allow:yes")) == 2


@pytest.mark.parametrize("file", ["recipe.toml", "dataset.jsonl", "../x", "training", "training/112x112/none.png"])
def test_no_other_file_is_removed(studio, workspace, file):
    assert studio.post("/api/dataset/remove", json={"files": [file]}).status_code == 422
    assert workspace.recipe_file.exists()


def test_answers_have_what_the_description_promises(studio):
    (first, *_) = ids(studio, "")
    source = {"source": "sources/art-0.png"}
    asked = {
        "listImages": studio.get("/api/dataset/images"),
        "showImages": studio.post("/api/dataset/rows", json={"ids": [first]}),
        "editTags": studio.post("/api/dataset/edit", json={"op": "add", "tag": "lamp", "ids": [first]}),
        "showEdits": studio.get("/api/dataset/edits"),
        "countTags": studio.get("/api/dataset/tags"),
        "completeTag": studio.get("/api/dataset/complete", params={"start": "la"}),
        "listSources": studio.get("/api/dataset/sources"),
        "explainSource": studio.get("/api/dataset/doubtful", params=source),
        "showBalance": studio.get("/api/dataset/balance"),
        "checkDataset": studio.get("/api/dataset/check"),
    }
    for operation in OPERATIONS:
        if operation.id in asked:
            assert_fits(asked.pop(operation.id).json(), operation.gives)
    assert asked == {}


def assert_fits(value, schema):
    """Whether an answer has all names of its schema, at any depth."""
    if "anyOf" in schema:
        return value is None or assert_fits(value, schema["anyOf"][0])
    if schema.get("type") == "array":
        assert isinstance(value, list)
        for each in value:
            assert_fits(each, schema["items"])
    elif "required" in schema:
        assert set(schema["required"]) <= set(value)
        for name, inner in schema["properties"].items():
            if name in value:
                assert_fits(value[name], inner)
    elif "enum" in schema:
        assert value in schema["enum"]
