"""A workspace prepared, captioned and checked over a Ray cluster of two nodes, one lost on the way: the same bytes?

python benchmarks/prepare/cluster.py --images 60
"""

from __future__ import annotations

import argparse
import shutil
import threading
import time
from pathlib import Path

import ray
from ray.cluster_utils import Cluster
from screens import write_screens

from unipixel.caption.wd import WdTagger
from unipixel.files import write_jsonl
from unipixel.progress import Event
from unipixel.stages.adding import add
from unipixel.stages.captioning import write_captions
from unipixel.stages.checking import review
from unipixel.stages.engine import Engine
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path("build/prepare-benchmark/cluster"))
    parser.add_argument("--tagger", type=Path, help="folder of a WD v3 tagger that is to look at the images too")
    options = parser.parse_args()
    files = write_screens(options.out / "screens", options.images, (270, 480))
    alone = _prepared(options.out / "alone", files, Engine(), options.tagger)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    other = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    print(f"{_alive()} nodes, {ray.cluster_resources().get('CPU'):g} CPUs")
    lost = threading.Event()

    def lose_a_node(event: Event) -> None:
        if event.stage == "native" and event.done >= len(files) // 3 and not lost.is_set():
            lost.set()
            cluster.remove_node(other, allow_graceful=False)

    over = _prepared(options.out / "over", files, Engine("ray", 4), options.tagger, lose_a_node)
    alive = _alive()
    for _ in range(60):  # Ray notices the loss of a node late
        if alive == 1:
            break
        time.sleep(0.5)
        alive = _alive()
    print(f"{alive} node left; {len(over)} files, {'the same bytes' if over == alone else 'OTHER BYTES'}")
    ray.shutdown()
    cluster.shutdown()
    if over != alone or alive != 1:
        raise SystemExit(1)


def _alive() -> int:
    return len([node for node in ray.nodes() if node["Alive"]])


def _prepared(
    root: Path, files: list[Path], engine: Engine, model: Path | None, progress=lambda event: None
) -> dict[str, bytes]:
    shutil.rmtree(root, ignore_errors=True)
    workspace = Workspace.create(root, preset="unipixel")
    add(workspace, files)
    values = {"dataset.images_per_canvas": 8}
    prepare(workspace, overrides=values, engine=engine, progress=progress)
    tagger = None if model is None else WdTagger(model)
    write_captions(workspace, tagger=tagger, asked="cluster", overrides=values, engine=engine)
    findings = review(workspace, workspace.recipe(values), engine=engine)
    write_jsonl(root / "findings.jsonl", ({"finding": str(finding)} for finding in findings))
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


if __name__ == "__main__":
    main()
