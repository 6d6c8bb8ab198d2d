"""InSPyReNet (Kim et al. 2022, arXiv 2209.09475) from the package transparent-background, as its finest logits.

Its own forward ends in a min-max over the picture, which turns a photo without a subject into noise at full contrast:
the graph gives `d0`, what comes before that.
"""

import importlib.machinery
import sys
import types
from pathlib import Path

import torch

from .manifest import Row
from .source import FloatModel
from .swin import make_exportable
from .torch_export import export, load_weights, runner
from .trouble import BakeError

DEPTH = 64
BASE_SIDE = 1024  # what the base model was trained at; a dynamic one keeps its sizes of context
MULTIPLE = 32
LONGEST_SIDE = 1280  # as transparent-background bounds it


class Logits(torch.nn.Module):
    """The network up to its finest logits: normalised [1,3,h,w] → [1,1,h,w]."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.network.forward_inspyre(image)["saliency"][-1]


def load_inspyrenet(row: Row, files: list[Path]) -> FloatModel:
    """Static for one shape, for several dynamic in steps of 32. Raises BakeError."""
    static = len(row.shapes) == 1
    network = build(row.shapes[0] if static else (BASE_SIDE, BASE_SIDE))
    _fill(network, load_weights(files[0]), row)
    original = Logits(network)
    height, width = row.shapes[0]
    if static:
        dynamic = None
    else:
        _check_shapes(row)
        # The example has two sides, so that the exporter takes neither for the other.
        height, width = 3 * MULTIPLE, 4 * MULTIPLE
        sides = [MULTIPLE * torch.export.Dim(name, min=2, max=LONGEST_SIDE // MULTIPLE) for name in ("a", "b")]
        dynamic = {2: sides[0], 3: sides[1]}
    exportable = build(row.shapes[0] if static else (BASE_SIDE, BASE_SIDE))
    exportable.load_state_dict(network.state_dict())
    make_exportable(exportable, sys.modules["transparent_background.backbones.SwinTransformer"])
    graph = export(Logits(exportable), (1, 3, height, width), dynamic, row.id)
    return FloatModel(graph, runner(original), MULTIPLE)


def build(base: tuple[int, int]) -> torch.nn.Module:
    """The network without its weights."""
    _only_the_network()
    from transparent_background.InSPyReNet import InSPyReNet_SwinB

    return InSPyReNet_SwinB(depth=DEPTH, pretrained=False, base_size=list(base), threshold=None).eval()


def _only_the_network() -> None:
    """Lets the package's modules be imported without its command line, which wants a dozen packages more."""
    name = "transparent_background"
    if name in sys.modules:
        return
    found = importlib.machinery.PathFinder.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise BakeError("Expected the package transparent-background but it is not installed.")
    package = types.ModuleType(name)
    package.__path__ = list(found.submodule_search_locations)
    sys.modules[name] = package


def _fill(network: torch.nn.Module, state: dict[str, torch.Tensor], row: Row) -> None:
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise BakeError(f"Expected the weights of InSPyReNet with Swin-B for {row.id} but received others.") from error


def _check_shapes(row: Row) -> None:
    for height, width in row.shapes:
        if height % MULTIPLE or width % MULTIPLE or max(height, width) > LONGEST_SIDE:
            raise BakeError(f"Expected multiples of {MULTIPLE} up to {LONGEST_SIDE} for {row.id} but received {height}×{width}.")
