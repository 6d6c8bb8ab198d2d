"""How far a pixel of the output sees, found by running the graph itself.

Every weight becomes 1 and every sum is cut down to 0 or 1: then one white pixel in the input lights exactly the output
pixels that can depend on it. A strip is enough for each axis, since the reach along it does not depend on the other.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .runtime import open_graph, run

LINEAR = {"Conv": 1, "ConvTranspose": 1}  # where their weights stand among the inputs
ALIKE = frozenset("Identity Relu LeakyRelu PRelu Sigmoid Tanh Clip Gelu Elu Selu HardSigmoid HardSwish Softplus Erf Abs Neg Sqrt Exp Round".split())
JOINING = frozenset("Add Sub Mul Div Max Min Sum".split())
MOVING = frozenset(
    """Concat Reshape Transpose Slice Split Pad DepthToSpace SpaceToDepth Resize Upsample MaxPool AveragePool
    Gather Squeeze Unsqueeze Expand Cast BatchNormalization Shape Size""".split()
)
STRIP = 4  # pixels across, times what a pixel-unshuffle joins
LENGTHS = (256, 2048)  # a shallow network is done with the first


def receptive_field(model: onnx.ModelProto, scale: int, multiple: int) -> int | None:
    """In input pixels; None where every pixel counts, or the graph has an operator whose reach is not known.

    `model`: one float input [N,3,h,w] with free sides, one output `scale` times as large.
    """
    traced = _trace(model)
    if traced is None:
        return None
    session = open_graph(traced.SerializeToString(), "the traced graph", "basic")
    name = model.graph.output[0].name
    reach = 0
    for axis in (2, 3):
        for offset in range(multiple):
            found = _along(session, name, axis, offset, scale, multiple)
            if found is None:
                return None
            reach = max(reach, found)
    return reach


def _along(session, name: str, axis: int, offset: int, scale: int, multiple: int) -> int | None:
    for length in LENGTHS:
        place = length // 2 // multiple * multiple + offset
        shape = [1, 3, STRIP * multiple, STRIP * multiple]
        shape[axis] = length
        image = np.zeros(shape, np.float32)
        image[(slice(None), slice(None), slice(None), place) if axis == 3 else (slice(None), slice(None), place)] = 1
        lit = run(session, image, name, "the traced graph").any(axis=tuple(other for other in range(4) if other != axis))
        places = np.flatnonzero(lit) // scale
        if len(places) and places[0] > 0 and places[-1] < length - 1:
            return int(max(place - places[0], places[-1] - place))
    return None


def _trace(model: onnx.ModelProto) -> onnx.ModelProto | None:
    traced = onnx.ModelProto()
    traced.CopyFrom(model)
    graph = traced.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    seen = {graph.input[0].name}  # what depends on the photo's values
    nodes: list = []
    for node in list(graph.node):
        pixels = [name for name in node.input if name in seen]
        if not pixels:
            nodes.append(node)
            continue
        if node.op_type not in ("Shape", "Size"):
            seen.update(node.output)
        replaced = _replace(node, pixels, weights)
        if replaced is None:
            return None
        nodes.extend(replaced)
    del graph.node[:]
    graph.node.extend(nodes)
    return traced


def _replace(node: onnx.NodeProto, pixels: list[str], weights: dict) -> list | None:
    """The nodes that carry 0 and 1 where this one carries values; None where its reach is not known."""
    kind = node.op_type
    if kind in ALIKE or kind == "BatchNormalization" or (kind in JOINING and len(pixels) == 1):
        return [helper.make_node("Identity", [pixels[0]], [node.output[0]])]
    raw = f"{node.output[0]}/sum"
    cut = [helper.make_node("Abs", [raw], [f"{raw}/abs"]), helper.make_node("Sign", [f"{raw}/abs"], [node.output[0]])]
    if kind in JOINING:
        return [helper.make_node("Sum", pixels, [raw]), *cut]
    if kind in LINEAR and node.input[LINEAR[kind]] in weights:
        tensor = weights[node.input[LINEAR[kind]]]
        tensor.CopyFrom(numpy_helper.from_array(np.ones_like(numpy_helper.to_array(tensor)), tensor.name))
        del node.input[2:], node.output[:]
        node.output.append(raw)
        return [node, *cut]
    if kind in ("Resize", "Upsample", "AveragePool", "ConvTranspose"):
        del node.output[:]
        node.output.append(raw)
        return [node, *cut]
    return [node] if kind in MOVING else None
