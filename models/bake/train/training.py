"""What both trainings share: the rate's course, processes that learn together, and a run that can be taken up again."""

from __future__ import annotations

import copy
import math
import os
import tempfile
import time
from pathlib import Path

import cv2
import torch
import torch.distributed as dist
from torch import nn

WARM = 0.04  # share of the schedule in which the rate rises
LONGEST_STEP = 10  # seconds; a step that took longer stood still, and a stopped process does not age


def rate_at(progress: float, peak: float) -> float:
    """One cycle: a short rise, then half a cosine (Smith & Topin 2019, arXiv 1708.07120)."""
    if progress < WARM:
        return peak * (0.05 + 0.95 * progress / WARM)
    return peak * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1, (progress - WARM) / (1 - WARM)))))


class Team:
    """Processes of one thread each, every one with its own pictures, that step together by the mean of their gradients.

    Threads that share the work of one process wait for one another in every layer; these wait once a step.
    """

    def __init__(self, rank: int, size: int, meeting: Path) -> None:
        self.rank, self.size = rank, size
        torch.set_num_threads(1)
        cv2.setNumThreads(0)
        if size > 1:
            dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)

    def agree(self, net: nn.Module, progress: float) -> float:
        """Gradients become their mean over the team. Returns the first one's progress: clocks differ."""
        if self.size == 1:
            return progress
        gradients = [p.grad for p in net.parameters()]
        first = torch.tensor([progress * self.size if self.rank == 0 else 0.0])
        whole = torch.cat([g.flatten() for g in gradients] + [first])
        dist.all_reduce(whole)
        whole /= self.size
        for gradient, part in zip(gradients, whole[:-1].split([g.numel() for g in gradients])):
            gradient.copy_(part.view_as(gradient))
        return whole[-1].item()


def start(learn, processes: int, *job) -> None:
    """Calls learn(team, *job) in every process. They are forked, so that the photos are in memory once."""
    with tempfile.TemporaryDirectory() as place:
        meeting = Path(place) / "meeting"
        if processes == 1:
            _join(0, learn, 1, meeting, job)
        else:
            torch.multiprocessing.start_processes(_join, (learn, processes, meeting, job), nprocs=processes, start_method="fork")


def _join(rank: int, learn, processes: int, meeting: Path, job: tuple) -> None:
    learn(Team(rank, processes, meeting), *job)


class Run:
    """A network on its way: how far it is, its optimiser, and the moving average of its weights, which is what is kept."""

    def __init__(self, path: Path, net: nn.Module, optimiser: torch.optim.Optimizer, share: float) -> None:
        self.path, self.net, self.optimiser, self.share = path, net, optimiser, share
        self.average = copy.deepcopy(net).eval()
        self.step, self.spent = 0, 0.0
        self.earlier = {"steps": 0, "spent": 0.0}  # by the runs whose weights this one began with

    def resume(self) -> None:
        if not self.path.exists():
            return
        kept = torch.load(self.path, map_location="cpu", weights_only=True)
        for part in ("net", "average", "optimiser"):
            getattr(self, part).load_state_dict(kept[part])
        self.step, self.spent = kept["step"], kept["spent"]
        self.earlier = kept.get("earlier", self.earlier)

    def start_from(self, path: Path) -> None:
        """Takes the averaged weights of another run, and nothing else of it."""
        kept = torch.load(path, map_location="cpu", weights_only=True)
        for net in (self.net, self.average):
            net.load_state_dict(kept["average"])
        before = kept.get("earlier", {"steps": 0, "spent": 0.0})
        self.earlier = {"steps": before["steps"] + kept["step"], "spent": before["spent"] + kept["spent"]}

    def keep(self, **more) -> None:
        """Writes the checkpoint, whole or not at all."""
        parts = {part: getattr(self, part).state_dict() for part in ("net", "average", "optimiser")}
        draft = self.path.with_suffix(".part")
        torch.save({**parts, "step": self.step, "spent": self.spent, "earlier": self.earlier, **more}, draft)
        os.replace(draft, self.path)

    def advance(self, loss: torch.Tensor, team: Team, rate: float, clip: float, progress, began: float) -> float:
        """One step of the optimiser. `progress` is a function of this run; returns its value after the step."""
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.step += 1
        share = team.agree(self.net, progress(self))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        nn.utils.clip_grad_norm_(self.net.parameters(), clip)
        self.optimiser.step()
        self.spent += min(time.monotonic() - began, LONGEST_STEP)
        if team.rank == 0:
            self._follow()
        return share

    @torch.no_grad()
    def _follow(self) -> None:
        """Moves the average towards the network (Polyak & Juditsky 1992), faster in the beginning."""
        decay = min(self.share, (1 + self.step) / (10 + self.step))
        current = self.net.state_dict()
        for name, value in self.average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])
