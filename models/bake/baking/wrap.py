"""From an authors' network to the product's contract: bytes in, bytes out; everything between is nodes of the graph."""

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from .manifest import Row
from .source import FloatModel
from .tidy import tidy

INSIDE = "net/"  # before every name of the source, so that none meets one of ours


def wrap(row: Row, source: FloatModel) -> onnx.ModelProto:
    """uint8 `image` [N,h,w,3] → uint8 `image_out` or `mask`. Takes the source's graph apart: it is not usable after."""
    before, after = f"{INSIDE}{source.input}", f"{INSIDE}{source.output}"
    model = compose.add_prefix(tidy(source.graph), INSIDE, inplace=True)
    sizes = input_sizes(row, model)
    head = _Nodes("head")
    photo = head.op("Transpose", head.op("Cast", "image", to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    # (x / 255 − mean) / std as one product and one sum.
    mean, std = (np.asarray(values, np.float64).reshape(1, 3, 1, 1) for values in (row.mean, row.std))
    scaled = head.op("Mul", photo, head.constant(1 / (255 * std)))
    head.op("Identity" if not mean.any() else "Sub", *([scaled] if not mean.any() else [scaled, head.constant(mean / std)]), name=before)

    tail = _Nodes("tail")
    name = output_name(row)
    # The authors' own graphs are not of one mind about the axis of the one channel.
    planes = tail.op("Reshape", after, tail.ints(1, 1, *row.shapes[0])) if row.stage == "segment" and len(row.shapes) == 1 else after
    unit = tail.op("Sigmoid", planes) if logits(row) else tail.op("Clip", planes, tail.constant(0), tail.constant(1))
    levels = tail.op("Round", tail.op("Mul", unit, tail.constant(255)))
    tail.op("Cast", tail.op("Transpose", levels, perm=[0, 2, 3, 1]), to=TensorProto.UINT8, name=name)

    graph = model.graph
    nodes = [*head.nodes, *graph.node, *tail.nodes]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.initializer.extend([*head.constants, *tail.constants])
    graph.input.append(helper.make_tensor_value_info("image", TensorProto.UINT8, sizes))
    graph.output.append(helper.make_tensor_value_info(name, TensorProto.UINT8, output_sizes(row, sizes)))
    graph.name = row.id
    return model


def logits(row: Row) -> bool:
    """Whether the network's output still needs its sigmoid."""
    return row.stage == "segment" and row.activation == "sigmoid"


def output_name(row: Row) -> str:
    return "mask" if row.stage == "segment" else "image_out"


def input_sizes(row: Row, model: onnx.ModelProto) -> list[int | str]:
    """[N,h,w,3] as the card writes it; N is 1 unless the source takes any batch."""
    if row.stage == "segment":
        return [1, *row.shapes[0], 3] if len(row.shapes) == 1 else [1, "h", "w", 3]
    batch = model.graph.input[0].type.tensor_type.shape.dim[0]
    return [batch.dim_value if batch.HasField("dim_value") else "N", "h", "w", 3]


def output_sizes(row: Row, sizes: list[int | str]) -> list[int | str]:
    if row.stage == "segment":
        return [*sizes[:3], 1]
    return [sizes[0], *(f"{row.scale}{side}" if row.scale > 1 else side for side in sizes[1:3]), 3]


class _Nodes:
    """Nodes and constants under one prefix. They are of opset 11 and later alike."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: list = []
        self.constants: list = []

    def op(self, kind: str, *inputs: str, name: str | None = None, **attributes) -> str:
        output = name or f"{self.prefix}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"{self.prefix}_{len(self.nodes)}_{kind}", **attributes))
        return output

    def constant(self, value, dtype=np.float32) -> str:
        name = f"{self.prefix}_c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(values, np.int64)
