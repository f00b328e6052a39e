"""Starting InvokeAI without the core, or with an old one: one sentence, and no harm. It needs no InvokeAI."""

import sys

import pytest

from host_start import CORES, start_with
from invokeai_host import PACK

LOAD = f"""
import importlib.util, logging, sys
logging.basicConfig(format="%(message)s")
spec = importlib.util.spec_from_file_location("unipixel-nodes", {str(PACK / "__init__.py")!r})
module = importlib.util.module_from_spec(spec)
sys.modules["unipixel-nodes"] = module
spec.loader.exec_module(module)
"""


@pytest.mark.parametrize(("core", "why"), CORES.values(), ids=CORES)
def test_without_the_core_one_sentence_says_what_to_do_and_the_host_starts(tmp_path, core, why):
    _, said = start_with(core, LOAD, tmp_path)

    assert said.count("\n") == 1
    assert why in said
    assert f'"{sys.executable}" -m pip install --upgrade unipixel-kit' in said
