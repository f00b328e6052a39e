"""A missing optional part says how to install it."""

import pytest

from unipixel.errors import MissingExtra
from unipixel.extras import need


def test_returns_the_module():
    assert need("json", extra="train", purpose="training").loads("1") == 1


def test_names_the_command_that_installs_it():
    with pytest.raises(MissingExtra, match=r"training needs no_such_thing.*pip install 'unipixel-kit\[train\]'"):
        need("no_such_thing", extra="train", purpose="training")


def test_a_broken_module_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "broken_part.py").write_text("import no_such_thing")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModuleNotFoundError, match="no_such_thing"):
        need("broken_part", extra="train", purpose="training")
