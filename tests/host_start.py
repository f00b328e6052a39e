"""A host program's start in a process of its own, where the core may be missing, old or broken."""

import subprocess
import sys

CORES = {
    "none": (None, "can't be loaded (No module named 'unipixel')"),
    "another or an old one": ("", "is too old"),
    "one that breaks": ("raise RuntimeError('another package')", "can't be loaded (another package)"),
}
"""What lies where the core should be, as the text of its ``__init__.py``; and what the sentence says of it."""

HIDE = """
import sys
class Hide:
    def find_spec(name, path=None, target=None):
        if name == "unipixel":
            raise ModuleNotFoundError("No module named 'unipixel'")
"""


def start(code, **environment):
    """Run the code of a start; its standard output and what it said besides."""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PATH": "", **environment}
    )
    return run.stdout, run.stderr


def start_with(core, code, folder):
    """Run the code of a start with another core, or none."""
    if core is None:
        return start(f"{HIDE}sys.meta_path.insert(0, Hide)\n{code}")
    (folder / "unipixel").mkdir()
    (folder / "unipixel" / "__init__.py").write_text(core, "utf-8")
    return start(code, PYTHONPATH=str(folder))
