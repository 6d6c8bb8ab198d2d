"""The rows of models/manifest.json that can be baked. Uses the standard library alone, so that a wrong name is found
before an environment of gigabytes is installed."""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from .trouble import BakeError

MANIFEST = Path(__file__).parents[2] / "manifest.json"


@dataclass(frozen=True)
class Source:
    """One file of the model's authors."""

    what: str
    url: str
    licence: str
    sha256: str | None
    md5: str | None = None
    bytes: int | None = None

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Row:
    """One model. Shapes are (height, width); mean and std are of pixels scaled to 0–1."""

    id: str
    stage: str
    file: str
    title: str
    licence: str
    format: str
    sources: tuple[Source, ...]
    notice: str | None = None
    aliases: tuple[str, ...] = ()
    family: str | None = None
    denoise: float | None = None
    scale: int = 1
    input: str | None = None
    output: str | int | None = None
    shapes: tuple[tuple[int, int], ...] = ()
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    activation: str = "sigmoid"


def read_rows(path: Path = MANIFEST) -> list[Row]:
    """The rows that say how they are baked. Raises BakeError."""
    try:
        models = json.loads(path.read_text())["models"]
        return [_row(entry) for entry in models if entry.get("bake")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BakeError(f"Expected a list of models like models/manifest.json in '{path}' but received: {error}.") from error


def choose(rows: list[Row], names: list[str], denoise: float | None = None) -> list[Row]:
    """The rows of these ids or aliases, each once; with a strength the row of the family that has it. Raises BakeError."""
    chosen = [_of_strength(rows, _named(rows, name), denoise) for name in names]
    return list(dict.fromkeys(chosen))


def _row(entry: dict) -> Row:
    bake = entry["bake"]
    known = {key: entry[key] for key in ("id", "stage", "file", "title", "licence", "notice", "family", "denoise") if key in entry}
    made = {key: bake[key] for key in ("format", "scale", "input", "output", "activation") if key in bake}
    lists = {key: tuple(bake[key]) for key in ("mean", "std") if key in bake}
    return Row(
        **known,
        **made,
        **lists,
        aliases=tuple(entry.get("aliases", ())),
        shapes=tuple((height, width) for height, width in bake.get("shapes", ())),
        sources=tuple(Source(**source) for source in bake["sources"]),
    )


def _named(rows: list[Row], name: str) -> Row:
    for row in rows:
        if name == row.id or name in row.aliases:
            return row
    names = [known for row in rows for known in (row.id, *row.aliases)]
    near = difflib.get_close_matches(name, names, 1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise BakeError(f"Expected one of {', '.join(row.id for row in rows)} but received '{name}'{hint}.")


def _of_strength(rows: list[Row], row: Row, denoise: float | None) -> Row:
    if denoise is None:
        return row
    family = [other for other in rows if row.family and other.family == row.family]
    if not family:
        raise BakeError(f"Expected a model with a denoise twin for --denoise but received '{row.id}'.")
    for other in family:
        if other.denoise == denoise:
            return other
    strengths = ", ".join(f"{other.denoise:g}" for other in family)
    raise BakeError(f"Expected one of {strengths} for --denoise but received {denoise:g}.")
