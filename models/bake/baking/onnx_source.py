"""Graphs that their authors publish as ONNX: read, cut down to the one output that counts, and tested for their shape."""

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from .manifest import Row
from .runtime import open_graph, run
from .source import FloatModel, dimensions
from .trouble import BakeError, first_line

LOWEST_OPSET, HIGHEST_OPSET = 11, 20  # below 11 the nodes that wrap it have other signatures
HIGHEST_IR = 10
FLOAT = onnx.TensorProto.FLOAT


def load_onnx(row: Row, files: list[Path]) -> FloatModel:
    """A published segmentation graph of one size. Raises BakeError."""
    path = files[0]
    try:
        model = onnx.load(path)
    except (DecodeError, OSError, ValueError, onnx.checker.ValidationError) as error:
        raise BakeError(f"Expected an ONNX graph in {path.name} but received a damaged file or another kind: {first_line(error)}") from error
    if not model.graph.node:
        raise BakeError(f"Expected an ONNX graph in {path.name} but received one without nodes.")
    _check_versions(model, path)
    source_input = _input(model, row)
    output = _output(model, row)
    session = open_graph(path, f"{row.id} as it was published", "basic")

    def reference(array):
        return run(session, array, output, f"{row.id} as it was published")

    _keep(model, source_input, output)
    return FloatModel(model, reference)


def _check_versions(model: onnx.ModelProto, path: Path) -> None:
    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    if not LOWEST_OPSET <= opset <= HIGHEST_OPSET:
        raise BakeError(f"Expected an opset from {LOWEST_OPSET} to {HIGHEST_OPSET} in {path.name} but received {opset}.")
    model.ir_version = min(max(model.ir_version, 8), HIGHEST_IR)


def _input(model: onnx.ModelProto, row: Row) -> str:
    """The photo's input. Before IR 4 the weights were listed among the inputs too."""
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = {value.name: value for value in model.graph.input if value.name not in weights}
    names = ", ".join(inputs)
    if row.input is None and len(inputs) != 1:
        raise BakeError(f"Expected one input in {row.id} but received {names or 'none'}: its row has to name it.")
    name = row.input or next(iter(inputs))
    if name not in inputs or len(inputs) != 1:
        raise BakeError(f"Expected the input '{name}' alone in {row.id} but received {names or 'none'}.")
    value = inputs[name]
    expected = [1, 3, *row.shapes[0]]
    received = dimensions(value)
    fits = len(received) == 4 and all(size == want for size, want in zip(received, expected) if isinstance(size, int))
    if not fits or value.type.tensor_type.elem_type != FLOAT:
        kind = onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower()
        raise BakeError(f"Expected float {expected} for the input of {row.id} but received {kind} {received}.")
    return name


def _output(model: onnx.ModelProto, row: Row) -> str:
    """By name, by place, or the last, because old exports list temporaries first."""
    names = [value.name for value in model.graph.output]
    if isinstance(row.output, str):
        # An older export of the same network calls it by a number.
        return row.output if row.output in names else names[-1]
    place = -1 if row.output is None else row.output
    if place >= len(names):
        raise BakeError(f"Expected output {place} in {row.id} but received {len(names)} outputs.")
    return names[place]


def _keep(model: onnx.ModelProto, source_input: str, output: str) -> None:
    """Takes away every other input and output; nodes that lead nowhere fall when the graph is optimised."""
    for values, name in ((model.graph.input, source_input), (model.graph.output, output)):
        kept = next(value for value in values if value.name == name)
        kept = type(kept).FromString(kept.SerializeToString())
        del values[:]
        values.append(kept)
