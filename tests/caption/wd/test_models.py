import pytest

from unipixel.caption.wd import MODELS, find_model
from unipixel.errors import ModelError


def test_each_model_has_its_own_threshold():
    assert len(MODELS) == 5
    assert len({model.threshold for model in MODELS.values()}) == 5
    assert find_model("wd-eva02-large-tagger-v3").threshold == 0.5296


def test_the_owner_may_be_written():
    assert find_model("SmilingWolf/wd-vit-tagger-v3").repository == "SmilingWolf/wd-vit-tagger-v3"


def test_a_misspelt_model_is_told_the_nearest():
    with pytest.raises(ModelError, match="Did you mean wd-vit-tagger-v3"):
        find_model("wd-vit-tager-v3")
    with pytest.raises(ModelError, match="wd-swinv2-tagger-v3"):
        find_model("zzz")
