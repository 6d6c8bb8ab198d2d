"""The card beside a baked graph; shared/card.ts is its schema."""

from .manifest import Row, Source
from .runtime import REQUIRED
from .wrap import output_name

# Beyond this overlap tiles waste more than they show: seams are blended over this many input pixels instead.
LARGEST_FIELD = 64
BLEND = 64
MAX_BATCH = 4  # where the graph takes any batch; the check tried more than one
# Tiles to warm up on a GPU, from small photos to what half its memory still takes.
TILE_SHAPES = [[256, 256], [256, 512], [512, 256], [512, 512]]


def card_of(row: Row, baked: dict, figures: dict, files: dict) -> dict:
    """`baked`: precision, optimization, sizes in and out, multiple, field. `files`: sha256, bytes, checksums of the sources."""
    field = baked["field"]
    card = {
        "id": row.id,
        "stage": row.stage,
        "title": row.title,
        "preview": False,
        "licence": row.licence,
        **({"notice": row.notice} if row.notice else {}),
        "sources": [_source(source, sha256) for source, sha256 in zip(row.sources, files["sources"])],
        "sha256": files["sha256"],
        "bytes": files["bytes"],
        "precision": baked["precision"],
        "onnxruntime": REQUIRED,
        "optimization": baked["optimization"],
        "inputs": {"image": {"type": "uint8", "shape": baked["input"]}},
        "outputs": {output_name(row): {"type": "uint8", "shape": baked["output"]}},
        "scale": row.scale,
        "field": field or 0,
    }
    if row.stage == "upscale" and (field is None or field > LARGEST_FIELD):
        card["blend"] = BLEND
    card["multiple"] = baked["multiple"]
    card["max_batch"] = MAX_BATCH if isinstance(baked["input"][0], str) else 1
    card["shapes"] = TILE_SHAPES if row.stage == "upscale" else [list(shape) for shape in row.shapes]
    return card | {"check": {**figures, "receptive field": "the whole picture" if field is None else field}}


def _source(source: Source, sha256: str) -> dict:
    """A file of the caller's own is not the one that its authors publish at the address."""
    theirs = source.sha256 in (None, sha256)
    what = source.what if theirs else f"{source.what}: another file than the published one"
    return {"what": what, **({"url": source.url} if theirs else {}), "sha256": sha256, "licence": source.licence}
