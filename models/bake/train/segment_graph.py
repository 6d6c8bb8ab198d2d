"""The network of builtin/segment as a graph: batch normalisation folded in, weights of eight bits, several looks at a photo,
and of what they show the stray pieces dropped.

Weights are stored as int8 with one scale per output channel (Jacob et al. 2018, arXiv 1712.05877) and turned into floats
by Cast and Mul, which onnxruntime folds as it opens the graph (DequantizeLinear it would keep, and then run the
convolutions unpacked).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from segment_looks import MIRRORED, STEEPER, Looks
from segment_network import DEVIATION, KIND_STRIDE, MEAN, STRIDE, Attention, Bottleneck, ConvNorm, Fuse, Network, Residual
from segment_pieces import CELL, keep_pieces
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph  # noqa: E402


class Writer:
    """Writes the network's modules as nodes, one method a kind of module."""

    def __init__(self, net: Network, looks: Looks) -> None:
        side = looks.side
        self.g = Graph("segment", {"image": ("uint8", (1, side, side, 3))}, {"mask": ("uint8", (1, side, side, 1))})
        self.net, self.looks = net, looks
        self.stored: dict[int, str] = {}

    def graph(self) -> Graph:
        g, looks, side = self.g, self.looks, self.looks.side
        photo = g.mul(g.add(g.planes("image"), -MEAN), 1 / DEVIATION)
        seen = {look: self.look(self.sized(photo, side, look), look) for look in looks.all}
        logits = {look: self.sized(logits, look, side) for look, (logits, _) in seen.items()}
        kinds = self.total(self.sized(kinds, look // KIND_STRIDE, side // CELL) for look, (_, kinds) in seen.items())
        whole = self.mean([logits[look] for look in looks.whole])
        if looks.fine:
            whole = self.joined(whole, self.mean([logits[look] for look in looks.fine]))
        mask = g.op("Sigmoid", g.mul(whole, STEEPER / MIRRORED))
        g.bytes_out("mask", keep_pieces(g, mask, kinds, side))
        return g

    def total(self, parts: Iterable[str]) -> str:
        return functools.reduce(self.g.add, parts)

    def mean(self, parts: list[str]) -> str:
        return self.g.mul(self.total(parts), 1 / len(parts))

    def joined(self, whole: str, fine: str) -> str:
        """What is coarser than a cell from `whole`, what is finer from `fine`."""
        cell = self.looks.cell
        apart = self.g.op("AveragePool", self.g.sub(whole, fine), kernel_shape=[cell, cell], strides=[cell, cell])
        return self.g.add(fine, self.resize(apart, cell))

    def look(self, x: str, side: int) -> tuple[str, str]:
        """The sums of the logits and of the kinds' scores for the photo and for its mirror image."""
        g, net = self.g, self.net
        cells = side // STRIDE
        x2 = self.write(net.stem, g.op("Concat", x, self.mirror(x), axis=0))
        x4 = self.write(net.down4, x2)
        x8 = self.write(net.down8, x4)
        x16 = self.write(net.down16, x8)
        place = F.interpolate(net.place.detach(), (cells, cells), mode="bilinear", align_corners=False)[0]
        x32 = g.add(self.write(net.down32, x16), self.weights(place.numpy()))
        y16 = self.fuse(net.up16, self.write(net.bottom, x32), x16)
        kinds = self.conv(net.kind, y16)
        y8 = self.fuse(net.up8, y16, x8)
        y4 = self.fuse(net.up4, y8, x4)
        logits = g.op("DepthToSpace", self.conv(net.head, self.fuse(net.up2, y4, x2)), blocksize=2, mode="CRD")
        return self.unmirrored(logits), self.unmirrored(kinds)

    def unmirrored(self, x: str) -> str:
        straight, mirrored = self.g.op("Split", x, outputs=2, axis=0, num_outputs=2)
        return self.g.add(straight, self.mirror(mirrored))

    def sized(self, x: str, side: int, wanted: int) -> str:
        smaller = int(wanted < side)  # at the frame what is outside has no weight, as in torch and PIL
        return x if side == wanted else self.resize(x, wanted / side, antialias=smaller, exclude_outside=smaller)

    def resize(self, x: str, factor: float, **more) -> str:
        sizes = self.g.constant([1, 1, factor, factor])
        return self.g.op("Resize", x, "", sizes, mode="linear", coordinate_transformation_mode="half_pixel", **more)

    def mirror(self, x: str) -> str:
        g = self.g
        return g.op("Slice", x, g.ints(-1), g.ints(-(2**31)), g.ints(3), g.ints(-1))

    def write(self, module: nn.Module, x: str) -> str:
        g = self.g
        if isinstance(module, nn.Sequential):
            for part in module:
                x = self.write(part, x)
            return x
        if isinstance(module, ConvNorm):
            y = self.conv(module.conv, x, module.norm)
            return g.op("Relu", y) if module.relu else y
        if isinstance(module, Residual):
            return g.op("Relu", g.add(self.write(module.second, self.write(module.first, x)), x))
        if isinstance(module, Bottleneck):
            return g.op("Relu", g.add(self.write(module.wide, self.write(module.space, self.write(module.narrow, x))), x))
        if isinstance(module, Attention):
            return self.attention(module, x)
        raise TypeError(f"no node for {type(module).__name__}")

    def attention(self, module: Attention, x: str) -> str:
        g = self.g
        channels = module.merge.conv.out_channels
        depth = channels // module.heads
        parts = g.op("Split", self.write(module.split, x), outputs=3, axis=1, num_outputs=3)
        q, k, v = (g.op("Reshape", part, g.ints(MIRRORED, module.heads, depth, -1)) for part in parts)
        scores = g.mul(g.op("MatMul", g.op("Transpose", q, perm=[0, 1, 3, 2]), k), depth**-0.5)
        seen = g.op("MatMul", v, g.op("Transpose", g.op("Softmax", scores, axis=-1), perm=[0, 1, 3, 2]))
        return g.add(self.write(module.merge, g.op("Reshape", seen, g.op("Shape", x))), x)

    def fuse(self, module: Fuse, below: str, skip: str) -> str:
        above = self.resize(self.write(module.below, below), 2)
        return self.write(module.blend, self.g.op("Relu", self.g.add(above, self.write(module.skip, skip))))

    def conv(self, conv: nn.Conv2d, x: str, norm: nn.BatchNorm2d | None = None) -> str:
        kernel = conv.weight.detach().double().numpy()
        bias = conv.bias.detach().double().numpy() if conv.bias is not None else np.zeros(len(kernel))
        if norm is not None:
            scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().double().numpy()
            kernel = kernel * scale[:, None, None, None]
            bias = bias * scale + (norm.bias - norm.running_mean * torch.from_numpy(scale)).detach().numpy()
        shape = {"kernel_shape": list(conv.kernel_size), "strides": list(conv.stride)}
        if id(conv) not in self.stored:  # once for all looks
            self.stored[id(conv)] = self.weights(kernel)
        return self.g.op("Conv", x, self.stored[id(conv)], self.g.constant(bias), pads=[conv.padding[0]] * 4, **shape)

    def weights(self, values: np.ndarray) -> str:
        """Eight bits a weight; the first axis has a scale each."""
        g = self.g
        scale = np.abs(values).max(tuple(range(1, values.ndim)), keepdims=True) / 127
        scale = np.maximum(scale, 1e-12)
        stored = g.constant(np.round(values / scale), np.int8)
        return g.mul(g.op("Cast", stored, to=1), g.constant(scale))
