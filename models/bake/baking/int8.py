"""Eight bits, static: weights by channel, activations by what real photos make of them (Jacob et al. 2018, arXiv 1712.05877)."""

import logging
from contextlib import contextmanager

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationMethod, QDQQuantizer, QuantType
from onnxruntime.quantization.calibrate import TensorsData

from .ranges import Range, hollow
from .tidy import tidy
from .trouble import BakeError, first_line

QUANTISED = ("Conv", "MatMul", "Gemm")
LOWEST_OPSET = 13  # the first in which every channel may have a scale of its own


def lifted(model: onnx.ModelProto, what: str) -> onnx.ModelProto:
    """The same graph in an opset that can be quantised by channel. Raises BakeError."""
    opset = max(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    if opset >= LOWEST_OPSET:
        return model
    try:
        return tidy(onnx.version_converter.convert_version(model, LOWEST_OPSET))
    except Exception as error:  # the converter raises whatever an operator's own adapter raises
        raise BakeError(f"Expected {what} in opset {LOWEST_OPSET}, for int8, but its {opset} cannot be lifted: {first_line(error)}") from error


def to_int8(model: onnx.ModelProto, ranges: dict[str, Range], what: str) -> onnx.ModelProto:
    """A copy with quantised convolutions and products with weights. `ranges`: what its values reach. Expects a graph that is
    `lifted`. Raises BakeError."""
    nodes = _nodes(model)
    if not nodes:  # to the quantiser an empty list means all of them
        raise BakeError(f"Expected {what} to have convolutions between its first and its last, for int8, but received none.")
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    # The quantiser wants to know the type of every value.
    copy.graph.value_info.extend(onnx.shape_inference.infer_shapes(hollow(model)).graph.value_info)
    try:
        with _quiet():
            quantizer = QDQQuantizer(
                copy,
                per_channel=True,
                reduce_range=False,
                weight_qType=QuantType.QInt8,
                activation_qType=QuantType.QUInt8,
                tensors_range=TensorsData(CalibrationMethod.MinMax, _limits(ranges)),
                nodes_to_quantize=nodes,
                nodes_to_exclude=[],
                op_types_to_quantize=list(QUANTISED),
                extra_options={},
            )
            quantizer.quantize_model()
            quantizer.model.topological_sort()  # it puts what it adds at the end, which the format forbids
            return tidy(quantizer.model.model)
    except Exception as error:  # the quantiser raises whatever its parts raise
        raise BakeError(f"Expected {what} to be quantised but received: {first_line(error)}") from error


def _nodes(model: onnx.ModelProto) -> list[str]:
    """All with weights but the first and the last: the photo's own values and the result's carry more than eight bits can,
    and so do the products of two activations in attention."""
    weights = {tensor.name for tensor in model.graph.initializer}
    nodes = [node.name for node in model.graph.node if node.op_type in QUANTISED and node.input[1] in weights]
    return nodes[1:-1]


def _limits(ranges: dict[str, Range]) -> dict[str, tuple]:
    return {name: (np.float32(reached.low), np.float32(reached.high)) for name, reached in ranges.items()}


@contextmanager
def _quiet():
    """The quantiser tells of every value that it leaves alone."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
