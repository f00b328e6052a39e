"""Run our plug-in in a host program that you have, and see whether it does there what it does here.

    python scripts/try_in_host.py comfyui ~/ComfyUI

The program is started with folders of its own for plug-ins, pictures and settings, which are thrown away: nothing in yours
is written but what its own Python caches. The plug-in is put in as `unipixel plugin install` does it; the core is this
checkout's. Prints a table; ends with 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from in_host import comfyui  # finds its own imports by the line above
from in_host.checks import run_checks, show

from unipixel.plugin import HOSTS

TRIED = {"comfyui": comfyui}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", choices=list(TRIED))
    parser.add_argument("folder", type=Path, help="the program's own folder")
    parser.add_argument("--python", type=Path, help="the Python that it runs on, where it is not found by itself")
    parser.add_argument("--rounds", type=int, default=3, help="starts with and without the plug-in; 0: not measured")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    python = chosen.python or next(
        (folder / place for place in HOSTS[chosen.host].pythons if (folder / place).exists()), Path(sys.executable)
    )
    host = TRIED[chosen.host]
    with tempfile.TemporaryDirectory() as work:
        done = run_checks(host.checks(folder, python.absolute(), Path(work), chosen.rounds))
    return show(done)


if __name__ == "__main__":
    sys.exit(main())
