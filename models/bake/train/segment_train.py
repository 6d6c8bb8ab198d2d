"""Trains the network of builtin/segment.

    DATASET_DIR=… python models/bake/train/segment_train.py --out DIR [--minutes 100] [--processes 4] [--resume]
    DATASET_DIR=… python models/bake/train/segment_train.py --out DIR --start RUN/checkpoint.pt --rate 1.2e-3
    DATASET_DIR=… python models/bake/train/segment_train.py --out DIR --smoke      two steps on a few small pictures

A checkpoint (checkpoint.pt) is written every --save seconds and at the end, whole or not at all; --resume goes on
from it, --start takes another run's averaged weights and begins a schedule of its own. --minutes ends the schedule by
training time instead of steps: time in which the process was stopped does not count. Small pictures first (progressive
resizing, Howard 2018); in the last part small, full and larger size take turns, and there are more photos as they are.
With the same --seed, --steps and --processes the same network comes out, as far as torch repeats itself.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import pickle
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from dataset import CATS, PEOPLE, SOURCES, Dataset, folder, load
from segment_augment import Augment
from segment_drawn import DRAWN, pairs
from segment_emptied import emptied
from segment_loss import EVEN, total_loss
from segment_measure import validate
from segment_network import Network
from training import Run, Team, rate_at, start

AVERAGE = 0.999
CLIP = 2.0
DECAY = 0.03


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=10**6)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--processes", type=int, default=4, help="of one thread each")
    parser.add_argument("--batch", type=int, default=8, help="of each process")
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--small-side", type=int, default=256)
    parser.add_argument("--full-from", type=float, default=0.8, help="share of the schedule after which sizes take turns")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--save", type=float, default=120, help="seconds between checkpoints")
    parser.add_argument("--check", type=float, default=900, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", type=Path, help="a checkpoint whose averaged weights to begin with")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    if args.smoke:
        args.steps, args.minutes, args.processes, args.batch, args.side, args.small_side = 2, math.inf, 1, 4, 64, 64
        args.full_from = 0.5
    return args


def main() -> None:
    args = arguments()
    if args.start:
        expect_side(args.start, args.side)
    args.out.mkdir(parents=True, exist_ok=True)
    data = load(folder(), 20 if args.smoke else None)
    prepare(data, args.processes, 4 if args.smoke else None)
    start(learn, args.processes, args, data)


def prepare(data: Dataset, processes: int, most: int | None = None) -> None:
    """Adds what is made from the data: things drawn from nothing, and cats' and people's places without them."""
    data.train[DRAWN] = pairs(data.backgrounds, most) if most else pairs(data.backgrounds)
    with multiprocessing.Pool(processes, cv2.setNumThreads, (0,)) as pool:
        places = pool.map(emptied, [pair for source in (CATS, PEOPLE) for pair in data.train[source][:most]])
    data.backgrounds += [place for place in places if place is not None]


def expect_side(checkpoint: Path, side: int) -> None:
    """Ends the process where such a network cannot take the checkpoint's weights."""
    try:
        trained = torch.load(checkpoint, map_location="cpu", weights_only=True)["side"]
    except (OSError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
        raise SystemExit(f"--start: {checkpoint} is no checkpoint of this script: {error}") from error
    if trained != side:
        raise SystemExit(f"--start: {checkpoint} was trained with --side {trained}, not {side}.")


def sides_of(args: argparse.Namespace) -> list[int]:
    """The small one, the full one and one well above it: the graph that is exported looks at several sizes as well."""
    return [args.small_side, args.side, 3 * args.side - 2 * args.small_side]


def batches(data: Dataset, side: int, batch: int, seed: list[int], *, calm: bool = False):
    """Endless batches of one size: images float 0–1 [n, 3, s, s], targets and weights [n, 1, s, s], kinds uint8 [n, s, s]."""
    augment = Augment(data, side, seed, calm=calm)
    while True:
        images, targets, weights, kinds = (torch.from_numpy(np.stack(part)) for part in zip(*(augment.example() for _ in range(batch))))
        images = images.permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
        yield images, targets[:, None].float() / 255, weights[:, None].float() / EVEN, kinds


def optimiser_of(net: Network, rate: float) -> torch.optim.Optimizer:
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    return torch.optim.AdamW([{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0}], lr=rate, fused=True)


def learn(team: Team, args: argparse.Namespace, data: Dataset) -> None:
    torch.manual_seed(args.seed)
    net = Network(args.side).to(memory_format=torch.channels_last)
    run = Run(args.out / "checkpoint.pt", net, optimiser_of(net, args.rate), AVERAGE)
    if args.start:
        run.start_from(args.start)
    if args.resume:
        run.resume()

    def progress_of(run: Run) -> float:
        return max(run.step / args.steps, run.spent / 60 / args.minutes)

    progress, calm, supplies, losses = progress_of(run), None, [], []
    saved = checked = time.monotonic()
    while progress < 1:
        began = time.monotonic()
        late = progress >= args.full_from
        if calm is not late:
            calm, sides = late, sides_of(args) if late else [args.small_side]
            supplies = [batches(data, side, args.batch, [args.seed, run.step, team.rank, side], calm=late) for side in sides]
        images, *truth = next(supplies[run.step % len(supplies)])
        net.train()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = net(images)
        loss = total_loss(outputs, *truth)
        progress = run.advance(loss, team, rate_at(progress, args.rate), CLIP, progress_of, began)
        if team.rank > 0:
            continue
        losses.append(loss.item())
        if run.step % 100 == 0 or progress >= 1:
            print(f"step {run.step}  {progress:.3f}  {images.shape[-1]} px  loss {np.mean(losses):.4f}  {run.spent / 60:.1f} min", flush=True)
            losses = []
        if time.monotonic() - saved > args.save:
            run.keep(side=args.side)
            saved = time.monotonic()
        if time.monotonic() - checked > args.check:
            report(run, data, args.side)
            checked = time.monotonic()
    if team.rank == 0:
        run.keep(side=args.side)
        report(run, data, args.side)


def report(run: Run, data: Dataset, side: int) -> None:
    scores = validate(run.average, data, side)
    print(f"valid {run.step}  " + "  ".join(f"{source} {scores[source]:.4f}" for source in SOURCES), flush=True)


if __name__ == "__main__":
    main()
