"""What every kind of source is turned into: a graph of floats, and the authors' own network to compare with."""

from dataclasses import dataclass
from typing import Callable

import numpy as np
import onnx


@dataclass
class FloatModel:
    """A network in its authors' own terms: normalised float32 [N,3,h,w] in, float32 [N,c,h',w'] out.

    `graph` has one input and one output. `run` is the source itself (PyTorch, or the file as it was published), so that
    the check covers every step after it. `multiple`: sides must be multiples of this.
    """

    graph: onnx.ModelProto
    run: Callable[[np.ndarray], np.ndarray]
    multiple: int = 1

    @property
    def input(self) -> str:
        return self.graph.graph.input[0].name

    @property
    def output(self) -> str:
        return self.graph.graph.output[0].name


def dimensions(value: onnx.ValueInfoProto) -> list[int | str | None]:
    """A number, a symbol, or None where the graph says nothing."""
    sizes = []
    for size in value.type.tensor_type.shape.dim:
        sizes.append(size.dim_value if size.HasField("dim_value") else size.dim_param or None)
    return sizes
