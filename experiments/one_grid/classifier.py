"""A small network that names the subject of a native: whether what a LoRA draws can be recognised."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from plan import SIZES, UNSEEN
from scenes import SUBJECTS, Native, draw_scenes, native
from torch import nn
from torch.nn import functional as F

STEPS = 500
BATCH = 48
NOISE = 0.12
"""Highest standard deviation of the noise on its training pictures, of a range of 0 to 1: shapes count, not pixels."""
TINT = 0.15
"""Most by which each colour of a training picture is moved, likewise."""


class Classifier(nn.Module):
    """Four convolutions, the strongest answer of each feature over the picture, one linear layer."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 96, 128)
        self.layers = nn.ModuleList(nn.Conv2d(before, after, 3, padding=1) for before, after in pairwise(widths))
        self.head = nn.Linear(widths[-1], len(SUBJECTS))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Scores ``(n, subjects)`` of ``(n, 3, h, w)`` in 0..1."""
        features = pictures - 0.5
        for place, layer in enumerate(self.layers):
            features = F.relu(layer(features))
            if place == 1:
                features = F.max_pool2d(features, 2)
        return self.head(features.amax(dim=(2, 3)))


def load_classifier(file: Path, scale: int = 8) -> Classifier:
    """The classifier of a file; trained on fresh scenes where the file is missing."""
    model = Classifier()
    if file.exists():
        model.load_state_dict(torch.load(file, weights_only=True))
        return model.eval()
    torch.manual_seed(0)
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    course = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, STEPS)
    for step in range(STEPS):
        pictures, answers = _batch(step, 1000 + step, scale)
        loss = F.cross_entropy(model(_roughen(pictures)), answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        course.step()
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    torch.save(model.state_dict(), part)
    os.replace(part, file)
    return model.eval()


def accuracy(model: Classifier, scale: int = 8) -> float:
    """Share of 500 fresh scenes, all sizes, whose subject it names."""
    right = 0
    for index in range(10):
        pictures, answers = _batch(index, 10 + index, scale, 50)
        with torch.no_grad():
            right += int((model(pictures).argmax(1) == answers).sum())
    return right / 500


def name_subjects(model: Classifier, natives: Sequence[Native]) -> list[str]:
    """What it takes each native for."""
    names = list(SUBJECTS)
    with torch.no_grad():
        return [names[int(model(_tensor([picture])).argmax())] for picture in natives]


def _roughen(pictures: torch.Tensor) -> torch.Tensor:
    """Blur, tint and noise of random strength."""
    strengths = torch.rand(3, len(pictures), 1, 1, 1)
    blurred = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    soft = torch.lerp(pictures, blurred, strengths[0])
    tint = TINT * (2 * torch.rand(len(pictures), 3, 1, 1) - 1) * strengths[1]
    return soft + tint + NOISE * strengths[2] * torch.randn(pictures.shape)


def _batch(turn: int, seed: int, scale: int, count: int = BATCH) -> tuple[torch.Tensor, torch.Tensor]:
    sizes = (*SIZES, *UNSEEN)
    scenes = draw_scenes(count, [sizes[turn % len(sizes)]], seed, scale)
    names = list(SUBJECTS)
    return _tensor([native(scene) for scene in scenes]), torch.tensor([names.index(scene.subject) for scene in scenes])


def _tensor(natives: Sequence[Native]) -> torch.Tensor:
    stacked = np.stack([picture[..., :3] for picture in natives])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255
