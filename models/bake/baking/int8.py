"""Eight bits, static: weights by channel, activations by what real photos make of them (Jacob et al. 2018, arXiv 1712.05877)."""

import contextlib
import io
import logging
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from .trouble import BakeError, first_line

QUANTISED = ["Conv", "MatMul", "Gemm"]


class _Photos(CalibrationDataReader):
    def __init__(self, photos: list[np.ndarray]) -> None:
        self.rest = iter(photos)

    def get_next(self) -> dict[str, np.ndarray] | None:
        photo = next(self.rest, None)
        return None if photo is None else {"image": photo}


def to_int8(model: onnx.ModelProto, photos: list[np.ndarray], workspace: Path, what: str) -> onnx.ModelProto:
    """A wrapped graph with quantised convolutions and products. `photos`: uint8 [1,h,w,3] each. Raises BakeError."""
    written = workspace / "quantised.onnx"
    try:
        with _quiet():
            quantize_static(
                model,
                str(written),
                _Photos(photos),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=QUANTISED,
                nodes_to_exclude=_ends(model),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                # The mean of every photo's extremes: one photo's brightest spot would coarsen the steps for all.
                calibrate_method=CalibrationMethod.MinMax,
                extra_options={"CalibMovingAverage": True},
            )
        quantised = onnx.load(written)
    except Exception as error:  # the quantiser raises whatever its parts raise
        raise BakeError(f"Expected {what} to be quantised but received: {first_line(error)}") from error
    written.unlink()
    return quantised


def _ends(model: onnx.ModelProto) -> list[str]:
    """The first and the last of them: the photo's own values and the result's carry more than eight bits can."""
    nodes = [node.name for node in model.graph.node if node.op_type in QUANTISED]
    return [nodes[0], nodes[-1]] if nodes else []


@contextlib.contextmanager
def _quiet():
    """The quantiser advises to prepare the graph, which was done."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
