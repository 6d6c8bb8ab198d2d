"""Turns a checkpoint of segment_train.py into the graph that ships, bytes in and bytes out, and its card.

    DATASET_DIR=… python models/bake/train/segment_export.py CHECKPOINT --out DIR [--side 384] [--looks 256,320,512]
    DATASET_DIR=… python models/bake/train/segment_export.py CHECKPOINT --out DIR --smoke      measured on a few pairs

The graph is measured on the held-out pairs, and against the network as it was trained, before anything is written.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from dataset import SOURCES, Dataset, folder, load
from segment_graph import MIRRORED, STEEPER, Writer
from segment_measure import iou, shrink, truth_of
from segment_network import Network
from segment_pieces import CELL, pieces_kept
from shipped import session_of, ship, specs

LIMIT_BYTES = 4_000_000
AGREEMENT = 0.97  # IoU of the stored graph's masks with the trained network's, below which nothing is written
COMPARED = 16  # pairs of each source on which the two are compared


@torch.no_grad()
def trained(net: Network, image: np.ndarray, looks: tuple[int, ...]) -> np.ndarray:
    """The network's own mask, float 0–255 [s, s], of uint8 [1, s, s, 3]."""
    photo = torch.from_numpy(image).permute(0, 3, 1, 2).float() / 255
    side, logits, kinds = photo.shape[-1], 0, 0
    for look in looks:
        x = F.interpolate(photo, (look, look), mode="bilinear", align_corners=False, antialias=look < side) if look != side else photo
        both = [(seen + mirrored.flip(3)) for seen, mirrored in zip(net(x), net(x.flip(3)))]
        logits = logits + F.interpolate(both[0], (side, side), mode="bilinear", align_corners=False, antialias=look > side)
        kinds = kinds + F.interpolate(both[1], (side // CELL, side // CELL), mode="bilinear", align_corners=False)
    return pieces_kept(torch.sigmoid(logits * (STEEPER / MIRRORED / len(looks))).numpy()[0, 0], kinds.numpy()[0]) * 255


def check(net: Network, graph: bytes, data: Dataset, side: int, looks: tuple[int, ...]) -> dict:
    """IoU per source of the graph itself, and how far it is from the network, as the card says it."""
    session = session_of(graph)
    checked, agreements, errors, times = {}, [], [], []
    for source in SOURCES:
        values = []
        for number, pair in enumerate(data.valid[source]):
            image = shrink(pair.image, side)[None]
            began = time.perf_counter()
            mask = session.run(["mask"], {"image": image})[0][0, ..., 0]
            times.append(time.perf_counter() - began)
            values.append(iou(mask > 127, *truth_of(pair, side)))
            if number < COMPARED:
                exact = trained(net, image, looks)
                agreements.append(iou(mask > 127, exact > 127.5, np.ones_like(mask, bool)))
                errors.append(np.abs(exact - mask).mean())
        checked[f"iou on held-out {source}"] = round(float(np.mean(values)), 4)
    checked["iou"] = round(float(np.mean(agreements)), 4)
    checked["mean_difference"] = round(float(np.mean(errors)), 3)
    print(f"{len(graph)} bytes, {1000 * np.median(times):.1f} ms, {json.dumps(checked, indent=2)}")
    return checked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side", type=int, help="of the photo and the mask; the training's unless given")
    parser.add_argument("--looks", help="sides at which the network sees the photo, as 256,320,512; the mask's unless given")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    side = args.side or kept["side"]
    looks = tuple(int(look) for look in args.looks.split(",")) if args.looks else (side,)
    net = Network(kept["side"]).eval()
    net.load_state_dict(kept["average"])
    earlier = kept.get("earlier", {"steps": 0, "spent": 0.0})
    described = Writer(net, side, looks).graph()
    graph = described.model().SerializeToString(deterministic=True)
    checked = check(net, graph, load(folder(), 20 if args.smoke else None), side, looks)
    if len(graph) >= LIMIT_BYTES:
        raise SystemExit(f"The graph has {len(graph)} bytes, more than {LIMIT_BYTES}: nothing written.")
    if not args.smoke and checked["iou"] < AGREEMENT:
        raise SystemExit("Eight bits change the masks too much: nothing written.")
    about = {
        "title": "small network for cats, people, animals and objects",
        "sources": [],
        "precision": "int8",  # as it is stored; the arithmetic is that of floats
        "inputs": specs(described.inputs),
        "outputs": specs(described.outputs),
        "scale": 1,
        "field": 0,
        "shapes": [[side, side]],
        "check": {"steps": earlier["steps"] + kept["step"], "minutes": round((earlier["spent"] + kept["spent"]) / 60, 1), **checked},
    }
    ship(args.out, "segment", graph, about)


if __name__ == "__main__":
    main()
