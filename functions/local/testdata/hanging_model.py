"""Writes hanging-model.onnx: a segmentation model that never ends on a photo, but does on the ones of a warm-up.

    python functions/local/testdata/hanging_model.py
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

SIZE = 8
FOR_EVER = 2**62


def constant(name: str, value: int) -> onnx.NodeProto:
    tensor = helper.make_tensor(name, TensorProto.INT64, [], [value])
    return helper.make_node("Constant", [], [name], value=tensor)


def scalar(name: str, kind: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, [])


counting = helper.make_graph(
    [
        constant("one", 1),
        helper.make_node("Add", ["count", "one"], ["next"]),
        helper.make_node("Identity", ["going"], ["goes_on"]),
    ],
    "counting",
    [scalar("turn", TensorProto.INT64), scalar("going", TensorProto.BOOL), scalar("count", TensorProto.INT64)],
    [scalar("goes_on", TensorProto.BOOL), scalar("next", TensorProto.INT64)],
)
nodes = [
    constant("dark", 1),
    constant("zero", 0),
    constant("for_ever", FOR_EVER),
    helper.make_node("Cast", ["image"], ["wide"], to=TensorProto.INT64),
    helper.make_node("ReduceMax", ["wide"], ["brightest"], keepdims=0),
    helper.make_node("Greater", ["brightest", "dark"], ["is_photo"]),
    helper.make_node("Where", ["is_photo", "for_ever", "zero"], ["turns"]),
    helper.make_node("Loop", ["turns", "", "zero"], ["counted"], body=counting),
    helper.make_node("ReduceMax", ["wide"], ["grey"], axes=[3], keepdims=1),
    helper.make_node("Add", ["grey", "counted"], ["sum"]),
    helper.make_node("Cast", ["sum"], ["mask"], to=TensorProto.UINT8),
]
graph = helper.make_graph(
    nodes,
    "hanging",
    [helper.make_tensor_value_info("image", TensorProto.UINT8, [1, SIZE, SIZE, 3])],
    [helper.make_tensor_value_info("mask", TensorProto.UINT8, [1, SIZE, SIZE, 1])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
Path(__file__).with_name("hanging-model.onnx").write_bytes(model.SerializeToString())
