"""Turns a checkpoint into the graph that ships: bytes in, bytes out, weights of eight bits, and its card.

    DATASET_DIR=… python models/bake/train/export.py CHECKPOINT --out DIR
    python models/bake/train/export.py CHECKPOINT --out DIR --smoke      measured on generated pictures

Batch normalisation is folded into the convolutions. Weights are stored as int8 with one scale per output channel
(Jacob et al. 2018, arXiv 1712.05877) and turned into floats by Cast and Mul, which onnxruntime folds as it opens the
graph (DequantizeLinear it would keep, and then run the convolutions unpacked). The graph is measured against the
network as it was trained before anything is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from dataset import SOURCES, Dataset, folder, generated, load
from measure import iou, shrink, truth_of
from network import DEVIATION, MEAN, Attention, ConvNorm, Fuse, Mix, Network, Residual
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent))
from graph import Graph  # noqa: E402

VIEWS = 2  # the photo and its mirror image, whose logits are averaged: the time is there, the bytes are not
STEEPER = 2.0  # logits times this: doubt shows as haze; on the held-out pairs the error falls by a sixth to a quarter
LIMIT_BYTES = 1_000_000
AGREEMENT = 0.97  # IoU of the stored graph's masks with the trained network's, below which nothing is written
LICENCES = {
    "feral-cats-public-domain": ("pcashman21/feral-cat-segmentation-dataset-and-model: cats", "Public Domain, as its repository states"),
    "ccp-people-apache2": ("bearpaw/clothing-co-parsing: people", "Apache-2.0, as its repository states"),
    "caltech101-whitebg": ("Caltech-101: objects on white", "CC BY 4.0"),
    "caltech101-animals": ("Caltech-101: elephants, rhinos, flamingos, emus", "CC BY 4.0"),
}
SCENES = {"what": "backgrounds: Poly Haven views, Budgie wallpapers and others", "licence": "CC0-1.0 and public domain"}


class Writer:
    """Writes the network's modules as nodes, one method a kind of module."""

    def __init__(self, net: Network) -> None:
        s = net.side
        self.g = Graph("segment", {"image": ("uint8", (1, s, s, 3))}, {"mask": ("uint8", (1, s, s, 1))})
        self.net = net

    def graph(self) -> Graph:
        g, net = self.g, self.net
        x = g.mul(g.add(g.planes("image"), -MEAN), 1 / DEVIATION)
        x = g.op("Concat", x, self.mirror(x), axis=0)
        x2 = self.write(net.stem, x)
        x4 = self.write(net.down4, x2)
        x8 = self.write(net.down8, x4)
        x16 = self.write(net.down16, x8)
        x32 = g.add(self.write(net.down32, x16), self.weights(net.place.detach().numpy()[0]))
        y16 = self.fuse(net.up16, self.write(net.bottom, x32), x16)
        y8 = self.fuse(net.up8, y16, x8)
        y4 = self.fuse(net.up4, y8, x4)
        logits = g.op("DepthToSpace", self.conv(net.head, self.fuse(net.up2, y4, x2)), blocksize=2, mode="CRD")
        straight, mirrored = g.op("Split", logits, outputs=2, axis=0, num_outputs=2)
        both = g.mul(g.add(straight, self.mirror(mirrored)), STEEPER / VIEWS)
        g.bytes_out("mask", g.op("Sigmoid", both))
        return g

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
        if isinstance(module, Mix):
            return g.add(self.write(module.narrow, self.write(module.wide, self.write(module.space, x))), x)
        if isinstance(module, Attention):
            return self.attention(module, x)
        raise TypeError(f"no node for {type(module).__name__}")

    def attention(self, module: Attention, x: str) -> str:
        g = self.g
        channels = module.merge.conv.out_channels
        depth, side = channels // module.heads, self.net.place.shape[-1]
        parts = g.op("Split", self.write(module.split, x), outputs=3, axis=1, num_outputs=3)
        q, k, v = (g.op("Reshape", part, g.ints(VIEWS, module.heads, depth, side * side)) for part in parts)
        scores = g.mul(g.op("MatMul", g.op("Transpose", q, perm=[0, 1, 3, 2]), k), depth**-0.5)
        seen = g.op("MatMul", v, g.op("Transpose", g.op("Softmax", scores, axis=-1), perm=[0, 1, 3, 2]))
        return g.add(self.write(module.merge, g.op("Reshape", seen, g.ints(VIEWS, channels, side, side))), x)

    def fuse(self, module: Fuse, below: str, skip: str) -> str:
        g = self.g
        sizes = g.constant([1, 1, 2, 2], np.float32)
        above = g.op("Resize", self.write(module.below, below), "", sizes, mode="linear", coordinate_transformation_mode="half_pixel")
        return self.write(module.blend, g.op("Relu", g.add(above, self.write(module.skip, skip))))

    def conv(self, conv: nn.Conv2d, x: str, norm: nn.BatchNorm2d | None = None) -> str:
        kernel = conv.weight.detach().double().numpy()
        bias = conv.bias.detach().double().numpy() if conv.bias is not None else np.zeros(len(kernel))
        if norm is not None:
            scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().double().numpy()
            kernel = kernel * scale[:, None, None, None]
            bias = bias * scale + (norm.bias - norm.running_mean * torch.from_numpy(scale)).detach().numpy()
        pad = conv.padding[0]
        shape = {"kernel_shape": list(conv.kernel_size), "strides": list(conv.stride), "dilations": list(conv.dilation)}
        return self.g.op("Conv", x, self.weights(kernel), self.g.constant(bias), pads=[pad] * 4, group=conv.groups, **shape)

    def weights(self, values: np.ndarray) -> str:
        """Eight bits a weight; the first axis has a scale each."""
        g = self.g
        scale = np.abs(values).max(tuple(range(1, values.ndim)), keepdims=True) / 127
        scale = np.maximum(scale, 1e-12)
        stored = g.constant(np.round(values / scale), np.int8)
        return g.mul(g.op("Cast", stored, to=1), g.constant(scale))


