"""What PyTorch itself makes of a picture, whole: the network as its authors wrote it, no graph and no tiles.

    python models/bake/testdata/reference.py ID WEIGHTS MANIFEST IN HEIGHT WIDTH OUT

IN and OUT are raw bytes [height, width, channels].
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from baking import inspyrenet, real_esrgan
from baking.check import levels, normalise
from baking.manifest import Row, choose, read_rows
from baking.torch_export import load_weights, runner


def network(row: Row, weights: Path) -> torch.nn.Module:
    state = load_weights(weights)
    if row.format != "inspyrenet":
        return real_esrgan.build(row, state)
    net = inspyrenet.build(row.shapes[0] if len(row.shapes) == 1 else (inspyrenet.BASE_SIDE,) * 2)
    net.load_state_dict(state)
    return inspyrenet.Logits(net)


def main(model: str, weights: str, manifest: str, source: str, height: str, width: str, target: str) -> None:
    row = choose(read_rows(Path(manifest)), [model])[0]
    photo = np.fromfile(source, np.uint8).reshape(1, int(height), int(width), 3)
    result = levels(row, runner(network(row, Path(weights)))(normalise(row, photo)))
    np.round(result).astype(np.uint8).tofile(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
