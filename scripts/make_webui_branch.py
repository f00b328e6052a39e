"""Make the branch that web UIs install from: python scripts/make_webui_branch.py, then git push origin webui.

"Install from URL" clones a repository and looks for an extension at its top. Ours lies deeper, and what lies at the top
is no extension; so the branch ``webui`` holds the folder of the extension alone, a commit for each change. The last
commit is taken, never what is not committed yet.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

BRANCH = "refs/heads/webui"
FOLDER = "integrations/webui"


def git(*words: str, check: bool = True) -> str:
    done = subprocess.run(["git", *words], cwd=Path(__file__).parents[1], check=check, capture_output=True, text=True)
    return done.stdout.strip()


def main() -> None:
    tree = git("rev-parse", f"HEAD:{FOLDER}")
    before = git("rev-parse", "--verify", "--quiet", BRANCH, check=False)
    if before and git("rev-parse", f"{before}^{{tree}}") == tree:
        print("webui is as it should be.")
        return
    parents = ["-p", before] if before else []
    message = f"The extension as of {git('rev-parse', '--short', 'HEAD')}"
    commit = git("commit-tree", tree, *parents, "-m", message)
    git("update-ref", BRANCH, commit)
    print(f"webui is {commit[:12]}.")


if __name__ == "__main__":
    main()
