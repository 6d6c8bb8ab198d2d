"""Drops stray pieces from a mask: connected components that are small beside the largest.

A small network sees things at the frame and lights in the background as well. On the held-out pairs, dropping what
has less than a twentieth of the largest piece raises the IoU of cats, animals and objects and lowers nobody's; at a
fifteenth books at the frame go as well and cats lose 0.001 of it; at a quarter, second cats go. So a larger share is
asked for only of what is less surely of the largest piece's kind than that is itself, as somebody who stands beside a
car. Found among cells of 4×4 pixels by flooding: every cell takes the highest number around it until nothing changes
(connected components by label propagation; Rosenfeld & Pfaltz 1966 for what is connected).
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from onnx import TensorProto, helper
from segment_network import KINDS

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph  # noqa: E402

CELL = 4
FAINT = 0.15  # a pixel up to this joins no pieces; beyond the cells around a piece it goes. At 0.25 thin stems part from what they carry
LEAST = 1 / 15  # of the largest piece's mass; a piece's mass is what is at least half there
FOREIGN = 0.35  # the same for what is of another kind, except for an animal beside something else
ALIKE = 0.6  # of the largest piece's score for its kind; what has less is of another
ANIMAL = KINDS.index("animal")
SPECK = 1e-6  # no piece that counts has a mass as small
AROUND = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}  # a cell and its eight neighbours


def keep_pieces(g: Graph, mask: str, kinds: str, side: int) -> str:
    """Nodes that drop the stray pieces of a float mask 0–1 [1, 1, side, side] with the kinds' scores in each cell
    [1, 3, side/4, side/4].
    """
    cells = side // CELL
    whole = {"kernel_shape": [CELL, CELL], "strides": [CELL, CELL]}
    there = g.op("MaxPool", g.truth(g.op("Greater", mask, FAINT)), **whole)
    numbers = g.constant(np.arange(1, cells**2 + 1).reshape(1, 1, cells, cells))
    label = g.op("Cast", flood(g, g.mul(numbers, there), there, cells), to=TensorProto.INT64)
    label = g.op("Reshape", label, g.ints(1, -1))
    solid = g.op("AveragePool", g.mul(mask, g.truth(g.op("GreaterOrEqual", mask, 0.5))), **whole)
    solid = g.op("Reshape", g.mul(solid, there), g.ints(1, -1))
    kinds = g.sub(kinds, g.op("ReduceMean", kinds, g.ints(1)))
    scores = g.mul(g.op("Reshape", kinds, g.ints(len(KINDS), -1)), solid)
    rows = 1 + len(KINDS)
    sums = g.op(
        "ScatterElements",
        g.op("ConstantOfShape", g.ints(rows, cells**2 + 1)),
        g.op("Expand", label, g.ints(rows, cells**2)),
        g.op("Concat", solid, scores, axis=0),
        axis=1,
        reduction="add",
    )
    mass, scores = g.op("Split", sums, g.ints(1, len(KINDS)), outputs=2, axis=0)
    kind = g.op("ArgMax", scores, axis=0)
    main = g.op("ArgMax", mass, axis=1)
    first = g.op("GatherElements", kind, main, axis=1)
    score = g.div(g.op("Gather", scores, g.op("Reshape", first, g.ints(-1)), axis=0), g.op("Max", mass, g.constant(SPECK)))
    alike = g.op("GreaterOrEqual", score, g.mul(g.op("GatherElements", score, main, axis=1), ALIKE))
    pet = g.op("And", g.op("Equal", kind, g.ints(ANIMAL)), g.op("Not", g.op("Equal", first, g.ints(ANIMAL))))
    least = g.op("Where", g.op("Or", alike, pet), g.constant(LEAST), g.constant(FOREIGN))
    heavy = g.truth(g.op("GreaterOrEqual", mass, g.mul(g.op("ReduceMax", mass), least)))
    kept = g.op("GatherElements", heavy, label, axis=1)
    kept = g.mul(g.op("Reshape", kept, g.ints(1, 1, cells, cells)), there)
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


def pieces_kept(mask: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The same of a float mask 0–1 [s, s] and scores [3, s/4, s/4] by OpenCV's components, which the graph is checked against."""
    side = len(mask) // CELL
    there = (mask > FAINT).reshape(side, CELL, side, CELL).max((1, 3)).astype(np.uint8)
    count, label = cv2.connectedComponents(there, connectivity=8)
    solid = np.where(mask >= 0.5, mask, 0).reshape(side, CELL, side, CELL).mean((1, 3))
    solid = solid * there
    mass = np.bincount(label.ravel(), solid.ravel(), count)
    scores = np.array([np.bincount(label.ravel(), (solid * plane).ravel(), count) for plane in kinds - kinds.mean(0)])
    kind, main = scores.argmax(0), mass.argmax()
    score = scores[kind[main]] / np.maximum(mass, SPECK)
    belongs = (score >= ALIKE * score[main]) | ((kind == ANIMAL) & (kind[main] != ANIMAL))
    least = np.where(belongs, LEAST, FOREIGN)
    kept = (mass >= least * mass.max())[label] & (there > 0)
    around = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    return mask * cv2.resize(around, mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
