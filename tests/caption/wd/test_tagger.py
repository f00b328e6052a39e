"""The tagger against a model of the same contract whose scores are known functions of the pixels."""

import pickle

import numpy as np
import pytest

from unipixel.caption import Tagger
from unipixel.caption.wd import WdTagger
from unipixel.errors import ModelError
from wd_model import OUTPUTS, write_tagger


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tagger(tmp_path_factory.mktemp("taggers") / "wd-vit-tagger-v3")


@pytest.fixture(scope="module")
def tagger(folder):
    return WdTagger(folder, providers=["CPUExecutionProvider"])


def filled(red, green, blue, side=112) -> np.ndarray:
    """A native that fills the whole input: 112 px by 4."""
    native = np.zeros((side, side, 4), np.uint8)
    native[:] = (red, green, blue, 255)
    return native


def named(tagging) -> dict[str, float]:
    return {tag.name: tag.score for tag in tagging.tags}


def test_it_is_a_tagger(tagger):
    assert isinstance(tagger, Tagger)
    assert tagger.name == "wd-vit-tagger-v3"
    assert tagger.providers == ("CPUExecutionProvider",)


def test_outputs_get_the_names_of_their_rows_and_colours_their_channels(tagger):
    red, blue = tagger.tag([filled(255, 0, 0), filled(0, 0, 204)])

    assert named(red) == {"1girl": 1.0, "o_o": 1.0, "link (zelda)": 1.0, "wide shot": 0.333}
    assert named(blue) == {"blue theme": 0.8, "wide shot": 0.267}


def test_tags_are_proposals_with_model_score_and_reason(tagger):
    first = tagger.tag([filled(0, 0, 204)])[0].tags[0]

    assert (first.origin, first.state, first.by) == ("machine", "proposed", "wd-vit-tagger-v3")
    assert first.reason == "wd-vit-tagger-v3: nearest 0.80; general tags from 0.26"


def test_ratings_are_kept_apart(tagger):
    tagging = tagger.tag([filled(255, 51, 0)])[0]

    assert tagging.rating == "explicit"
    assert tagging.ratings == {"general": 0.0, "sensitive": 0.2, "questionable": 0.0, "explicit": 1.0}
    assert not {"explicit", "general", "sensitive"} & set(named(tagging))


def test_signatures_are_flags_and_pixelated_is_never_said(tagger):
    tagging = tagger.tag([filled(255, 255, 255)])[0]

    assert tagging.flags == {"signature": 1.0}
    assert not {"signature", "pixelated"} & set(named(tagging))


def test_characters_have_a_threshold_of_their_own(tagger):
    assert "1girl" in named(tagger.tag([filled(200, 0, 0)])[0])
    assert "link (zelda)" not in named(tagger.tag([filled(200, 0, 0)])[0])
    assert "link (zelda)" in named(tagger.tag([filled(217, 0, 0)])[0])


def test_each_model_brings_its_own_threshold_by_the_name_of_its_folder(folder, tmp_path):
    eva = WdTagger(write_tagger(tmp_path / "wd-eva02-large-tagger-v3"))

    assert "blue theme" not in named(eva.tag([filled(0, 0, 128)])[0])
    assert "blue theme" in named(WdTagger(folder).tag([filled(0, 0, 128)])[0])
    assert "blue theme" in named(WdTagger(folder, threshold=0.5).tag([filled(0, 0, 128)])[0])
    assert "blue theme" not in named(WdTagger(folder, threshold=0.51).tag([filled(0, 0, 128)])[0])


def test_small_natives_need_more(tagger):
    assert "blue theme" in named(tagger.tag([filled(0, 0, 100, side=112)])[0])
    assert "blue theme" not in named(tagger.tag([filled(0, 0, 100, side=56)])[0])


def test_the_batch_changes_nothing(folder, tagger):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (40 + 9 * n, 60, 4)).astype(np.uint8) for n in range(5)]

    alone = [WdTagger(folder, batch=1, threshold=0.1).tag([picture])[0] for picture in pictures]

    assert WdTagger(folder, batch=3, threshold=0.1).tag(pictures) == alone
    assert WdTagger(folder, batch=99, threshold=0.1).tag(pictures) == alone
    assert tagger.tag([]) == []


def test_several_looks_are_averaged_and_told_apart(folder):
    native = np.zeros((100, 100, 4), np.uint8)
    native[:] = (0, 0, 255, 255)
    both = WdTagger(folder, looks=("nearest", "lanczos"), threshold=0.05)

    found = next(tag for tag in both.tag([native])[0].tags if tag.name == "1girl")
    compared = both.compare(native, ["nearest", "lanczos"])["1girl"]

    # 4 x 100 px of 448 leave a white border, in which there is red; LANCZOS fills the input.
    assert compared == {"nearest": round(1 - 400**2 / 448**2, 3), "lanczos": 0.0}
    assert "1girl" not in both.compare(filled(0, 0, 255), ["nearest"])
    assert found.score == pytest.approx(compared["nearest"] / 2, abs=1e-3)
    assert "nearest 0.20, lanczos 0.00" in found.reason


def test_a_model_of_fixed_batch_is_fed_one_by_one(tmp_path):
    one = WdTagger(write_tagger(tmp_path / "fixed", batch=1))

    assert [named(found)["blue theme"] for found in one.tag([filled(0, 0, 255), filled(0, 0, 204)])] == [1.0, 0.8]


def test_models_of_another_contract_are_refused(tmp_path):
    with pytest.raises(ModelError, match="448"):
        WdTagger(write_tagger(tmp_path / "small", side=224))
    with pytest.raises(ModelError, match="names 10861"):
        WdTagger(write_tagger(tmp_path / "more", outputs=OUTPUTS + 1))


def test_a_damaged_model_is_one_sentence(tmp_path):
    folder = write_tagger(tmp_path / "broken")
    (folder / "model.onnx").write_bytes(b"not a model")

    with pytest.raises(ModelError, match=r"model\.onnx: onnxruntime can't load it"):
        WdTagger(folder)


def test_an_absent_provider_names_those_there(folder):
    with pytest.raises(ModelError, match="CPUExecutionProvider"):
        WdTagger(folder, providers=["NoSuchProvider"])


def test_in_another_process_it_is_opened_once_and_says_the_same(folder):
    first = WdTagger(folder, looks=("nearest", "lanczos"), threshold=0.4)
    sent = pickle.dumps(first)

    there, again = pickle.loads(sent), pickle.loads(sent)

    assert there is again
    assert len(sent) < 1000
    assert there.tag([filled(0, 0, 204)]) == first.tag([filled(0, 0, 204)])
