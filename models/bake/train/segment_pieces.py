"""Drops stray pieces from a mask: connected components that are small beside the largest.

A small network sees things at the frame and lights in the background as well. On the held-out pairs, dropping what
has less than a twentieth of the largest piece raises the IoU of cats, animals and objects and lowers nobody's; at a
quarter, second cats go. Found among cells of 4×4 pixels by flooding: every cell takes the highest number around it
until nothing changes (connected components by label propagation; Rosenfeld & Pfaltz 1966 for what is connected).
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph  # noqa: E402

CELL = 4
FAINT = 0.15  # a pixel up to this joins no pieces; beyond the cells around a piece it goes. At 0.25 thin stems part from what they carry
LEAST = 0.05  # of the largest piece's mass; a piece's mass is what is at least half there
AROUND = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}  # a cell and its eight neighbours


def keep_pieces(g: Graph, mask: str, side: int) -> str:
    """Nodes that drop the stray pieces of a float mask 0–1 [1, 1, side, side]."""
    cells = side // CELL
    whole = {"kernel_shape": [CELL, CELL], "strides": [CELL, CELL]}
    there = g.op("MaxPool", g.truth(g.op("Greater", mask, FAINT)), **whole)
    numbers = g.constant(np.arange(1, cells**2 + 1).reshape(1, 1, cells, cells))
    label = g.op("Cast", flood(g, g.mul(numbers, there), there, cells), to=TensorProto.INT64)
    label = g.op("Reshape", label, g.ints(-1))
    solid = g.op("AveragePool", g.mul(mask, g.truth(g.op("GreaterOrEqual", mask, 0.5))), **whole)
    solid = g.op("Reshape", g.mul(solid, there), g.ints(-1))
    mass = g.op("ScatterElements", g.constant(np.zeros(cells**2 + 1)), label, solid, reduction="add")
    heavy = g.truth(g.op("GreaterOrEqual", mass, g.mul(g.op("ReduceMax", mass, keepdims=1), LEAST)))
    kept = g.mul(g.op("Reshape", g.op("Gather", heavy, label), g.ints(1, 1, cells, cells)), there)
    around = g.op("MaxPool", kept, **AROUND)
    return g.mul(mask, g.op("Resize", around, "", g.constant([1, 1, CELL, CELL]), mode="nearest"))


def flood(g: Graph, labels: str, there: str, cells: int) -> str:
    """A loop in which every cell that is there takes the highest label around it, until nothing changes."""
    shape = [1, 1, cells, cells]
    floats, flag = TensorProto.FLOAT, TensorProto.BOOL
    body = helper.make_graph(
        [
            helper.make_node("MaxPool", ["label"], ["highest"], **AROUND),
            helper.make_node("Mul", ["highest", there], ["taken"]),
            helper.make_node("Sub", ["taken", "label"], ["risen"]),
            helper.make_node("ReduceMax", ["risen", g.ints(1, 2, 3)], ["most"], keepdims=0),
            helper.make_node("Cast", ["most"], ["changed"], to=flag),
        ],
        "flood",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", flag, [1]),
            helper.make_tensor_value_info("label", floats, shape),
        ],
        [helper.make_tensor_value_info("changed", flag, [1]), helper.make_tensor_value_info("taken", floats, shape)],
    )
    return g.op("Loop", g.constant(cells**2, np.int64), g.constant(True, bool), labels, body=body)


def pieces_kept(mask: np.ndarray) -> np.ndarray:
    """The same of a float mask 0–1 [s, s] by OpenCV's components, which the graph is checked against."""
    side = len(mask) // CELL
    there = (mask > FAINT).reshape(side, CELL, side, CELL).max((1, 3)).astype(np.uint8)
    count, label = cv2.connectedComponents(there, connectivity=8)
    solid = np.where(mask >= 0.5, mask, 0).reshape(side, CELL, side, CELL).mean((1, 3))
    mass = np.bincount(label.ravel(), (solid * there).ravel(), count)
    kept = (mass[label] >= LEAST * mass.max()) & (there > 0)
    around = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    return mask * cv2.resize(around, mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
