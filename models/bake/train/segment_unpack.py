"""Turns the graph that ships into a checkpoint again, so that training can go on where no checkpoint is left.

    DATASET_DIR=… python models/bake/train/segment_unpack.py models/builtin/segment.onnx --out CHECKPOINT
    DATASET_DIR=… python models/bake/train/segment_train.py --out DIR --start CHECKPOINT

The graph has batch normalisation folded into eight-bit kernels. It is unfolded by what the convolutions give for training
pictures: the network computes what the graph does, and as its batches are like those pictures, it does so in training too.
The optimiser's state and the heads that training alone uses are lost; a few hundred steps bring them back.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from dataset import folder, load
from onnx import numpy_helper
from segment_network import STRIDE, ConvNorm, Network
from segment_train import batches, prepare
from torch import nn

PICTURES, BATCH = 256, 16
LENGTH = 0.05  # root mean square of a trained kernel's weights beside those it began with; its norm undoes it


def stored(graph: onnx.GraphProto) -> tuple[list[tuple[np.ndarray, np.ndarray]], list[np.ndarray]]:
    """Kernels [out, in, k, k] with their biases [out], in the order in which a look uses them, and the map of places
    [c, cells, cells] as each look has it.
    """
    constants = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    bytes_of = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast" and node.input[0] in constants}
    floats, places, kernels = {}, [], {}
    for node in graph.node:
        if node.op_type == "Mul" and node.input[0] in bytes_of:
            value = constants[bytes_of[node.input[0]]] * constants[node.input[1]].astype(np.float64)
            floats[node.output[0]] = value
            if value.ndim == 3:
                places.append(value)
        elif node.op_type == "Conv":
            kernels.setdefault(node.input[1], (floats[node.input[1]], constants[node.input[2]]))
    return list(kernels.values()), places


def place_of(seen: list[np.ndarray], cells: int) -> np.ndarray:
    """The map [c, cells, cells] from which all looks' maps were interpolated: least squares."""
    one = torch.eye(cells * cells).reshape(cells * cells, 1, cells, cells)
    ways = [F.interpolate(one, m.shape[1:], mode="bilinear", align_corners=False).reshape(cells * cells, -1).T for m in seen]
    wanted = np.concatenate([m.reshape(len(m), -1).T for m in seen])
    return np.linalg.lstsq(torch.cat(ways).double().numpy(), wanted, rcond=None)[0].T.reshape(-1, cells, cells)


@torch.no_grad()
def unpacked(graph: onnx.GraphProto, side: int) -> Network:
    """The network of the graph; its norms still do nothing but add."""
    net = Network(side).eval()
    kernels, places = stored(graph)
    convs = [m for name, m in net.named_modules() if isinstance(m, nn.Conv2d) and not name.startswith("hints")]
    if [tuple(m.weight.shape) for m in convs] != [kernel.shape for kernel, _ in kernels]:
        raise SystemExit("The graph is of another network than segment_network.py has.")
    net.place.copy_(torch.from_numpy(place_of(places, side // STRIDE)))
    biases = {}
    for conv, (kernel, bias) in zip(convs, kernels):
        conv.weight.copy_(torch.from_numpy(kernel))
        biases[conv] = torch.from_numpy(bias.copy())
    for plain in (net.kind, net.head):
        plain.bias.copy_(biases[plain])
    for module in net.modules():
        if isinstance(module, ConvNorm):
            norm = module.norm
            norm.weight.fill_(1)
            norm.bias.copy_(biases[module.conv])
            norm.running_var.fill_(1 - norm.eps)
    return net


@torch.no_grad()
def unfold(net: Network, images) -> None:
    """Gives the norms the mean and the deviation of what passes them, and takes both back behind them."""
    sums: dict[ConvNorm, list[torch.Tensor]] = {}

    def look(module: nn.Conv2d, _, output: torch.Tensor) -> None:
        planes = output.double()
        sums.setdefault(owner[module], []).append(torch.stack([planes.mean((0, 2, 3)), planes.square().mean((0, 2, 3))]))

    owner = {m.conv: m for m in net.modules() if isinstance(m, ConvNorm)}
    hooks = [conv.register_forward_hook(look) for conv in owner]
    for batch in images:
        net(batch)
    for hook in hooks:
        hook.remove()
    for module, seen in sums.items():
        mean, square = torch.stack(seen).mean(0)
        deviation = (square - mean**2).clamp(min=1e-6).sqrt()
        kernel, norm = module.conv.weight, module.norm
        length = (1 / (3 * kernel[0].numel()) + LENGTH**2) ** 0.5
        factor = length / kernel.double().square().mean((1, 2, 3)).sqrt().clamp(min=1e-6)
        kernel.mul_(factor[:, None, None, None])
        norm.running_mean.copy_(mean * factor)
        norm.running_var.copy_((deviation * factor) ** 2)
        norm.weight.copy_(deviation * (1 + norm.eps / (deviation * factor) ** 2).sqrt())
        norm.bias.add_(mean)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="with its card beside it")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint")
    parser.add_argument("--side", type=int, default=320, help="of the training that goes on")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(1)
    net = unpacked(onnx.load(args.graph).graph, args.side)
    data = load(folder(), 20 if args.smoke else None)
    prepare(data, 1 if args.smoke else 4, 4 if args.smoke else None)
    supply = batches(data, args.side, BATCH, [1])
    unfold(net, (next(supply)[0] for _ in range((BATCH if args.smoke else PICTURES) // BATCH)))
    check = json.loads(args.graph.with_suffix(".json").read_text())["check"]
    state = net.state_dict()
    torch.save({"average": state, "step": check["steps"], "spent": check["minutes"] * 60, "side": args.side}, args.out)
    print(f"{args.out}: {sum(value.numel() for value in state.values())} numbers, after {check['steps']} steps")


if __name__ == "__main__":
    main()
