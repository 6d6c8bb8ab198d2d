"""A model's three files: weights as external data that is mapped instead of parsed, and all of them there or none."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import onnx
from onnx import TensorProto, numpy_helper

from .trouble import BakeError

PAGE_BYTES = 4096  # mapped memory begins at pages
LEAST_BYTES = 1024  # smaller tensors stay in the graph, where shapes are looked for
CHUNK_BYTES = 1 << 20


@contextlib.contextmanager
def workspace(folder: Path):
    """A folder beside the results, on the same disk, that is gone at the end whatever happens."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix=".baking-", dir=folder))
    except OSError as error:
        raise BakeError(f"Expected to write to {folder} but received: {error.strerror}.") from error
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def store(model: onnx.ModelProto, folder: Path, name: str) -> Path:
    """Writes name.onnx and, with every larger weight, name.data. Takes the weights out of the model."""
    data = folder / f"{name}.data"
    offset = 0
    with data.open("wb") as file:
        for tensor in model.graph.initializer:
            content = tensor.raw_data if tensor.HasField("raw_data") else numpy_helper.to_array(tensor).tobytes()
            if len(content) < LEAST_BYTES or tensor.data_type == TensorProto.STRING:
                continue
            padding = -offset % PAGE_BYTES
            file.write(bytes(padding))
            file.write(content)
            _point(tensor, data.name, offset + padding, len(content))
            offset += padding + len(content)
    if not offset:
        data.unlink()
    graph = folder / f"{name}.onnx"
    graph.write_bytes(model.SerializeToString(deterministic=True))
    return graph


def measured(folder: Path, name: str) -> dict:
    """sha256 over the graph and then its data, and the bytes of both."""
    total, size = hashlib.sha256(), 0
    for path in (folder / f"{name}.onnx", folder / f"{name}.data"):
        if not path.exists():
            continue
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                total.update(chunk)
                size += len(chunk)
    return {"sha256": total.hexdigest(), "bytes": size}


def place(made: Path, folder: Path, name: str, card: dict) -> None:
    """Moves a model's files to their folder, the card last: what has no card is not there."""
    (made / f"{name}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    (folder / f"{name}.json").unlink(missing_ok=True)
    for suffix in ("onnx", "data", "json"):
        if (made / f"{name}.{suffix}").exists():
            os.replace(made / f"{name}.{suffix}", folder / f"{name}.{suffix}")
        else:
            (folder / f"{name}.{suffix}").unlink(missing_ok=True)


def _point(tensor: TensorProto, file: str, offset: int, length: int) -> None:
    kept = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=list(tensor.dims), data_location=TensorProto.EXTERNAL)
    for key, value in (("location", file), ("offset", offset), ("length", length)):
        kept.external_data.add(key=key, value=str(value))
    tensor.CopyFrom(kept)