def session_of(data: bytes, threads: int = 4) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def check(net: Network, session: onnxruntime.InferenceSession, data: Dataset, most: int) -> dict:
    """IoU per source of the graph itself, how far it is from the network, and its time."""
    scores, agreements, errors = {}, [], []
    for source in SOURCES:
        values = []
        for number, pair in enumerate(data.valid[source][:most]):
            image = shrink(pair.image, net.side)[None]
            mask = session.run(["mask"], {"image": image})[0][0, ..., 0]
            truth, known = truth_of(pair, net.side)
            values.append(iou(mask > 127, truth, known))
            if number < 16:
                with torch.no_grad():
                    x = torch.from_numpy(image).permute(0, 3, 1, 2).float() / 255
                    exact = torch.sigmoid((net(x) + net(x.flip(3)).flip(3)) * (STEEPER / VIEWS)).numpy()[0, 0] * 255
                agreements.append(iou(mask > 127, exact > 127.5, np.ones_like(mask, bool)))
                errors.append(np.abs(exact - mask).mean())
        scores[source] = round(float(np.mean(values)), 4)
    began = time.perf_counter()
    for _ in range(20):
        session.run(["mask"], {"image": image})
    return {
        "iou": scores,
        "agreement": {"iou": round(float(np.mean(agreements)), 4), "mae": round(float(np.mean(errors)), 3)},
        "ms": round((time.perf_counter() - began) * 50, 1),
    }


def card_of(net: Network, data: bytes, checked: dict) -> dict:
    s = net.side
    trained = [{"what": what, "licence": licence} for what, licence in LICENCES.values()]
    return {
        "id": "builtin/segment",
        "stage": "segment",
        "title": "small network for cats, people, animals and objects (preview: ships with the repository)",
        "preview": True,
        "licence": "MIT",
        "sources": [{"what": "written and trained for Cutline (models/bake/train)", "licence": "MIT"}, *trained, SCENES],
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        # As it is stored; the arithmetic is that of floats.
        "precision": "int8",
        "onnxruntime": onnxruntime.__version__,
        "optimization": "all",
        "inputs": {"image": {"type": "uint8", "shape": [1, s, s, 3]}},
        "outputs": {"mask": {"type": "uint8", "shape": [1, s, s, 1]}},
        "scale": 1,
        "field": 0,
        "multiple": 1,
        "max_batch": 1,
        "shapes": [[s, s]],
        "check": checked,
    }


def place(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(data)
    os.replace(draft, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    kept = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    net = Network(kept["side"]).eval()
    net.load_state_dict(kept["average"])
    graph = Writer(net).graph().model().SerializeToString(deterministic=True)
    checked = check(net, session_of(graph), generated() if args.smoke else load(folder()), 10**6)
    print(f"{len(graph)} bytes, {json.dumps(checked)}")
    if len(graph) >= LIMIT_BYTES:
        raise SystemExit(f"The graph has {len(graph)} bytes, more than {LIMIT_BYTES}: nothing written.")
    if not args.smoke and checked["agreement"]["iou"] < AGREEMENT:
        raise SystemExit(f"Eight bits change the masks too much (IoU {checked['agreement']['iou']}): nothing written.")
    measured = {
        "steps": kept["step"],
        "minutes": round(kept["spent"] / 60, 1),
        **{f"iou on held-out {source}": value for source, value in checked["iou"].items()},
        **{f"{name} against the float network": value for name, value in checked["agreement"].items()},
    }
    args.out.mkdir(parents=True, exist_ok=True)
    place(args.out / "segment.onnx", graph)
    place(args.out / "segment.json", (json.dumps(card_of(net, graph, measured), indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
