"""Starting InvokeAI without the core, or with an old one: one sentence, and no harm. It needs no InvokeAI."""

import subprocess
import sys

import pytest

from invokeai_host import PACK

LOAD = f"""
import importlib.util, logging, sys
sys.path[:] = [p for p in sys.path if not p.endswith('/src')]
sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]
logging.basicConfig(format="%(message)s")
spec = importlib.util.spec_from_file_location("unipixel-nodes", {str(PACK / "__init__.py")!r})
module = importlib.util.module_from_spec(spec)
sys.modules["unipixel-nodes"] = module
spec.loader.exec_module(module)
"""


@pytest.mark.parametrize(
    ("core", "why"),
    [
        (None, "can't be loaded (No module named 'unipixel.conversion'"),
        ("", "is too old"),
        ("raise RuntimeError('another package')", "can't be loaded (another package)"),
    ],
    ids=["none", "an old one", "one that breaks"],
)
def test_without_the_core_one_sentence_says_what_to_do_and_the_host_starts(tmp_path, core, why):
    hidden = ""
    if core is None:  # an install from a checkout leaves a folder of that name, with plug-ins in it
        hidden = "import sys\nsys.modules['unipixel'] = None\n"
    else:
        (tmp_path / "unipixel" / "conversion").mkdir(parents=True)
        (tmp_path / "unipixel" / "__init__.py").write_text("", "utf-8")
        (tmp_path / "unipixel" / "conversion" / "__init__.py").write_text(core, "utf-8")

    run = subprocess.run(
        [sys.executable, "-c", hidden + LOAD],
        capture_output=True, text=True, check=True, env={"PATH": "", "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip

    assert run.stderr.count("\n") == 1
    assert why in run.stderr
    assert f'"{sys.executable}" -m pip install --upgrade unipixel-kit' in run.stderr
