"""Checks the print looks: tiles meet, greys stay neutral, white and black stay, a screen keeps its mean tone.

    python models/bake/test_effects.py
"""

import numpy as np
import onnxruntime as ort

from builtin_effects import LOOKS


def session(name: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.intra_op_num_threads = 2
    return ort.InferenceSession(LOOKS[name].graph().model().SerializeToString(), options, ["CPUExecutionProvider"])


def settings(name: str, end: str = "default") -> dict:
    """All parameters at their defaults, or all numbers at their lowest or highest."""

    def value(parameter: dict) -> list:
        if parameter["type"] == "colour":
            return [int(parameter["default"][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return [parameter[end]]

    return {n: np.asarray(value(p), np.float32) for n, p in LOOKS[name].parameters.items()}


def apply(look: ort.InferenceSession, image: np.ndarray, parameters: dict, origin=(0, 0)) -> np.ndarray:
    feeds = {"image": image[None], "origin": np.asarray(origin, np.int32), **parameters}
    return look.run(None, feeds)[0][0].astype(int)


def picture(height: int, width: int) -> np.ndarray:
    """Something of everything: smooth shades, hard edges, texture, black and white."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width]
    shade = np.stack([np.sin(x / 31), np.cos(y / 23), np.sin((x + y) / 47)], axis=2) * 90 + 128
    disc = (np.hypot(x - width / 2, y - height / 2) < height / 4)[..., None]
    texture = random.normal(0, 25, (height, width, 3)) * (x > width / 2)[..., None]
    return np.clip(np.where(disc, 255 - shade * 1.4, shade) + texture, 0, 255).astype(np.uint8)


def tiles_meet(name: str, parameters: dict) -> int:
    """The largest difference between a picture made at once and one made of overlapping tiles."""
    look, image, field, core = session(name), picture(301, 347), LOOKS[name].field, 83
    whole, tiled = apply(look, image, parameters), np.full(image.shape, -1)
    height, width, _ = image.shape
    for top in range(0, height, core):
        for left in range(0, width, core):
            y0, x0 = max(top - field, 0), max(left - field, 0)
            tile = image[y0 : top + core + field, x0 : left + core + field]
            made = apply(look, tile, parameters, (x0, y0))[top - y0 :, left - x0 :][:core, :core]
            tiled[top : top + core, left : left + core] = made
    return np.abs(whole - tiled).max()


def flat(level: int, side: int = 240) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def main() -> None:
    for name, entry in LOOKS.items():
        parameters, look = settings(name), session(name)
        assert set(entry.parameters) == set(entry.graph().inputs) - {"image", "origin"}, name
        for end in ("default", "min", "max"):
            difference = tiles_meet(name, settings(name, end))
            assert difference <= 1, f"{name} {end}: tiles differ by {difference}"
        assert apply(look, picture(1, 1), parameters).shape == (1, 1, 3)
        grey = np.repeat(picture(200, 200)[..., :1], 3, axis=2)
        if name not in ("pop-art", "duotone"):
            made = apply(look, grey, parameters)
            assert np.array_equal(made.min(2), made.max(2)), f"{name} tints greys"
            assert (apply(look, flat(255), parameters) == 255).all(), f"{name} changes white"
        if name in ("enhanced-bw", "color"):
            made = apply(look, grey, parameters)
            assert (made[grey == 255] == 255).all() and (made[grey == 0] == 0).all(), f"{name} moves the ends"
        print(f"{name}: field {entry.field}, well")

    look, parameters = session("halftone"), settings("halftone")
    errors = [apply(look, flat(level), parameters).mean() - level for level in range(0, 256, 5)]
    assert max(map(abs, errors)) < 6, errors
    print(f"halftone: mean tone within {max(map(abs, errors)):.1f} of 255")


if __name__ == "__main__":
    main()
