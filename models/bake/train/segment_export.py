"""Turns a checkpoint of segment_train.py into the graph that ships, bytes in and bytes out, and its card.

    DATASET_DIR=… python models/bake/train/segment_export.py CHECKPOINT --out DIR [--side 512] [--looks 256,320,384 --fine 320,640]
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
from dataset import SOURCES, Dataset, folder, load
from segment_graph import Writer
from segment_looks import Looks, mask_of, sides
from segment_measure import iou, shrink, truth_of
from segment_network import Network
from shipped import session_of, ship, specs

LIMIT_BYTES = 4_000_000
AGREEMENT = 0.97  # IoU of the stored graph's masks with the trained network's, below which nothing is written
COMPARED = 16  # pairs of each source on which the two are compared


def check(net: Network, graph: bytes, data: Dataset, looks: Looks) -> dict:
    """IoU per source of the graph itself, and how far it is from the network, as the card says it."""
    session = session_of(graph)
    checked, agreements, errors, times = {}, [], [], []
    for source in SOURCES:
        values = []
        for number, pair in enumerate(data.valid[source]):
            image = shrink(pair.image, looks.side)[None]
            began = time.perf_counter()
            mask = session.run(["mask"], {"image": image})[0][0, ..., 0]
            times.append(time.perf_counter() - began)
            values.append(iou(mask > 127, *truth_of(pair, looks.side)))
            if number < COMPARED:
                exact = mask_of(net, image, looks)
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
    parser.add_argument("--looks", type=sides, help="sides at which the network sees the photo, as 256,320,384; the mask's unless given")
    parser.add_argument("--fine", type=sides, default=(), help="sides at which it looks for what is small, as 320,640; those of --looks unless given")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    side = args.side or kept["side"]
    looks = Looks(side, args.looks or (side,), args.fine)
    net = Network(kept["side"]).eval()
    net.load_state_dict(kept["average"])
    earlier = kept.get("earlier", {"steps": 0, "spent": 0.0})
    described = Writer(net, looks).graph()
    graph = described.model().SerializeToString(deterministic=True)
    checked = check(net, graph, load(folder(), 20 if args.smoke else None), looks)
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
