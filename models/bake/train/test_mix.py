"""Checks segment_mix.py, and which sides segment_looks.py takes.

    python models/bake/train/test_mix.py
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from segment_looks import sides
from segment_network import Network

SIDE = 64


def checkpoint(path: Path, seed: int, **other) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    average = Network(SIDE).state_dict()
    torch.save({"average": average, "step": seed, "spent": 60.0, "side": SIDE, **other}, path)
    return average


def mix(*args) -> subprocess.CompletedProcess:
    script = Path(__file__).with_name("segment_mix.py")
    return subprocess.run([sys.executable, str(script), *map(str, args)], capture_output=True, text=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        new, old, out = (Path(place) / name for name in ("new.pt", "old.pt", "made/out.pt"))
        a, b = checkpoint(new, 7, earlier={"steps": 3, "spent": 5.0}), checkpoint(old, 8)
        assert mix(f"{new}=0.75", f"{old}=0.25", "--out", out).returncode == 0
        came = torch.load(out, weights_only=True)
        assert (came["step"], came["side"], came["earlier"]) == (7, SIDE, {"steps": 3, "spent": 5.0}), "counted as the first"
        for name, value in came["average"].items():
            if name.startswith("kind.") or not value.is_floating_point():
                assert torch.equal(value, a[name]), f"{name} is the first one's"
            else:
                assert torch.allclose(value, 0.75 * a[name] + 0.25 * b[name]), f"{name} is the mean"
        Network(SIDE).load_state_dict(came["average"])
        out.unlink()
        (Path(place) / "text.pt").write_text("no weights")
        checkpoint(Path(place) / "wide.pt", 9, side=96)
        for parts, reason in (
            ((f"{new}=0.75", f"{old}=0.5"), "come to 1.25"),
            ((f"{new}=0.75", f"{place}/none.pt=0.25"), "no checkpoint"),
            ((f"{new}=0.75", f"{place}/text.pt=0.25"), "no checkpoint"),
            ((f"{new}=0.75", f"{place}/wide.pt=0.25"), "different sides"),
            ((str(new),), "CHECKPOINT=SHARE"),
            ((f"{new}=-1",), "CHECKPOINT=SHARE"),
        ):
            refused = mix(*parts, "--out", out)
            assert refused.returncode and reason in refused.stderr and "Traceback" not in refused.stderr, (parts, refused.stderr)
            assert not out.exists(), "nothing is written"
    assert sides("256,320") == (256, 320)
    for wrong in ("0", "-32", "100", "256,"):
        try:
            sides(wrong)
        except (argparse.ArgumentTypeError, ValueError):
            continue
        raise AssertionError(f"took {wrong}")


if __name__ == "__main__":
    main()
