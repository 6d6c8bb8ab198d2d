"""What both exports share: the graph opened as the product opens it, its card, and writing the two."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import onnxruntime

PREVIEW = " (preview: ships with the repository)"
OWN = {"what": "written and trained for Cutline (models/bake/train)", "licence": "MIT"}
TRAINED_ON = [
    {"what": "pcashman21/feral-cat-segmentation-dataset-and-model: cats", "licence": "Public Domain, as its repository states"},
    {"what": "bearpaw/clothing-co-parsing: people", "licence": "Apache-2.0, as its repository states"},
    {"what": "Caltech-101: objects on white", "licence": "CC BY 4.0"},
    {"what": "Caltech-101: elephants, rhinos, flamingos, emus", "licence": "CC BY 4.0"},
    {"what": "backgrounds: Poly Haven views, Budgie wallpapers and others", "licence": "CC0-1.0 and public domain"},
]


def session_of(graph: bytes, threads: int = 2) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # beside other work a spinning thread is in the way
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def ship(out: Path, name: str, graph: bytes, about: dict) -> None:
    """Writes NAME.onnx and NAME.json. `about` is what the card says beyond what is the same for both."""
    card = {
        "id": f"builtin/{name}",
        "stage": name,
        "title": about["title"] + PREVIEW,
        "preview": True,
        "licence": "MIT",
        **({"notice": about["notice"]} if "notice" in about else {}),
        "sources": [OWN, *about["sources"], *TRAINED_ON],
        "sha256": hashlib.sha256(graph).hexdigest(),
        "bytes": len(graph),
        "precision": about["precision"],
        "onnxruntime": onnxruntime.__version__,
        "optimization": "all",
        **{part: about[part] for part in ("inputs", "outputs", "scale", "field")},
        "multiple": 1,
        "max_batch": 1,
        **({"shapes": about["shapes"]} if "shapes" in about else {}),
        "check": about["check"],
    }
    out.mkdir(parents=True, exist_ok=True)
    place(out / f"{name}.onnx", graph)
    place(out / f"{name}.json", (json.dumps(card, indent=2) + "\n").encode())


def specs(tensors: dict) -> dict:
    """A graph's inputs or outputs as a card writes them."""
    return {name: {"type": kind, "shape": list(shape)} for name, (kind, shape) in tensors.items()}


def place(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content)
    os.replace(draft, path)
