"""Turns a checkpoint of upscale_train.py into the graph that ships, bytes in and bytes out, and its card.

    DATASET_DIR=… WEIGHTS_DIR=… python models/bake/train/upscale_export.py CHECKPOINT --out DIR [--smoke]

Measured before anything is written: how near to the teacher the graph is, and how near bicubic interpolation, on
degraded held-out photos; and that it is the network as it was trained.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from dataset import SOURCES, folder, load
from shipped import session_of, ship, specs
from torch import nn
from upscale_degrade import degrade
from upscale_measure import psnr, ssim
from upscale_network import FIELD, LIGHT, REACH, Graph, Network, doubling
from upscale_teacher import DENOISE, open_teacher, teach
from upscale_teacher import folder as weights_folder

LIMIT_BYTES = 1_000_000
NOTICE = "Real-ESRGAN: Copyright (c) 2021, Xintao Wang. All rights reserved. BSD-3-Clause."
TEACHER = [
    {"what": f"taught by Real-ESRGAN's {name} (xinntao/Real-ESRGAN)", "licence": "BSD-3-Clause"}
    for name in ("realesr-general-x4v3", "realesr-general-wdn-x4v3")
]
LARGEST_ERROR = 1  # level, from the network as it was trained
PHOTOS, SIDE = 96, 160


class Writer:
    """Writes the network's modules as nodes."""

    def __init__(self, net: Network) -> None:
        self.g = Graph("upscale", {"image": ("uint8", ("N", "h", "w", 3))}, {"image_out": ("uint8", ("N", "2h", "2w", 3))})
        self.net = net

    def graph(self) -> Graph:
        g, net = self.g, self.net
        # Light, then red and blue less light: a grey pixel has none of the last two.
        r, k, b = LIGHT
        split = g.planes("image")
        apart = g.op("Conv", split, g.constant(np.reshape([[r, k, b], [1 - r, -k, -b], [-r, -k, 1 - b]], (3, 3, 1, 1))))
        light, colour = g.op("Split", apart, g.ints(1, 2), outputs=2, axis=1)
        x = g.op("Relu", self.conv(net.first.weight, net.first.bias, apart))
        for module in net.body:
            x = g.op("Relu", self.conv(module.kernel(), module.wide.bias, x))
        more_light, more_colour = g.op("Split", self.conv(net.last.weight, net.last.bias, x), g.ints(4, 2), outputs=2, axis=1)
        strongest = g.op("ReduceMax", g.op("Abs", colour), g.ints(1), keepdims=1)
        strongest = g.op("MaxPool", strongest, kernel_shape=[2 * REACH + 1] * 2, pads=[REACH] * 4, strides=[1, 1])
        colour = g.add(colour, g.mul(g.clip(more_colour, -1, 1), strongest))
        light = g.op("DepthToSpace", g.add(self.doubled(light, 1), more_light), blocksize=2, mode="CRD")
        colour = g.op("DepthToSpace", self.doubled(colour, 2), blocksize=2, mode="CRD")
        back = g.op("Conv", colour, g.constant(np.reshape([[1, 0], [-r / k, -b / k], [0, 1]], (3, 2, 1, 1))))
        g.bytes_out("image_out", g.add(light, back))
        return g

    def conv(self, kernel: nn.Parameter, bias: nn.Parameter, x: str) -> str:
        weights = (self.g.constant(values.detach().numpy()) for values in (kernel, bias))
        return self.g.op("Conv", x, *weights, pads=[1] * 4, kernel_shape=[3, 3])

    def doubled(self, x: str, planes: int) -> str:
        """Four phases a plane, by bicubic interpolation. Dense, zeros and all: filters of one channel are slower."""
        kernel = np.zeros((4 * planes, planes, 2 * REACH + 1, 2 * REACH + 1))
        for plane in range(planes):
            kernel[4 * plane : 4 * plane + 4, plane] = doubling()
        return self.g.op("Conv", self.g.pad(x, REACH, REACH, REACH, REACH), self.g.constant(kernel))


def run(session: onnxruntime.InferenceSession, picture: np.ndarray) -> np.ndarray:
    return session.run(["image_out"], {"image": picture[None]})[0][0]


@torch.no_grad()
def trained(net: Network, picture: np.ndarray) -> np.ndarray:
    """The network's own answer, float 0–255."""
    return net(torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255).clamp(0, 1)[0].permute(1, 2, 0).numpy() * 255


def bicubic(picture: np.ndarray) -> np.ndarray:
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    # With `antialias` torch takes the kernel that everybody else takes (a = −0.5).
    large = F.interpolate(x, scale_factor=2, mode="bicubic", antialias=True)
    return large.clamp(0, 255).round()[0].permute(1, 2, 0).numpy()


def check(net: Network, graph: bytes, count: int, side: int, most: int | None) -> dict:
    session, teacher = session_of(graph), open_teacher(weights_folder())
    data = load(folder(), most)
    photos = [pair.image for source in SOURCES for pair in data.valid[source]]
    rng = np.random.default_rng(7)
    rows, error = [], 0.0
    for photo in rng.permutation(len(photos))[:count]:
        picture = degrade(photos[photo], side, rng)
        wanted, ours, plain = teach(teacher, picture), run(session, picture), bicubic(picture)
        rows.append([psnr(ours, wanted), psnr(plain, wanted), ssim(ours, wanted), ssim(plain, wanted)])
        error = max(error, np.abs(trained(net, picture) - ours).max() - 0.5)
    names = ("psnr to the teacher, dB", "psnr of bicubic to the teacher, dB", "ssim to the teacher", "ssim of bicubic to the teacher")
    checked = {name: round(float(value), 4) for name, value in zip(names, np.mean(rows, 0))}
    return checked | {"max_difference": round(float(max(error, 0)), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    net = Network().eval()
    net.load_state_dict(kept["average"])
    described = Writer(net).graph()
    graph = described.model().SerializeToString(deterministic=True)
    checked = check(net, graph, *((4, 32, 20) if args.smoke else (PHOTOS, SIDE, None)))
    print(f"{len(graph)} bytes, {json.dumps(checked, indent=2)}")
    if len(graph) >= LIMIT_BYTES:
        raise SystemExit(f"The graph has {len(graph)} bytes, more than {LIMIT_BYTES}: nothing written.")
    if checked["max_difference"] > LARGEST_ERROR:
        raise SystemExit("The graph is not the network as it was trained: nothing written.")
    about = {
        "title": "small network taught by Real-ESRGAN",
        "notice": NOTICE,
        "sources": TEACHER,
        "precision": "fp32",
        "inputs": specs(described.inputs),
        "outputs": specs(described.outputs),
        "scale": 2,
        "field": FIELD,
        "check": {"steps": kept["step"], "pictures": kept["pictures"], "denoise of the teacher": DENOISE, **checked},
    }
    ship(args.out, "upscale", graph, about)


if __name__ == "__main__":
    main()
