"""onnxruntime as the bake uses it: the version that the product runs, on the CPU, and its errors as sentences."""

from pathlib import Path

import numpy as np
import onnxruntime

from .trouble import BakeError, first_line

REQUIRED = "1.26.0"  # that of onnxruntime-node in package.json
LEVELS = {
    "disabled": onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
}


def require_version(found: str = onnxruntime.__version__) -> None:
    """Raises BakeError unless it is the product's version: what another writes, this one may not read."""
    if found != REQUIRED:
        raise BakeError(f"Expected onnxruntime {REQUIRED}, as the product runs it, but received {found}.")


def options(level: str, threads: int) -> onnxruntime.SessionOptions:
    chosen = onnxruntime.SessionOptions()
    chosen.graph_optimization_level = LEVELS[level]
    chosen.intra_op_num_threads = threads
    chosen.log_severity_level = 4
    # A third less memory at the peak; a graph is run only a few times here.
    chosen.enable_cpu_mem_arena = False
    chosen.enable_mem_pattern = False
    chosen.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return chosen


def open_graph(graph: bytes | Path, what: str, level: str = "disabled", threads: int = 0, **extra: str) -> onnxruntime.InferenceSession:
    """A session on the CPU; `extra` are session options by attribute. Raises BakeError naming what does not run."""
    chosen = options(level, threads)
    for name, value in extra.items():
        setattr(chosen, name, value)
    try:
        return onnxruntime.InferenceSession(str(graph) if isinstance(graph, Path) else graph, chosen, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a class of its own for every code, without a common one
        raise BakeError(f"Expected {what} to run in onnxruntime {REQUIRED} but received: {first_line(error)}") from error


def run(session: onnxruntime.InferenceSession, array: np.ndarray, output: str, what: str) -> np.ndarray:
    """One output for the only input. Raises BakeError."""
    try:
        return session.run([output], {session.get_inputs()[0].name: array})[0]
    except Exception as error:
        raise BakeError(f"Expected {what} to run on {list(array.shape)} but received: {first_line(error)}") from error
