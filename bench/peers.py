"""A peer that is measured: reads the path of a photo a line, does its work, and says the milliseconds.

    python bench/peers.py rembg MODEL.onnx THREADS [decontaminate|alpha_matting]
    python bench/peers.py torch WEIGHTS.pth THREADS
"""

import os
import sys
import time
from pathlib import Path

KIND, MODEL, THREADS, *MORE = sys.argv[1:]
os.environ["OMP_NUM_THREADS"] = THREADS
# rembg reads custom models from below its own folder only.
os.environ["U2NET_HOME"] = str(Path(MODEL).parent)


def rembg():
    """As a library user calls it: bytes in, a PNG's bytes out."""
    from rembg import new_session, remove

    session = new_session("dis_custom", model_path=MODEL)
    options = {name: True for name in MORE}
    return lambda photo: lambda: remove(photo.read_bytes(), session=session, **options)


def torch():
    """Real-ESRGAN as spandrel loads it: pixels in, pixels out, the whole picture at once."""
    import numpy as np
    import torch as t
    from PIL import Image
    from spandrel import ModelLoader

    t.set_num_threads(int(THREADS))
    net = ModelLoader(device="cpu").load_from_file(MODEL).model.eval()

    def prepare(photo):
        pixels = np.asarray(Image.open(photo).convert("RGB"))

        def work():
            with t.inference_mode():
                planes = t.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
                return (net(planes).clamp(0, 1) * 255).round().byte()[0].permute(1, 2, 0).numpy()

        return work

    return prepare


prepare = {"rembg": rembg, "torch": torch}[KIND]()
print("ready", flush=True)
for line in sys.stdin:
    work = prepare(Path(line.strip()))
    began = time.perf_counter()
    work()
    print((time.perf_counter() - began) * 1000, flush=True)
