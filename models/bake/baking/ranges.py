"""What the values inside a graph amount to on photos: half precision and eight bits both have to know."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from .runtime import open_graph
from .trouble import BakeError, first_line

FLOAT = TensorProto.FLOAT


@dataclass(frozen=True)
class Range:
    """The mean of all photos' extremes, and the furthest from zero of any."""

    low: float
    high: float
    furthest: float


def value_ranges(model: onnx.ModelProto, photos: list[np.ndarray], workspace: Path, what: str) -> dict[str, Range]:
    """The range of every float value that a node gives. `photos`: uint8 [1,h,w,3] each. Raises BakeError."""
    kinds = value_kinds(model)
    names = [name for node in model.graph.node for name in node.output if kinds.get(name) == FLOAT]
    # From a file, since the session then shares its memory with nothing of ours.
    path = workspace / "watched.onnx"
    onnx.save(_watched(model, names), path)
    session = open_graph(path, f"{what} with its values watched")
    path.unlink()
    found = np.empty((len(photos), len(names), 2))
    for index, photo in enumerate(photos):
        try:
            found[index] = np.array(session.run(None, {"image": photo})).reshape(len(names), 2)
        except Exception as error:
            raise BakeError(f"Expected {what} to run on {list(photo.shape)} but received: {first_line(error)}") from error
    means, furthest = found.mean(0), np.abs(found).max((0, 2))
    return {name: Range(float(low), float(high), float(far)) for name, (low, high), far in zip(names, means, furthest)}


def value_kinds(model: onnx.ModelProto) -> dict[str, int]:
    """The element type of every value. Raises BakeError where one cannot be told."""
    inferred = onnx.shape_inference.infer_shapes(hollow(model), data_prop=False).graph
    kinds = {value.name: value.type.tensor_type.elem_type for value in (*inferred.value_info, *inferred.input, *inferred.output)}
    kinds.update({tensor.name: tensor.data_type for tensor in model.graph.initializer})
    for node in model.graph.node:
        for name in node.output:
            if name and not kinds.get(name):
                raise BakeError(f"Expected to know the type of what {node.op_type} '{node.name}' gives but it cannot be told.")
    return kinds


def hollow(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without the bytes of its large weights, which types and shapes do not depend on."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if len(tensor.raw_data) > 1024:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="none")
    return copy


def _watched(model: onnx.ModelProto, names: list[str]) -> onnx.ModelProto:
    """The graph with the least and the greatest of these values as its outputs, in pairs."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    del watched.graph.output[:]
    for name in names:
        for kind in ("ReduceMin", "ReduceMax"):
            result = f"{name}/{kind}"
            watched.graph.node.append(helper.make_node(kind, [name], [result], name=result, keepdims=0))
            watched.graph.output.append(helper.make_tensor_value_info(result, FLOAT, []))
    return watched
