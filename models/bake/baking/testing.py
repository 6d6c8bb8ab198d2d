"""For tests: rows that stand for models, graphs of a few weights, and a folder that goes with the test."""

import dataclasses
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .manifest import Row, Source
from .runtime import open_graph, run

FLOAT = TensorProto.FLOAT
ROW = Row(
    id="tiny",
    stage="segment",
    file="tiny",
    title="tiny",
    licence="MIT",
    format="onnx",
    sources=(Source("tiny", "https://nowhere.invalid/tiny.onnx", "MIT", "0" * 64),),
    shapes=((2, 2),),
)
UPSCALER = dataclasses.replace(ROW, id="tiny-up", stage="upscale", format="compact", scale=2, shapes=())


def graph(nodes: list, weights: dict, inputs: dict | None = None, outputs: dict | None = None, opset: int = 17) -> onnx.ModelProto:
    def infos(values: dict) -> list:
        return [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in values.items()]

    made = helper.make_graph(
        nodes,
        "tiny",
        infos(inputs or {"x": ["N", 3, "h", "w"]}),
        infos(outputs or {"y": None}),
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(kind: str, inputs: str, output: str, **attributes) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), output.split(), name=f"{kind}_{output}", **attributes)


def convolutions(count: int, **attributes) -> tuple[list, dict]:
    """`count` convolutions of 3 × 3, from x by a0, a1 … to the last of them."""
    names = ["x", *(f"a{i}" for i in range(count))]
    nodes = [node("Conv", f"{names[i]} w b", names[i + 1], pads=[1] * 4, **attributes) for i in range(count)]
    random = np.random.default_rng(1)
    return nodes, {"w": random.normal(size=(3, 3, 3, 3)).astype(np.float32), "b": np.ones(3, np.float32)}


class Steps(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_bytes(self, model: onnx.ModelProto, photo: np.ndarray, output: str) -> np.ndarray:
        return run(open_graph(model.SerializeToString(), "tiny"), photo.astype(np.uint8), output, "tiny")
