"""Weighs checkpoints' averaged weights into one: what a training forgot, weights from before it still know.

    python models/bake/train/segment_mix.py NEW.pt=0.5 OLD.pt=0.35 OLDER.pt=0.15 --out MIXED.pt

Only of runs of which one began with the other's weights is the mean as good as they are (Wortsman et al. 2022, arXiv
2109.01903). The head that names kinds, the steps, the time and the side are the first one's. Export what comes out, or
train on with --start.
"""

from __future__ import annotations

import argparse
import os
import pickle
from pathlib import Path

import torch

HEAD = "kind."


def mixed(averages: list[dict[str, torch.Tensor]], shares: list[float]) -> dict[str, torch.Tensor]:
    """The mean of every float that is not the kinds' head's; a tensor that only the first has stays as it is."""
    first = averages[0]

    def mean(name: str, value: torch.Tensor) -> torch.Tensor:
        if name.startswith(HEAD) or not value.is_floating_point():
            return value
        return sum(share * average.get(name, value) for share, average in zip(shares, averages))

    return {name: mean(name, value) for name, value in first.items()}


def part(text: str) -> tuple[Path, float]:
    path, _, share = text.rpartition("=")
    try:
        found = Path(path), float(share)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: CHECKPOINT=SHARE, as run/checkpoint.pt=0.5") from error
    if not path or not 0 < found[1] <= 1:
        raise argparse.ArgumentTypeError(f"{text}: CHECKPOINT=SHARE, with a share above 0 and up to 1")
    return found


def kept(path: Path) -> dict:
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        return {key: checkpoint[key] for key in ("average", "step", "spent", "side")} | {"earlier": checkpoint.get("earlier")}
    except (OSError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
        raise SystemExit(f"{path} is no checkpoint of segment_train.py: {error}") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", type=part, nargs="+", metavar="CHECKPOINT=SHARE", help="shares come to 1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    shares = [share for _, share in args.parts]
    if abs(sum(shares) - 1) > 1e-6:
        raise SystemExit(f"The shares come to {sum(shares):g}, not to 1.")
    checkpoints = [kept(path) for path, _ in args.parts]
    if len({checkpoint["side"] for checkpoint in checkpoints}) > 1:
        raise SystemExit("The checkpoints were trained with different sides.")
    whole = {key: value for key, value in checkpoints[0].items() if value is not None}
    whole["average"] = mixed([checkpoint["average"] for checkpoint in checkpoints], shares)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    draft = args.out.with_name(args.out.name + ".part")
    torch.save(whole, draft)
    os.replace(draft, args.out)


if __name__ == "__main__":
    main()
