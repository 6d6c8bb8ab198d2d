"""What makes two bakes of one network the same bytes: nothing in the graph that tells of the machine it was made on."""

import onnx
from onnx import inliner


def tidy(model: onnx.ModelProto) -> onnx.ModelProto:
    """Functions inlined; without the exporter's notes (paths, stack traces), and without shapes that were inferred."""
    if model.functions:
        model = inliner.inline_local_functions(model)
    model.producer_name, model.producer_version, model.doc_string, model.domain = "cutline", "", "", ""
    del model.metadata_props[:]
    _bare(model.graph)
    return model


def _bare(graph: onnx.GraphProto) -> None:
    graph.doc_string = ""
    del graph.value_info[:], graph.metadata_props[:], graph.quantization_annotation[:]
    for part in (*graph.node, *graph.initializer, *graph.input, *graph.output):
        part.doc_string = ""
        del part.metadata_props[:]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _bare(attribute.g)
