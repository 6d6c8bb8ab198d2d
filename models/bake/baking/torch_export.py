"""PyTorch networks as ONNX graphs. The same network gives the same bytes: what the exporter notes about the
machine (paths, stack traces) is taken out."""

import contextlib
import io
import logging
import pickle
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch

from .trouble import BakeError, first_line

OPSET = 20  # the newest that onnxruntime 1.26 runs on all its providers; has LayerNormalization and Gelu as operators
IR_VERSION = 10


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """The state dict in a .pth file, as floats. Nothing in the file is executed. Raises BakeError."""
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError) as error:
        # PyTorch's own words would have the reader take the guard away that keeps a file from being executed.
        raise BakeError(f"Expected PyTorch weights in {path.name} but received a damaged file or another kind.") from error
    # The authors of Real-ESRGAN keep an average of the weights beside them, which is the one to use.
    for key in ("params_ema", "params", "state_dict"):
        if isinstance(kept, dict) and isinstance(kept.get(key), dict):
            kept = kept[key]
            break
    if not isinstance(kept, dict) or not kept or not all(isinstance(value, torch.Tensor) for value in kept.values()):
        raise BakeError(f"Expected a state dict in {path.name} but received {type(kept).__name__}.")
    return {name: value.float() if value.is_floating_point() else value for name, value in kept.items()}


def export(network: torch.nn.Module, example: tuple[int, ...], dynamic: dict | None, what: str) -> onnx.ModelProto:
    """The graph of a network. `dynamic` names the symbolic dimensions of its one input. Raises BakeError."""
    try:
        with torch.no_grad(), _quiet():
            program = torch.onnx.export(
                network.eval(),
                (torch.zeros(example),),
                dynamo=True,
                opset_version=OPSET,
                input_names=["input"],
                output_names=["output"],
                dynamic_shapes=(dynamic,) if dynamic else None,
                verbose=False,
            )
            model = program.model_proto
    except Exception as error:  # the exporter wraps everything that can go wrong in classes of its own
        raise BakeError(f"Expected {what} to be exported by PyTorch {torch.__version__} but received: {first_line(error)}") from error
    model.ir_version = IR_VERSION
    return model


def runner(network: torch.nn.Module):
    """The network itself as a function of numpy arrays."""

    def run(array: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network.eval()(torch.from_numpy(array)).numpy()

    return run


@contextlib.contextmanager
def _quiet():
    """The exporter reports its progress to stdout and its future to stderr."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)
