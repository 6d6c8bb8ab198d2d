"""Trains the network of builtin/upscale to answer as the real weights do.

    DATASET_DIR=… WEIGHTS_DIR=… python models/bake/train/upscale_train.py --out DIR [--steps 9000] [--processes 1] [--resume]
    DATASET_DIR=… WEIGHTS_DIR=… python models/bake/train/upscale_train.py --out DIR --smoke      two steps on two small pictures

First the teacher answers --pictures small pictures, once (taught.npz); then the network learns from squares of them.
The loss is that of Charbonnier et al. 1994: of the picture, of its differences between neighbours, which keeps edges
sharp, and of the mean of small squares, which the photo knows best. A checkpoint (checkpoint.pt) is written every
--save seconds and at the end; --resume goes on from it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import upscale_teacher
from dataset import Dataset, folder, load
from training import Run, Team, rate_at, start
from upscale_degrade import degrade
from upscale_network import Network

AVERAGE = 0.999
CLIP = 0.5
TONE_SIDE, TONE_SHARE = 8, 3.0  # pixels of the photo; a teacher darkens and lightens a little, which prints show


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--pictures", type=int, default=2000, help="how many the teacher answers")
    parser.add_argument("--taught-side", type=int, default=112, help="of those")
    parser.add_argument("--processes", type=int, default=1, help="of one thread each")
    parser.add_argument("--batch", type=int, default=16, help="of each process")
    parser.add_argument("--side", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--save", type=float, default=120, help="seconds between checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    if args.smoke:
        args.steps, args.pictures, args.taught_side, args.batch, args.side, args.processes = 2, 2, 24, 2, 24, 1
    return args


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    pictures, answers = lessons(args)
    start(learn, args.processes, args, pictures, answers)


def lessons(args: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Made once and kept: the teacher is slow."""
    path = args.out / "taught.npz"
    if path.exists():
        kept = np.load(path)
        return kept["pictures"], kept["answers"]
    teacher = upscale_teacher.open_teacher(upscale_teacher.folder())
    photos = photos_of(load(folder(), 4 if args.smoke else None))
    pictures, answers = taught(photos, teacher, args.pictures, args.taught_side, args.seed)
    draft = path.with_suffix(".part.npz")
    np.savez(draft, pictures=pictures, answers=answers)
    draft.replace(path)
    return pictures, answers


def photos_of(data: Dataset) -> list[np.ndarray]:
    return [pair.image for source in data.train.values() for pair in source] + data.backgrounds


def taught(photos: list[np.ndarray], teacher, count: int, side: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 [count, side, side, 3] and the teacher's answers uint8 [count, 2 side, 2 side, 3]."""
    rng = np.random.default_rng(seed)
    pictures = np.empty((count, side, side, 3), np.uint8)
    answers = np.empty((count, 2 * side, 2 * side, 3), np.uint8)
    for number in range(count):
        pictures[number] = degrade(photos[rng.integers(len(photos))], side, rng)
        answers[number] = np.rint(upscale_teacher.teach(teacher, pictures[number]))
        if number % 200 == 199:
            print(f"taught {number + 1} of {count}", flush=True)
    return pictures, answers


def batch_of(pictures, answers, rng, batch: int, side: int):
    """Squares turned and mirrored, float 0–1 [n, 3, s, s] and [n, 3, 2s, 2s]."""
    small, large = [], []
    for number in rng.integers(0, len(pictures), batch):
        top, left = rng.integers(0, pictures.shape[1] - side + 1, 2)
        turns, mirrored = rng.integers(4), rng.integers(2)
        for picture, scale, into in ((pictures[number], 1, small), (answers[number], 2, large)):
            square = picture[scale * top : scale * (top + side), scale * left : scale * (left + side)]
            square = np.rot90(square, turns)
            into.append(square[:, ::-1] if mirrored else square)
    return tuple(torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2).float().div_(255) for part in (small, large))


def charbonnier(x):
    return torch.sqrt(x * x + 1e-6).mean()


def loss_of(guess, wanted, small):
    """How far from the teacher, in pixels and in steps between neighbours; and how far from the photo's own tone."""
    off = guess - wanted
    tone = F.avg_pool2d(guess, 2 * TONE_SIDE) - F.avg_pool2d(small, TONE_SIDE)
    edges = charbonnier(off[..., 1:] - off[..., :-1]) + charbonnier(off[..., 1:, :] - off[..., :-1, :])
    return charbonnier(off) + edges + TONE_SHARE * charbonnier(tone)


def learn(team: Team, args: argparse.Namespace, pictures: np.ndarray, answers: np.ndarray) -> None:
    torch.manual_seed(args.seed)
    net = Network()
    run = Run(args.out / "checkpoint.pt", net, torch.optim.Adam(net.parameters(), lr=args.rate, fused=True), AVERAGE)
    if args.resume:
        run.resume()
    rng = np.random.default_rng([args.seed, run.step, team.rank])
    saved, losses = time.monotonic(), []
    while run.step < args.steps:
        began = time.monotonic()
        small, large = batch_of(pictures, answers, rng, args.batch, args.side)
        with torch.autocast("cpu", torch.bfloat16):
            guess = net(small.contiguous(memory_format=torch.channels_last))
        loss = loss_of(guess.float(), large, small)
        run.advance(loss, team, rate_at(run.step / args.steps, args.rate), CLIP, lambda run: run.step / args.steps, began)
        if team.rank > 0:
            continue
        losses.append(loss.item())
        if run.step % 200 == 0 or run.step == args.steps:
            print(f"step {run.step}  loss {255 * np.mean(losses):.4f} levels  {run.spent / 60:.1f} min", flush=True)
            losses = []
        if time.monotonic() - saved > args.save:
            run.keep(pictures=len(pictures))
            saved = time.monotonic()
    if team.rank == 0:
        run.keep(pictures=len(pictures))


if __name__ == "__main__":
    main()
