"""Real-ESRGAN's networks (Wang et al. 2021, arXiv 2107.10833), built from their weights by `spandrel`."""

from pathlib import Path

import torch

from .manifest import Row
from .source import FloatModel
from .torch_export import export, load_weights, runner
from .trouble import BakeError, first_line

ARCHITECTURES = {"rrdbnet": "ESRGAN", "compact": "Compact"}  # as spandrel calls them
LONGEST_SIDE = 1 << 13


def load_real_esrgan(row: Row, files: list[Path]) -> FloatModel:
    """RRDBNet or the compact network; of two files the weights are mixed. Raises BakeError."""
    network = build(row, mix([load_weights(file) for file in files], row.denoise))
    # RRDBNet ×2 begins with a pixel-unshuffle: other sides it would pad, and the tiles would not meet.
    multiple = {("rrdbnet", 1): 4, ("rrdbnet", 2): 2}.get((row.format, row.scale), 1)
    batch = torch.export.Dim("N", min=1, max=64)
    height, width = (multiple * torch.export.Dim(name, min=4, max=LONGEST_SIDE // multiple) for name in ("a", "b"))
    graph = export(network, (2, 3, 12 * multiple, 16 * multiple), {0: batch, 2: height, 3: width}, row.id)
    return FloatModel(graph, runner(network), multiple)


def mix(states: list[dict[str, torch.Tensor]], share: float | None) -> dict[str, torch.Tensor]:
    """s·first + (1 − s)·second: the authors' deep network interpolation (`-dn`). One state is taken as it is."""
    if len(states) == 1:
        return states[0]
    first, second = states
    if {name: value.shape for name, value in first.items()} != {name: value.shape for name, value in second.items()}:
        raise BakeError("Expected the two files of a denoise twin to hold the same network but received different ones.")
    s = 0.5 if share is None else share
    return {name: s * value + (1 - s) * second[name] for name, value in first.items()}


def build(row: Row, state: dict[str, torch.Tensor]) -> torch.nn.Module:
    """The network of these weights, if it is of the row's kind. Raises BakeError."""
    import spandrel

    try:
        found = spandrel.ModelLoader(device="cpu").load_from_state_dict(state)
    except Exception as error:  # of spandrel's own classes and of PyTorch's
        raise BakeError(f"Expected the weights of a {row.format} network for {row.id} but received: {first_line(error)}") from error
    received = (found.architecture.id, found.scale, found.input_channels)
    expected = (ARCHITECTURES[row.format], row.scale, 3)
    if received != expected:
        kinds = ["{} ×{} with {} channels".format(*kind) for kind in (expected, received)]
        raise BakeError(f"Expected {kinds[0]} for {row.id} but received {kinds[1]}.")
    return found.model.float().eval()
