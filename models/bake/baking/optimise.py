"""What onnxruntime would otherwise do at every start: folded constants, removed nodes."""

from pathlib import Path

import onnx

from .runtime import open_graph
from .tidy import tidy
from .trouble import BakeError

HIGHEST_IR = 10  # what onnxruntime 1.26 reads on all its providers


def optimise(model: onnx.ModelProto, workspace: Path, what: str) -> onnx.ModelProto:
    """The graph at the level `basic`: that is safe for any provider, while `extended` and layout are for the device
    they were made on. Raises BakeError."""
    written = workspace / "optimised.onnx"
    content = model.SerializeToString()
    try:
        open_graph(content, what, "basic", threads=1, optimized_model_filepath=str(written))
    except BakeError:
        # onnxruntime tells of a full disk as of any trouble with the graph; the system says which it is.
        written.write_bytes(content)
        raise
    optimised = tidy(onnx.load(written))
    written.unlink()
    optimised.ir_version = min(optimised.ir_version, HIGHEST_IR)
    _only_used_domains(optimised)
    return optimised


def _only_used_domains(model: onnx.ModelProto) -> None:
    """onnxruntime lists every domain that it knows."""
    used = {node.domain or "" for node in _nodes(model.graph)} | {""}
    kept = [entry for entry in model.opset_import if (entry.domain if entry.domain != "ai.onnx" else "") in used]
    kept = [type(entry).FromString(entry.SerializeToString()) for entry in kept]
    del model.opset_import[:]
    model.opset_import.extend(kept)


def _nodes(graph: onnx.GraphProto):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _nodes(attribute.g)
