"""Writes the graphs that ship with the repository and are not trained, each with its card, into models/builtin/.

    python models/bake/author.py [--out DIR]

Needed only to change a graph: the repository carries the results.
"""

import argparse
import hashlib
import json
from pathlib import Path

from builtin_effects import LOOKS
from builtin_matte import BLEED_FIELD, bleed, box, flatten, hide, matte
from builtin_match import lab_shift, lab_statistics, rim
from builtin_refine import FINE_FIELD, refine_fine, refine_wide
from builtin_upscale import halve, neutral

ONNXRUNTIME = "1.26.0"


def row(graph, stage: str, title: str, *, field: int = 0, multiple: int = 1) -> dict:
    return {"graph": graph, "stage": stage, "title": title, "field": field, "multiple": multiple}


# name → graph and what its card says of it. `field` is how far an output pixel sees, in input pixels.
BUILTIN = {
    **{name: row(look.graph, "effects", look.title, field=look.field) for name, look in LOOKS.items()},
    "bleed": row(bleed, "helper", "colour bled outward under transparent pixels", field=BLEED_FIELD),
    "flatten": row(flatten, "helper", "a transparent picture on middle grey"),
    "hide": row(hide, "helper", "no colour where nothing is seen"),
    "matte": row(matte, "helper", "cut-out from picture and mask", field=3),
    "refine-wide": row(refine_wide, "helper", "how alpha and colours follow the photo", multiple=16),
    "refine-fine": row(refine_fine, "helper", "cut-out along the photo's own edges", field=FINE_FIELD),
    "rim": row(rim, "helper", "the part of a matte near its edge"),
    "lab-statistics": row(lab_statistics, "helper", "mean and spread of colours"),
    "lab-shift": row(lab_shift, "helper", "colours moved towards others"),
    "box": row(box, "helper", "where a matte is"),
    "halve": row(halve, "helper", "half the sides", field=4),
    "neutral": row(neutral, "helper", "greys without a tint"),
}


def example(parameter: dict) -> list[float]:
    """A look's default as its graph takes it."""
    if parameter["type"] == "number":
        return [parameter["default"]]
    return [int(parameter["default"][i : i + 2], 16) / 255 for i in (1, 3, 5)]


def card_of(name: str, entry: dict, graph, data: bytes) -> dict:
    parameters = LOOKS[name].parameters if name in LOOKS else {}

    def specs(tensors: dict) -> dict:
        given = {n: {"example": example(p)} for n, p in parameters.items()}
        return {n: {"type": t, "shape": list(s)} | given.get(n, {}) for n, (t, s) in tensors.items()}

    return {
        "id": name,
        "stage": entry["stage"],
        "title": entry["title"],
        "preview": False,
        "licence": "MIT",
        "sources": [{"what": "written for Cutline (models/bake)", "licence": "MIT"}],
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "precision": "fp32",
        "onnxruntime": ONNXRUNTIME,
        # The blocked layout that pays for deep nets makes filters of one to three channels several times slower.
        "optimization": "extended",
        "inputs": specs(graph.inputs),
        "outputs": specs(graph.outputs),
        "scale": 1,
        "field": entry["field"],
        "multiple": entry["multiple"],
        "max_batch": 1,
        "check": {},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "builtin")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, entry in BUILTIN.items():
        graph = entry["graph"]()
        data = graph.model().SerializeToString(deterministic=True)
        (out / f"{name}.onnx").write_bytes(data)
        (out / f"{name}.json").write_text(json.dumps(card_of(name, entry, graph, data), indent=2) + "\n")
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
