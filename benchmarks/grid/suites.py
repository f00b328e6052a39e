"""The suites: which cases there are, how each is made, and how an answer to it is judged."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from cases import Case, Pixels, native_case, rng_for
from damage import DAMAGES
from families import FAMILIES
from natives import FOLDER, folder_natives, load_native, own_natives
from scoring import Answer, Score, judge, left_alone

REAL_FOLDER = "UNIPIXEL_REALAI"
"""Environment variable: a folder with ``labels.json``, ``images/`` and ``score.py``."""

NATIVE = "native"
"""Family of `DamageSuite` that is no damage: native art as it is."""


Truth = tuple[tuple[int, int] | None, tuple[float, float] | None]
"""Native size (w, h) and cell (width, height) in canvas px; None without a grid."""


class Suite(Protocol):
    """One set of cases; a case is known by its family and its source image."""

    families: Sequence[str]

    def cases(self) -> list[tuple[str, str]]:
        """Names of all cases: (family, source)."""

    def make(self, family: str, source: str) -> tuple[Any, Pixels]:
        """Make a case: what `judge` needs, and the picture."""

    def judge(self, family: str, made: Any, answer: Answer) -> Score:
        """Score an answer."""

    def truth(self, made: Any) -> Truth:
        """Native size and cell, for the lists of wrong answers."""


class OwnSuite:
    """13 families of damage on natives of our own."""

    def __init__(self, images: int) -> None:
        self.families: Sequence[str] = list(FAMILIES)
        self._sources = own_natives(images)

    def cases(self) -> list[tuple[str, str]]:
        return [(family, source) for source in self._sources for family in self.families]

    def make(self, family: str, source: str) -> tuple[Case, Pixels]:
        case = FAMILIES[family].make(load_native(source), rng_for("own", family, source))
        return case, case.image

    def judge(self, family: str, made: Case, answer: Answer) -> Score:
        return judge(made, answer, is_clean=FAMILIES[family].is_clean)

    def truth(self, made: Case) -> Truth:
        return _truth(made)


class DamageSuite:
    """43 kinds of damage, and the native images as they are, on natives of our own or of a folder."""

    def __init__(self, images: int) -> None:
        self.families: Sequence[str] = [*DAMAGES, NATIVE]
        folder = os.environ.get(FOLDER)
        self._sources = folder_natives(Path(folder), images) if folder else own_natives(images)

    def cases(self) -> list[tuple[str, str]]:
        return [(family, source) for source in self._sources for family in self.families]

    def make(self, family: str, source: str) -> tuple[Case, Pixels]:
        native = load_native(source)
        if family == NATIVE:
            return native_case(native), native
        rng = rng_for(family, source)
        severity = float(rng.uniform(0.25, 1.0))
        case = DAMAGES[family](native, rng, severity)
        return case, case.image

    def judge(self, family: str, made: Case, answer: Answer) -> Score:
        return judge(made, answer, is_clean=False)

    def truth(self, made: Case) -> Truth:
        return _truth(made)


class GridbenchSuite:
    """Cases of the folder `UNIPIXEL_GRIDBENCH`: its ``degrade.py`` makes them, its ``score.py`` judges them."""

    def __init__(self, which: str) -> None:
        folder = _need_folder(FOLDER)
        sys.path.append(str(folder))  # its files import each other
        self._degrade = importlib.import_module("degrade")
        self._judge = _load(folder / "score.py").judge
        self._ids = {(self._family(case), case): case for case in self._degrade.cases(which)}
        self.families: Sequence[str] = list(dict.fromkeys(family for family, _ in self._ids))

    def _family(self, case: str) -> str:
        return f"{case[0]} {self._degrade.NAMES[case[0]]}"

    def cases(self) -> list[tuple[str, str]]:
        return list(self._ids)

    def make(self, family: str, source: str) -> tuple[dict[str, Any], Pixels]:
        case = self._degrade.generate(self._ids[family, source])
        return case, case["img"]

    def judge(self, family: str, made: dict[str, Any], answer: Answer) -> Score:
        said = self._judge(made, answer.native)
        size, exact, acc = bool(said["size"]), said["exact"], said["acc"]
        if made["family"] == "K":
            return left_alone(size, "no grid")
        if made["family"] == "J":
            return left_alone(bool(exact), "native")
        main = float(acc) if exact is None else float(exact)
        # Its colours are compared where sides are at most one off.
        return Score(size, size or acc > 0, None, float(acc), bool(size if exact is None else exact), main)

    def truth(self, made: dict[str, Any]) -> Truth:
        native = made["native"]
        return (None, None) if native is None else ((native.shape[1], native.shape[0]), made["cell"])


class RealSuite:
    """Pictures of the folder `UNIPIXEL_REALAI`: right = the rounded or touched count, main = within tolerance."""

    def __init__(self) -> None:
        self._folder = _need_folder(REAL_FOLDER)
        module = _load(self._folder / "score.py")
        self._judge, self._open = module.judge, module.load
        labels = json.loads((self._folder / "labels.json").read_text("utf-8"))
        self._labels = {(label["kind"], label["slug"]): label for label in labels}
        self.families: Sequence[str] = list(dict.fromkeys(kind for kind, _ in self._labels))

    def cases(self) -> list[tuple[str, str]]:
        return list(self._labels)

    def make(self, family: str, source: str) -> tuple[dict[str, Any], Pixels]:
        return self._labels[family, source], self._open(str(self._folder / "images" / f"{source}.png"))

    def judge(self, family: str, made: dict[str, Any], answer: Answer) -> Score:
        said = self._judge(made, answer.native)
        if made["kind"] == "negative":
            return left_alone(bool(said["tol"]), "no grid")
        return Score(said["exact"], said["near"], None, float(said["tol"]), said["exact"], float(said["tol"]))

    def truth(self, made: dict[str, Any]) -> Truth:
        if made["kind"] == "negative":
            return None, None
        return (made["native_w"], made["native_h"]), (made["pitch_x"], made["pitch_y"])


SUITES = ("own", "damage43", "gridbench", "realai")


def open_suite(name: str, which: str, images: int | None = None) -> Suite:
    """Open a suite by its name; ``which`` is "fast" or "full", ``images`` a number of source images instead."""
    if name == "own":
        return OwnSuite(images or (8 if which == "fast" else 40))
    if name == "damage43":
        return DamageSuite(images or (4 if which == "fast" else 24))
    return GridbenchSuite(which) if name == "gridbench" else RealSuite()


def _truth(case: Case) -> Truth:
    if case.native is None:
        return None, None
    height, width = case.native.shape[:2]
    return (width, height), (case.cell[1], case.cell[0])


def _need_folder(variable: str) -> Path:
    folder = os.environ.get(variable)
    if not folder:
        raise SystemExit(f"This suite needs a folder: set {variable}; see README.md.")
    return Path(folder)


def _load(path: Path) -> ModuleType:
    """Import a file under a name of its own: both folders have a ``score.py``."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} can't be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
