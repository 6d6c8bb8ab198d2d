"""Checks segment_unpack.py: the network comes out of its own graph as it went in, to train on as well.

    python models/bake/train/test_unpack.py
"""

import cv2
import numpy as np
import onnx
import torch
from segment_graph import Writer
from segment_looks import Looks, mask_of
from segment_network import Network
from segment_unpack import unfold, unpacked
from shipped import session_of
from torch import nn

SIDE = 128
LOOKS = Looks(SIDE, (64, 96), (96, 160))


def trained_somehow(pictures: torch.Tensor) -> Network:
    """Random weights, with norms as after a training: no channel at its beginning, none alike, all fed."""
    net = Network(96)
    nn.init.normal_(net.place, 0, 0.5)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.3, 1.2)
            nn.init.normal_(module.bias, 0, 0.3)
            module.momentum = None  # the mean of all batches
    net.train()(pictures)
    return net.eval()


@torch.no_grad()
def main() -> None:
    torch.manual_seed(4)
    pictures = torch.nn.functional.interpolate(torch.rand(12, 3, 12, 12), (96, 96), mode="bilinear")
    net = trained_somehow(pictures)
    graph = Writer(net, LOOKS).graph().model()
    again = unpacked(graph.graph, 96)
    unfold(again, pictures.split(6))
    image = cv2.resize(np.random.default_rng(5).integers(0, 256, (12, 12, 3), np.uint8), (SIDE, SIDE))[None]
    session = session_of(graph.SerializeToString())
    mask = session.run(["mask"], {"image": image})[0][0, ..., 0]
    assert mask.std() > 5, "a mask to compare"
    assert np.abs(mask_of(again, image, LOOKS) - mask).max() < 1.01, "computes what the graph does"
    repeated = Writer(again, LOOKS).graph().model()
    assert same_bytes(graph, repeated) > 0.999, "folded again, the same eight bits"
    as_known = again(pictures)[0]
    as_batch = again.train()(pictures)[0]
    assert (as_batch - as_known).abs().max() < 0.02 * as_known.std(), "in training, the same of the same pictures"
    try:
        del graph.graph.node[5:]
        unpacked(graph.graph, 96)
    except SystemExit as error:
        assert "another network" in str(error)
    else:
        raise AssertionError("took another network")


def same_bytes(a: onnx.ModelProto, b: onnx.ModelProto) -> float:
    """The share of kernels' weights that are the same in both."""
    ours, theirs = ([onnx.numpy_helper.to_array(c) for c in m.graph.initializer if c.data_type == onnx.TensorProto.INT8] for m in (a, b))
    kernels = [(x, y) for x, y in zip(ours, theirs, strict=True) if x.ndim == 4]
    return sum(np.count_nonzero(x == y) for x, y in kernels) / sum(x.size for x, _ in kernels)


if __name__ == "__main__":
    main()
