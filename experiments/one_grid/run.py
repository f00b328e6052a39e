"""Run the experiment: every training, its samples and their figures; then the findings.

    python experiments/one_grid/run.py build/experiment [--seeds 5] [--no-ablations] [--workers 2] [--findings]

Each job is a process of one thread, which is quicker on few cores than one job on all. A job that was stopped goes on
where it was; one that is done is not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from plan import ABLATIONS, Job, main_jobs

# One thread a job, and arithmetic that gives the same bits from run to run; both are read when torch is loaded.
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_CBWR": "AUTO,STRICT"}


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5, help="training seeds of an arm")
    parser.add_argument("--workers", type=int, default=max(1, os.cpu_count() or 1), help="jobs at once")
    parser.add_argument("--no-ablations", action="store_true", help="the arms alone")
    parser.add_argument("--findings", action="store_true", help="no training: tell of what is there")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    jobs = {job.name: job for job in planned(options.seeds, not options.no_ablations)}
    if options.job:
        _do(options.job, jobs, options.folder)
        return
    if not options.findings:
        run_all(list(jobs.values()), options)
    from findings import write_findings

    write_findings(options.folder, options.seeds)


def planned(seeds: int, with_ablations: bool) -> list[Job]:
    """Every job once: the arms first."""
    more = [job for variants in ABLATIONS.values() for jobs in variants.values() for job in jobs]
    return list(dict.fromkeys([*main_jobs(seeds), *(more if with_ablations else [])]))


def run_all(jobs: list[Job], options: argparse.Namespace) -> None:
    """Run the jobs that are left, some at once; stop at the first that fails."""
    left = [job for job in jobs if not (options.folder / job.name / "figures.json").exists()]
    print(f"{len(jobs) - len(left)} of {len(jobs)} jobs are done.", flush=True)
    if left and (code := _start("classifiers", options)):
        raise SystemExit(code)
    with ThreadPoolExecutor(options.workers) as pool:
        for code in pool.map(lambda job: _start(job.name, options), left):
            if code:
                pool.shutdown(wait=True, cancel_futures=True)
                raise SystemExit(code)


def _do(name: str, jobs: Mapping[str, Job], folder: Path) -> None:
    """One job, in a process of its own; ``classifiers`` are what all others need."""
    if name == "classifiers":
        from classifier import accuracy, load_classifier

        for scale in sorted({job.scale for job in jobs.values()}):
            share = accuracy(load_classifier(folder / f"classifier-x{scale}.pt", scale), scale)
            print(f"The classifier of x{scale} natives names {share:.1%} of fresh scenes.", flush=True)
        return
    from work import do

    do(jobs[name], folder)


def _start(name: str, options: argparse.Namespace) -> int:
    begun = time.time()
    line = [sys.executable, __file__, str(options.folder), "--seeds", str(options.seeds), "--job", name]
    code = subprocess.run(line, env={**os.environ, **THREADS}, check=False).returncode
    done = "done" if code == 0 else f"FAILED ({code})"
    print(json.dumps({"job": name, "state": done, "minutes": round((time.time() - begun) / 60, 1)}), flush=True)
    return code


if __name__ == "__main__":
    main()
