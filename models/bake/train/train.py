"""Trains the network of builtin/segment.

    DATASET_DIR=… python models/bake/train/train.py --out DIR [--steps 6000] [--minutes 45] [--resume]
    python models/bake/train/train.py --out DIR --smoke       two steps on generated pictures

A checkpoint (checkpoint.pt) is written every --save seconds and at the end, whole or not at all; --resume goes on
from it. --minutes ends the schedule by training time instead of steps: time in which the process was stopped does not
count. Small pictures first, full size for the last third (progressive resizing, Howard 2018). The loss is F3Net's
(Wei et al. 2020, arXiv 1911.11445): cross-entropy and soft IoU, both weighted up where the mask changes nearby, at four
scales. What is kept is the moving average of the weights (Polyak & Juditsky 1992).
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from augment import Augment
from dataset import SOURCES, Dataset, folder, generated, load
from measure import validate
from network import Network

HINT_SHARE = 0.3
AVERAGE = 0.998


class Stream(torch.utils.data.IterableDataset):
    """Endless batches of one size, each worker with its own chances."""

    def __init__(self, data: Dataset, side: int, batch: int, seed: int) -> None:
        self.data, self.side, self.batch, self.seed = data, side, batch, seed

    def __iter__(self):
        cv2.setNumThreads(0)
        worker = torch.utils.data.get_worker_info()
        augment = Augment(self.data, self.side, self.seed * 64 + (worker.id if worker else 0))
        while True:
            yield tuple(torch.from_numpy(np.stack(part)) for part in zip(*(augment.example() for _ in range(self.batch))))


def loss_of(logits, target, weight):
    """Weighted cross-entropy and soft IoU; pictures without a subject have no IoU to raise."""
    logits = logits.float()
    reach = max(3, logits.shape[-1] // 12 | 1)
    near = F.avg_pool2d(target, (reach, 1), 1, (reach // 2, 0), count_include_pad=False)
    near = (F.avg_pool2d(near, (1, reach), 1, (0, reach // 2), count_include_pad=False) - target).abs()
    emphasis = weight * (1 + 4 * near)
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    entropy = (entropy * emphasis).sum((1, 2, 3)) / emphasis.sum((1, 2, 3)).clamp(min=1)
    guess = torch.sigmoid(logits)
    both = (guess * target * emphasis).sum((1, 2, 3))
    either = ((guess + target) * emphasis).sum((1, 2, 3)) - both
    present = ((target * weight).sum((1, 2, 3)) > 8).float()
    return (entropy + present * (1 - (both + 1) / (either + 1))).mean()


def total_loss(outputs, target, weight):
    logits, hints = outputs
    loss = loss_of(logits, target, weight)
    for hint in hints:
        factor = target.shape[-1] // hint.shape[-1]
        loss = loss + HINT_SHARE * loss_of(hint, F.avg_pool2d(target, factor), (F.avg_pool2d(weight, factor) > 0.5).float())
    return loss


def rate_at(progress: float, peak: float) -> float:
    """One cycle: a short rise, then half a cosine (Smith & Topin 2019, arXiv 1708.07120)."""
    warm = 0.04
    if progress < warm:
        return peak * (0.05 + 0.95 * progress / warm)
    return peak * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1, (progress - warm) / (1 - warm)))))


@torch.no_grad()
def follow(average: Network, net: Network, step: int) -> None:
    decay = min(AVERAGE, (1 + step) / (10 + step))
    current = net.state_dict()
    for name, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(current[name], 1 - decay)
        else:
            value.copy_(current[name])


def save(path: Path, content: dict) -> None:
    draft = path.with_suffix(".part")
    torch.save(content, draft)
    os.replace(draft, path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--small-side", type=int, default=224)
    parser.add_argument("--full-from", type=float, default=0.62, help="share of the schedule after which pictures have full size")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--save", type=float, default=120, help="seconds between checkpoints")
    parser.add_argument("--check", type=float, default=420, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    if args.smoke:
        args.steps, args.minutes, args.batch, args.side, args.small_side, args.workers = 2, math.inf, 4, 64, 64, 0
    return args


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    data = generated() if args.smoke else load(folder())
    net = Network(args.side).to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.03}, {"params": plain, "weight_decay": 0}], lr=args.rate)
    step, spent = 0, 0.0
    checkpoint = args.out / "checkpoint.pt"
    if args.resume and checkpoint.exists():
        kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
        net.load_state_dict(kept["net"])
        average.load_state_dict(kept["average"])
        optimiser.load_state_dict(kept["optimiser"])
        step, spent = kept["step"], kept["spent"]
        print(f"goes on at step {step}", flush=True)

    def keep() -> None:
        save(checkpoint, {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "spent": spent, "side": args.side})

    side, batches, losses = 0, None, []
    saved = checked = time.monotonic()
    while (progress := max(step / args.steps, spent / 60 / args.minutes)) < 1:
        began = time.monotonic()
        wanted = args.side if progress >= args.full_from else args.small_side
        if wanted != side:
            side = wanted
            stream = Stream(data, side, args.batch, args.seed + step)
            batches = iter(torch.utils.data.DataLoader(stream, batch_size=None, num_workers=args.workers, prefetch_factor=4 if args.workers else None))
        images, targets, weights = next(batches)
        images = images.permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
        targets, weights = targets[:, None].float() / 255, weights[:, None].float()
        for group in optimiser.param_groups:
            group["lr"] = rate_at(progress, args.rate)
        net.train()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = net(images)
        loss = total_loss(outputs, targets, weights)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        step += 1
        follow(average, net, step)
        losses.append(loss.item())
        spent += min(time.monotonic() - began, 10)  # a stopped process does not age
        if step % 100 == 0 or step == args.steps:
            print(f"step {step}  {progress:.3f}  {side} px  loss {np.mean(losses):.4f}  {spent / 60:.1f} min  {spent / step:.3f} s/step", flush=True)
            losses = []
        if time.monotonic() - saved > args.save:
            keep()
            saved = time.monotonic()
        if time.monotonic() - checked > args.check:
            report(step, average, data, args.side)
            checked = time.monotonic()
    keep()
    report(step, average, data, args.side)


def report(step: int, average: Network, data: Dataset, side: int) -> None:
    scores = validate(average, data, side)
    print(f"valid {step}  " + "  ".join(f"{s} {scores[s]:.4f}" for s in SOURCES), flush=True)


if __name__ == "__main__":
    main()
