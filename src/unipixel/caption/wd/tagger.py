"""WD v3 taggers through onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.caption.proposal import Proposal
from unipixel.caption.tagger import Tagging
from unipixel.caption.wd.files import MODEL_FILE, TAGS_FILE, find_tagger
from unipixel.caption.wd.labels import read_labels
from unipixel.caption.wd.look import show
from unipixel.caption.wd.models import CHARACTER_THRESHOLD, MODELS, SIDE
from unipixel.errors import ModelError
from unipixel.extras import need

PROVIDERS = ("CUDAExecutionProvider", "DmlExecutionProvider", "CPUExecutionProvider")
"""What onnxruntime may compute on, best first; those that are not there are left out."""

SMALL = 72
"""Longest side in native px up to which a tagger's word counts less: the recipe's author found it useless there."""

RAISED = 0.15
"""Added to both thresholds for such small natives; ours, not measured."""

_DIGITS = 3
"""Digits of a score that are kept; the rest is rounding of the machine at hand."""

_GPU_BATCH = 8

_Native = npt.NDArray[np.uint8]
_Scores = npt.NDArray[np.float64]


class WdTagger:
    """A WD v3 tagger; see :class:`unipixel.caption.Tagger`.

    How well it reads pixel art was not measured: all it says is a proposal.

    Parameters
    ----------
    model : str or path
        Name of one of :data:`MODELS` that was downloaded before, or a folder with ``model.onnx`` and
        ``selected_tags.csv``.
    threshold : float, optional
        Score from which a general tag is proposed, 0 to 1. By default the model's own; for a folder of another name,
        that of wd-vit-tagger-v3.
    character_threshold : float
        The same for names of characters.
    looks : sequence of str
        Ways to show a native (:data:`LOOKS`); with several, a tag's score is their mean.
    batch : int, optional
        Pictures shown at once, at most. By default one on a CPU, so that a picture's scores do not depend on its
        neighbours in the last digit, and eight on a GPU, where they may.
    providers : sequence of str, optional
        onnxruntime's execution providers, best first; by default those of :data:`PROVIDERS` that are there.

    Raises
    ------
    ModelError
        Files are missing, or are not a WD tagger's.
    MissingExtra
        onnxruntime is not installed.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        threshold: float | None = None,
        character_threshold: float = CHARACTER_THRESHOLD,
        looks: Sequence[str] = ("nearest",),
        batch: int | None = None,
        providers: Sequence[str] | None = None,
    ) -> None:
        self._made_of = (
            os.fspath(model),
            threshold,
            character_threshold,
            tuple(looks),
            batch,
            providers and tuple(providers),
        )
        folder = find_tagger(model)
        self._name = _name_of(model)
        known = MODELS.get(self._name, MODELS["wd-vit-tagger-v3"])
        self.threshold = known.threshold if threshold is None else threshold
        self.character_threshold = character_threshold
        self.looks = tuple(looks)
        for look in self.looks:
            show(np.zeros((1, 1, 4), np.uint8), look)
        self._labels = read_labels(folder / TAGS_FILE)
        self._session = _session(folder / MODEL_FILE, providers)
        self._input = self._session.get_inputs()[0].name
        fixed = _fixed_batch(self._session, folder / MODEL_FILE, len(self._labels))
        on_cpu = self._session.get_providers()[0] == "CPUExecutionProvider"
        self._batch = fixed or batch or (1 if on_cpu else _GPU_BATCH)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as what it was made of: it is opened there once, and kept."""
        return _reopen, self._made_of

    @property
    def name(self) -> str:
        """The model's name, or that of its folder."""
        return self._name

    @property
    def providers(self) -> tuple[str, ...]:
        """What it computes on."""
        return tuple(self._session.get_providers())

    def tag(self, natives: Sequence[_Native]) -> list[Tagging]:
        """Propose tags; see :meth:`unipixel.caption.Tagger.tag`.

        Ratings are kept apart; text, signatures, watermarks and censoring are flags; ``pixelated`` is never proposed.
        """
        by_look = {look: self.scores(natives, look) for look in self.looks}
        return [
            self._tagging(native, {look: scores[at] for look, scores in by_look.items()})
            for at, native in enumerate(natives)
        ]

    def compare(self, native: _Native, looks: Sequence[str]) -> dict[str, dict[str, float]]:
        """Scores of every tag that passes its threshold in at least one of some looks, by tag and look.

        For a person who wants to know which look suits their pictures; the tag with the highest score first.
        """
        by_look = {look: self.scores([native], look)[0] for look in looks}
        best = np.stack(list(by_look.values())).max(axis=0)
        rows = [
            (float(best[at]), label.name, {look: float(scores[at]) for look, scores in by_look.items()})
            for at, label in enumerate(self._labels)
            if label.kind in ("general", "character") and best[at] >= self._limit(label.kind, native)
        ]
        return {name: scores for _, name, scores in sorted(rows, key=lambda row: (-row[0], row[1]))}

    def scores(self, natives: Sequence[_Native], look: str = "nearest") -> _Scores:
        """Every output for some natives.

        Returns
        -------
        (n, labels) float64, 0 to 1, rounded to three digits
        """
        found = [np.zeros((0, len(self._labels)))]
        for batch in _split(natives, self._batch):
            shown = np.stack([show(native, look) for native in batch])
            found.append(np.asarray(self._session.run(None, {self._input: shown})[0], np.float64))
        rounded: _Scores = np.concatenate(found).round(_DIGITS)
        return rounded

    def _limit(self, kind: str, native: _Native) -> float:
        limit = self.character_threshold if kind == "character" else self.threshold
        return min(1.0, limit + (RAISED if max(native.shape[:2]) <= SMALL else 0.0))

    def _tagging(self, native: _Native, by_look: Mapping[str, _Scores]) -> Tagging:
        mean = np.stack(list(by_look.values())).mean(axis=0).round(_DIGITS)
        ratings: dict[str, float] = {}
        flags: dict[str, float] = {}
        tags: dict[str, Proposal] = {}
        for at in np.lexsort((np.arange(len(mean)), -mean)):
            label, score = self._labels[at], float(mean[at])
            if label.kind == "rating":
                ratings[label.name] = score
            elif label.kind == "flag" and score >= self._limit("flag", native):
                flags[label.name] = score
            elif label.kind in ("general", "character") and score >= self._limit(label.kind, native):
                tags.setdefault(label.name, self._proposal(label.name, score, label.kind, native, by_look, int(at)))
        return Tagging(tuple(tags.values()), ratings, flags)

    def _proposal(
        self, name: str, score: float, kind: str, native: _Native, by_look: Mapping[str, _Scores], at: int
    ) -> Proposal:
        seen = ", ".join(f"{look} {scores[at]:.2f}" for look, scores in by_look.items())
        reason = f"{self._name}: {seen}; {kind} tags from {self._limit(kind, native):.2f}"
        return Proposal(name, "machine", score, "proposed", reason, self._name)


