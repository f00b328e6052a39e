"""Checks one after the other, and their table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    name: str
    problem: str
    """Empty where all is well."""
    note: str
    seconds: float


def run_checks(checks: Iterable[tuple[str, Callable[[], str | None]]]) -> list[Check]:
    """Run each check: it gives back a note or None, and raises where something is wrong."""
    done = []
    try:
        for name, check in checks:
            done.append(_run(name, check))
            print(f"{'WRONG' if done[-1].problem else 'ok'}  {name}", flush=True)
    except Exception as error:  # between two checks: the program itself
        done.append(Check("the program runs", f"{type(error).__name__}: {error}", "", 0.0))
    return done


def _run(name: str, check: Callable[[], str | None]) -> Check:
    start, problem, note = time.monotonic(), "", ""
    try:
        note = check() or ""
    except Exception as error:  # whatever goes wrong in another program is told, and the rest still tried
        problem = f"{type(error).__name__}: {error}"
    return Check(name, problem, note, time.monotonic() - start)


def show(done: list[Check]) -> int:
    """Print the table; 0 where all is well, else 1."""
    print("\n| check | | note | seconds |\n|---|---|---|--:|")
    for each in done:
        told = (each.problem or each.note).replace("\n", " ").replace("|", "\\|")
        print(f"| {each.name} | {'**wrong**' if each.problem else 'ok'} | {told[:300]} | {each.seconds:.1f} |")
    wrong = sum(bool(each.problem) for each in done)
    print(f"\n{len(done) - wrong} of {len(done)} are well.")
    return 1 if wrong or not done else 0


def require(holds: bool, otherwise: str) -> None:
    """Raise with a sentence where something does not hold."""
    if not holds:
        raise AssertionError(otherwise)
