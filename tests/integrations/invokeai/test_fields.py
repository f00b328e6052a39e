"""The node's fields are the core's options. InvokeAI itself is not needed for it: one function stands in for it."""

import importlib.util
import sys
from types import ModuleType
from typing import get_args

import pytest
from pydantic import Field, ValidationError

from invokeai_host import PACK
from unipixel.color import palette_names
from unipixel.conversion import controls


@pytest.fixture
def fields(monkeypatch):
    """The module of that name, with pydantic's own fields in place of InvokeAI's, which are those and more."""
    api = ModuleType("invokeai.invocation_api")
    api.InputField = lambda ui_order, **settings: Field(json_schema_extra={"ui_order": ui_order}, **settings)
    monkeypatch.setitem(sys.modules, "invokeai", ModuleType("invokeai"))
    monkeypatch.setitem(sys.modules, "invokeai.invocation_api", api)
    spec = importlib.util.spec_from_file_location("invokeai_fields", PACK / "fields.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_option_is_a_field_or_left_out_for_a_reason(fields):
    assert set(fields.FIELDS) | set(fields.LEFT_OUT) == {control.name for control in controls()}
    assert not set(fields.FIELDS) & set(fields.LEFT_OUT)
    assert list(fields.fields_model(first=3).model_fields) == list(fields.FIELDS)


def test_fields_have_the_options_types_defaults_ranges_and_help(fields):
    model = fields.fields_model(first=3)

    for control in controls():
        if control.name in fields.LEFT_OUT:
            continue
        field = model.model_fields[control.name]
        if control.name == "palette":
            assert get_args(field.annotation) == ("none", *palette_names())
            continue
        assert field.default == control.default
        assert field.description == control.help
        assert get_args(field.annotation) == control.choices
        for bound, beyond in ((control.least, -1), (control.most, 1)):
            if bound is not None:
                model(**{control.name: bound})
                with pytest.raises(ValidationError):
                    model(**{control.name: bound + beyond})
    assert [field.json_schema_extra["ui_order"] for field in model.model_fields.values()] == list(
        range(3, 3 + len(fields.FIELDS))
    )
