"""Lets torchvision, whose wheel on the index is for CUDA, be imported beside a torch for the CPU alone.

It names two operators of its own library, which can't be loaded there: declared, they are known, and nothing here runs
them. Python imports this module at its start where the folder is on its path.
"""

import sys
from importlib.abc import MetaPathFinder

OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


class _Declares(MetaPathFinder):
    """Declares the operators when torchvision is first asked for, and finds nothing."""

    def __init__(self):
        self.library = None

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision" and self.library is None:
            import torch

            if torch.version.cuda is None:
                self.library = torch.library.Library("torchvision", "DEF")
                for operator in OPERATORS:
                    self.library.define(operator)
        return None


sys.meta_path.insert(0, _Declares())