def _name_of(model: str | os.PathLike[str]) -> str:
    """Name of a model, or of its folder."""
    path = Path(model)
    return path.resolve().name if path.is_dir() else str(model).rsplit("/", 1)[-1]


@lru_cache(maxsize=1)
def _reopen(
    model: str,
    threshold: float | None,
    character_threshold: float,
    looks: tuple[str, ...],
    batch: int | None,
    providers: Sequence[str] | None,
) -> WdTagger:
    return WdTagger(
        model,
        threshold=threshold,
        character_threshold=character_threshold,
        looks=looks,
        batch=batch,
        providers=providers,
    )


def _session(file: Path, providers: Sequence[str] | None) -> Any:
    runtime = need("onnxruntime", extra="caption", purpose="tagging")
    there = runtime.get_available_providers()
    wanted = list(providers) if providers is not None else [name for name in PROVIDERS if name in there]
    missing = [name for name in wanted if name not in there]
    if missing:
        raise ModelError(f"onnxruntime has no {', '.join(missing)} here. It has: {', '.join(there)}.")
    options = runtime.SessionOptions()
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    try:
        return runtime.InferenceSession(str(file), sess_options=options, providers=wanted)
    except Exception as error:  # onnxruntime has no error class of its own to catch
        raise ModelError(f"{file}: onnxruntime can't load it ({str(error).splitlines()[0]}). Get it anew.") from error


def _fixed_batch(session: Any, file: Path, labels: int) -> int | None:
    """Pictures that the model must be given at once, None where any number will do; refuses what is no WD tagger."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    shape, made = list(inputs[0].shape), list(outputs[0].shape)
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or shape[1:] != [SIDE, SIDE, 3]:
        raise ModelError(
            f"{file}: takes {inputs[0].type} {shape}, not float [N, {SIDE}, {SIDE}, 3]. It is no WD tagger."
        )
    if isinstance(made[-1], int) and made[-1] != labels:
        raise ModelError(
            f"{file}: gives {made[-1]} scores, its {TAGS_FILE} names {labels}. They do not belong together."
        )
    return shape[0] if isinstance(shape[0], int) and shape[0] > 0 else None


def _split(natives: Sequence[_Native], size: int) -> Iterator[Sequence[_Native]]:
    for start in range(0, len(natives), size):
        yield natives[start : start + size]
