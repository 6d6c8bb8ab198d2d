"""Half precision: weights and arithmetic in float16, except where its range (65504) or its 11 bits do not suffice."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .ranges import Range, value_kinds
from .trouble import BakeError

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
LARGEST = float(np.finfo(np.float16).max)

# Sums over many values, powers and exponentials overflow or lose the small terms; the others take parameters that
# must be float32, or have no half version on the CPU.
KEPT = frozenset(
    """Pow Exp Log Sqrt Reciprocal ReduceSum ReduceMean ReduceL1 ReduceL2 ReduceSumSquare ReduceProd ReduceLogSumExp CumSum
    Softmax LogSoftmax LayerNormalization InstanceNormalization GroupNormalization RMSNormalization LpNormalization
    MeanVarianceNormalization Resize Upsample GridSample RoiAlign NonMaxSuppression TopK Range Min Max
    RandomNormal RandomUniform RandomNormalLike RandomUniformLike QuantizeLinear DequantizeLinear ConstantOfShape""".split()
)
MARGIN = 4  # other photos than those looked at may reach further by this
OURS = ("head_", "tail_")  # the bytes' way in and out stays as it is


def to_half(model: onnx.ModelProto, ranges: dict[str, Range]) -> onnx.ModelProto:
    """A copy in float16, with casts around the operators of KEPT and around those that take or give a value which comes
    near float16's end on a photo (`ranges`): sums over a whole picture do. Expects an optimised graph. Raises BakeError."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    _Halver(half, {name for name, reached in ranges.items() if not reached.furthest < LARGEST / MARGIN}).convert()
    return half


class _Halver:
    def __init__(self, model: onnx.ModelProto, far: set[str]) -> None:
        self.graph = model.graph
        self.kinds = value_kinds(model)
        self.far = far
        self.weights = {tensor.name: tensor for tensor in self.graph.initializer}
        self.nodes: list = []
        self.casts: dict[tuple[str, int], str] = {}
        self.halves: dict[str, onnx.TensorProto] = {}
        self.wide: set[str] = set()
        self.now: dict[str, int] = {}

    def convert(self) -> None:
        outputs = {value.name for value in self.graph.output}
        for node in self.graph.node:
            if any(attribute.HasField("g") for attribute in node.attribute):
                raise BakeError(f"Expected a graph without branches for fp16 but received {node.op_type} '{node.name}'.")
            kept = node.op_type in KEPT or node.domain not in ("", "ai.onnx") or node.name.startswith(OURS)
            far = self.far.intersection(node.input) or (outputs | self.far).intersection(node.output)
            self._node(node, FLOAT if kept or far else HALF)
        tensors = [tensor for tensor in self.graph.initializer if tensor.name in self.wide or tensor.data_type != FLOAT]
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(self.nodes)
        self.graph.initializer.extend([*tensors, *self.halves.values()])

    def _node(self, node: onnx.NodeProto, kind: int) -> None:
        if kind == HALF and node.op_type == "Cast":
            self._cast(node)
            return
        names = [self._as(name, kind) if name and self.kinds.get(name) == FLOAT else name for name in node.input]
        del node.input[:]
        node.input.extend(names)
        self.nodes.append(node)
        for name in node.output:
            if self.kinds.get(name) == FLOAT:
                self.now[name] = kind

    def _cast(self, node: onnx.NodeProto) -> None:
        """A cast takes floats of either width; what it makes of floats is now half as wide."""
        target = next(attribute for attribute in node.attribute if attribute.name == "to")
        if node.input[0] in self.weights and self.kinds.get(node.input[0]) == FLOAT:
            self.wide.add(node.input[0])
        if target.i == FLOAT:
            target.i = HALF
            self.now[node.output[0]] = HALF
        self.nodes.append(node)

    def _as(self, name: str, kind: int) -> str:
        """The name under which this value is to be had at the width."""
        if name in self.weights:
            return self._weight(name, kind)
        if self.now.get(name, FLOAT) == kind:
            return name
        key = (name, kind)
        if key not in self.casts:
            self.casts[key] = f"{name}/{'half' if kind == HALF else 'float'}"
            self.nodes.append(helper.make_node("Cast", [name], [self.casts[key]], name=f"cast_{len(self.casts)}", to=kind))
        return self.casts[key]

    def _weight(self, name: str, kind: int) -> str:
        if kind == FLOAT:
            self.wide.add(name)
            return name
        if name not in self.halves:
            values = np.clip(numpy_helper.to_array(self.weights[name]), -LARGEST, LARGEST)
            self.halves[name] = numpy_helper.from_array(values.astype(np.float16), f"{name}/half")
        return self.halves[name].name
