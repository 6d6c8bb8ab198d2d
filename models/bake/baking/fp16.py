"""Half precision: weights and arithmetic in float16, except where its range (65504) or its 11 bits do not suffice."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

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
OURS = ("head_", "tail_")  # the bytes' way in and out stays as it is


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy in float16, with casts around the operators of KEPT. Expects an optimised graph. Raises BakeError."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    _Halver(half).convert()
    return half


class _Halver:
    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph
        self.kinds = _kinds(model)
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
            kept = node.op_type in KEPT or node.domain not in ("", "ai.onnx") or node.name.startswith(OURS) or outputs & set(node.output)
            self._node(node, FLOAT if kept else HALF)
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


def _kinds(model: onnx.ModelProto) -> dict[str, int]:
    """The element type of every value. Raises BakeError where one cannot be told."""
    inferred = onnx.shape_inference.infer_shapes(_hollow(model), data_prop=False).graph
    kinds = {value.name: value.type.tensor_type.elem_type for value in (*inferred.value_info, *inferred.input, *inferred.output)}
    kinds.update({tensor.name: tensor.data_type for tensor in model.graph.initializer})
    for node in model.graph.node:
        for name in node.output:
            if name and not kinds.get(name):
                raise BakeError(f"Expected to know the type of what {node.op_type} '{node.name}' gives, for fp16, but it cannot be told.")
    return kinds


def _hollow(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without the bytes of its large weights, which types do not depend on and which would not fit in a message."""
    hollow = onnx.ModelProto()
    hollow.CopyFrom(model)
    for tensor in hollow.graph.initializer:
        if len(tensor.raw_data) > 1024:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="none")
    return hollow
