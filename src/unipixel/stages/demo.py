"""The demo: the whole job on screenshots of a game, then a check against the game's own pixels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unipixel.errors import ResultError
from unipixel.files import write_atomic
from unipixel.image import load_image
from unipixel.progress import Progress, quiet
from unipixel.stages.adding import add
from unipixel.stages.base import DEFAULT_BASE
from unipixel.stages.captioning import write_captions
from unipixel.stages.checking import check
from unipixel.stages.converting import convert_samples
from unipixel.stages.licensing import set_provenance
from unipixel.stages.measuring import measure
from unipixel.stages.preparing import prepare, read_natives
from unipixel.stages.reporting import write_report
from unipixel.stages.samples import draw_samples
from unipixel.stages.training import train
from unipixel.stages.workspace import Workspace

SCREENSHOTS = 132
"""Screenshots that are taken."""

PROVENANCE = {
    "licence": "MIT",
    "allow_train": "yes",
    "author": "Danijar Hafner",
    "title": "Crafter",
    "url": "https://github.com/danijar/crafter",
    "licence_url": "https://github.com/danijar/crafter/blob/main/LICENSE",
}
"""Of the game whose screenshots they are."""


def run_demo(
    folder: Path,
    *,
    base: str = DEFAULT_BASE,
    overrides: Mapping[str, Any] | None = None,
    device: str = "auto",
    progress: Progress = quiet,
) -> Path:
    """Play, prepare, caption, check, train, sample, measure, convert, report, and compare with the truth.

    Every stage does only what is not done yet, so a demo that was stopped goes on where it was.

    Parameters
    ----------
    folder : Path
        Gets ``screenshots/`` (what a user would have), ``truth/`` (read by nothing but the final check) and
        ``crafter/``, the workspace.
    base, overrides, device, progress
        As for :func:`~unipixel.stages.training.train`.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    ResultError
        A picture that was called sure is not what the game drew, or the data set has faults.
    """
    screenshots, truth = folder / "screenshots", folder / "truth"
    _play(screenshots, truth, progress)
    workspace = Workspace.create(folder / "crafter", preset="demo")
    add(workspace, [screenshots], progress=progress)
    options = dict(overrides or {})
    prepare(workspace, overrides=options, progress=progress)
    set_provenance(workspace, PROVENANCE)
    write_captions(workspace, overrides=options, progress=progress)
    findings = check(workspace, overrides=options)
    if findings:
        raise ResultError("The demo's data set has faults.", [str(finding) for finding in findings])
    train(workspace, base=base, overrides=options, device=device, progress=progress)
    draw_samples(workspace, base=base, overrides=options, device=device, progress=progress)
    measure(workspace, base=base, overrides=options, device=device, progress=progress)
    convert_samples(workspace, overrides=options, progress=progress)
    verdict = compare(workspace, truth)
    report = write_report(workspace, truth=verdict)
    if verdict["complaints"]:
        raise ResultError(f"The demo ran, but its final check failed. See {report}", verdict["complaints"])
    return report


def compare(workspace: Workspace, truth: Path) -> dict[str, Any]:
    """Compare every native with the game's own pixels; figures and sentences as the report shows them."""
    from unipixel.demo import compare_with_truth

    found = read_natives(workspace)
    natives = {name: load_image(file) if file else None for name, (file, _) in found.items()}
    result = compare_with_truth(natives, {name: state == "sure" for name, (_, state) in found.items()}, truth)
    counts = result.counts()
    exact = sum(picture.exact_cells == 1.0 for picture in result.pictures)
    return {
        "pictures": counts["pictures"],
        "sure": counts["sure"],
        "sure_and_right": counts["sure"] - counts["sure_wrong"],
        "exact": exact,
        "wrong": list(result.wrong),
        "complaints": list(result.complaints),
        "lines": [
            f"PNG: {counts['sure_png']} of {counts['pictures_png']} called sure, "
            f"{counts['sure_wrong_png']} of those wrong.",
            f"JPEG: {counts['sure_jpeg']} of {counts['pictures_jpeg']} called sure, "
            f"{counts['sure_wrong_jpeg']} of those wrong; "
            f"{counts['unsure_right_jpeg']} more were right, but said that they are not sure.",
            f"{exact} natives are the game's own pixels, every one of them.",
        ],
    }


def _play(screenshots: Path, truth: Path, progress: Progress) -> None:
    """Take the screenshots once; the mark says that all of them are there."""
    mark = screenshots / "complete"
    if mark.exists() and mark.read_text("utf-8") == str(SCREENSHOTS):
        return
    from unipixel.demo import take_screenshots

    take_screenshots(screenshots, truth, count=SCREENSHOTS, progress=progress)
    write_atomic(mark, str(SCREENSHOTS))
