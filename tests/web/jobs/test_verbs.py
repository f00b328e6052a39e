"""What a page may start: the options of the table, within the studio's fences, as words that the command reads."""

import pytest

from unipixel.cli.app import main
from unipixel.errors import OptionError, UniPixelError, WorkspaceError
from unipixel.recipe import parse_override
from unipixel.web.jobs.verbs import SWITCHES, VERBS, verb_schema, write_words
from unipixel.web.studio import Studio


@pytest.fixture
def studio(tmp_path):
    for place in ("set", "models", "elsewhere"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "base.safetensors").write_bytes(b"")
    return Studio(root=tmp_path / "set", models=(tmp_path / "models",))


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_one_of_the_command(verb, capsys):
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    told = capsys.readouterr().out
    for name in (*VERBS[verb], *SWITCHES.get(verb, ())):
        assert f"--{name}" in told


def test_options_become_words(studio, tmp_path):
    words = write_words(studio, "train", {"run": "second try", "base": str(tmp_path / "models/base.safetensors")})

    assert words == ["--run=second try", f"--base={tmp_path}/models/base.safetensors"]
    assert write_words(studio, "train", {"base": "micro"}) == ["--base=micro"]
    assert write_words(studio, "caption", {"download": True, "threshold": 0.35}) == ["--download", "--threshold=0.35"]


@pytest.mark.parametrize("value", [5, 0.5, True, 'a "b" \\ c', ["x", 'y"'], 1e-4], ids=str)
def test_values_of_the_recipe_are_read_back(studio, value):
    flag, word = write_words(studio, "train", {"set": {"train.steps": value}})

    assert flag == "--set"
    assert parse_override(word) == ("train.steps", value)


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("demo", {}),
        ("train", {"device": "cpu"}),
        ("train", {"run": "../other"}),
        ("train", {"run": "--force"}),
        ("train", {"set": {"--base": "x"}}),
        ("train", {"set": {"train.steps": {}}}),
        ("caption", {"tagger": "/etc"}),
        ("caption", {"threshold": True}),
    ],
    ids=str,
)
def test_what_is_no_option_is_refused(studio, verb, options):
    with pytest.raises(OptionError):
        write_words(studio, verb, options)


@pytest.mark.parametrize("path", ["elsewhere/base.safetensors", "models/../elsewhere/base.safetensors", "models/none"])
def test_models_lie_within_the_fences(studio, tmp_path, path):
    with pytest.raises(WorkspaceError, match="--models"):
        write_words(studio, "train", {"base": str(tmp_path / path)})


def test_a_link_out_of_the_fences_is_refused(studio, tmp_path):
    (tmp_path / "models/link.safetensors").symlink_to(tmp_path / "elsewhere/base.safetensors")

    with pytest.raises(UniPixelError, match="--models"):
        write_words(studio, "train", {"base": str(tmp_path / "models/link.safetensors")})


def test_each_verb_is_described(studio):
    assert set(verb_schema()) == set(VERBS)
    assert set(verb_schema()["caption"]["properties"]) == {"tagger", "threshold", "download", "set"}
