"""Importing the package and starting the command loads nothing heavy."""

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "diffusers", "transformers", "peft", "cv2", "scipy", "onnxruntime", "starlette", "gradio", "ray")


def modules_after(code: str) -> set[str]:
    script = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import unipixel",
        "import unipixel; [getattr(unipixel, name) for name in unipixel.__all__]",
        "import unipixel.stages.demo, unipixel.stages.training, unipixel.stages.samples",
        "from unipixel.cli.app import VERBS, group; [group.get_command(None, verb) for verb in VERBS]",
    ],
)
def test_the_core_loads_no_heavy_module(code):
    assert not {name.split(".")[0] for name in modules_after(code)} & set(HEAVY)


def test_import_alone_loads_not_even_numpy():
    assert "numpy" not in modules_after("import unipixel")


def test_help_loads_no_verb():
    code = (
        "from unipixel.cli.app import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as stop:\n    assert stop.code == 0"
    )

    loaded = modules_after(code)

    assert "numpy" not in loaded
    assert not {name for name in loaded if name.startswith("unipixel.stages")}
