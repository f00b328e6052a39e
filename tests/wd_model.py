"""A model of a WD v3 tagger's contract that a test can build: its scores are known functions of the pixels."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUTPUTS = 10_861
NAMED = {
    # What each output sees, in the order of the channels of the input (blue, green, red): weights and a shift.
    4: ("1girl", 0, (0.0, 0.0, 1.0)),
    5: ("blue_theme", 0, (1.0, 0.0, 0.0)),
    6: ("green_theme", 0, (0.0, 1.0, 0.0)),
    7: ("wide_shot", 0, (1 / 3, 1 / 3, 1 / 3)),
    8: ("o_o", 0, (0.0, 0.0, 1.0)),
    9: ("pixelated", 0, (1.0, 1.0, 1.0)),
    10: ("signature", 0, (0.0, 1.0, 0.0)),
    11: ("fog", 0, (0.0, 0.0, 0.0)),
    8110: ("link_(zelda)", 4, (0.0, 0.0, 1.0)),
}
"""Outputs that do something: name, category, weights on the mean of each channel over the whole input, 0 to 1."""
RATINGS = {0: (0.0, 0.0, 0.0), 1: (0.0, 1.0, 0.0), 2: (1.0, 0.0, 0.0), 3: (0.0, 0.0, 1.0)}
"""general, sensitive (green), questionable (blue), explicit (red)."""


def labels() -> list[tuple[int, str, int, int]]:
    """Rows of ``selected_tags.csv``: as many of each category as the v3 taggers have."""
    names = ["general", "sensitive", "questionable", "explicit"]
    rows = [(9_999_999 - at, name, 9, 1) for at, name in enumerate(names)]
    for at in range(4, OUTPUTS):
        name, category, _ = NAMED.get(at, (f"tag_{at}", 0 if at < 8110 else 4, None))
        rows.append((at, name, category, 1000))
    return rows


def write_tagger(folder: Path, *, outputs: int = OUTPUTS, side: int = 448, batch: "str | int" = "batch") -> Path:
    """Write ``model.onnx`` and ``selected_tags.csv``.

    Float [N, 448, 448, 3] in; the mean of each channel over the picture, divided by 255; a matrix; [N, 10861] out.
    """
    weights = np.zeros((3, outputs), np.float32)
    for at, (_, _, row) in NAMED.items():
        weights[:, at] = row
    for at, row in RATINGS.items():
        weights[:, at] = row
    nodes = [
        # One axis after the other: 448 whole numbers add up exactly in float32, 448x448 do not.
        helper.make_node("ReduceMean", ["input", "axis"], ["columns"], keepdims=0),
        helper.make_node("ReduceMean", ["columns", "axis"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "unit"], ["share"]),
        helper.make_node("MatMul", ["share", "weights"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, side, side, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, outputs])],
        [
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
            numpy_helper.from_array(np.array(1 / 255, np.float32), "unit"),
            numpy_helper.from_array(weights, "weights"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / "model.onnx"))
    rows = ["tag_id,name,category,count", *(",".join(map(str, row)) for row in labels())]
    (folder / "selected_tags.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder
