"""Known answers for every ONNX tagger: what an entry leads to, against what the facts say; and entries with one wrong field.

`python -m tests.engine.models.known_answer` prints which wrong fields are caught.
"""

from __future__ import annotations

import io
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
import numpy as np
from PIL import Image

from engine.errors import CutlineError
from engine.models import pictures, registry
from engine.models.contract import Ask, Scored
from engine.models.entry import Entry, Weights
from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import Variant, features, labels_of, write_labels, write_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.models.contract import Adapter
    from tests.engine.models.known_facts import Facts
    from tests.engine.models.known_model import Label

FLOOR = 0.05
CLOSE = 0.006
"""Scores are colours: one and a half of 255 levels, for rounding in between."""
SIZE = Variant().size

Tag = tuple[str, str]
T = TypeVar("T")


@cache
def shown() -> dict[str, Image.Image]:
    """Draw the pictures; together they tell every way to prepare one from every other."""
    random = np.random.default_rng(7)

    def noise(width: int, height: int) -> Image.Image:
        return Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))

    halves = np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8)
    halves[:, :SIZE], halves[:, SIZE:] = (10, 20, 230), (15, 180, 40)
    halves[: SIZE // 2, : SIZE // 2] = (250, 240, 235)
    return {
        "solid red": Image.new("RGB", (SIZE, SIZE), (255, 0, 0)),
        "red, twice as wide as high": Image.new("RGB", (2 * SIZE, SIZE), (255, 0, 0)),
        "blue left, green right, white corner": Image.fromarray(halves),
        "noise, twice as wide": noise(2 * SIZE, SIZE),
        "noise, tall and to be enlarged": noise(SIZE // 4, SIZE // 2),
        "odd sides": Image.new("RGB", (150, 97), (20, 60, 200)),
    }


@cache
def _file(name: str) -> bytes:
    """Return a picture as the content of a PNG file."""
    file = io.BytesIO()
    shown()[name].save(file, "PNG")
    return file.getvalue()


class Made(NamedTuple):
    """A known-answer model in a folder."""

    entry: Entry
    """The catalogue's, with the folder for its weights, and for small pictures."""
    facts: Facts
    labels: Sequence[Label]
    folder: Path
    wanted: dict[str, dict[Tag, float]]
    """What each picture must get, straight from the facts."""


def make(name: str, folder: Path, variant: Variant | None = None, facts: Facts | None = None) -> Made:
    """Write model and labels of a catalogue entry.

    Args:
        name: The entry.
        folder: Where to.
        variant: How the graph is written.
        facts: In place of those known of it.
    """
    facts, how = facts or FACTS[name], variant or Variant()
    labels = labels_of(facts.labels)
    write_model(folder / facts.files[0], facts, labels, how)
    write_labels(folder / facts.files[1], facts.labels, labels)
    if name.startswith("pixai"):
        (folder / "preprocess.json").write_text("{}")
    entry = registry.find(name)
    assert entry.weights is not None
    assert entry.picture is not None
    small = msgspec.structs.replace(entry.picture, size=how.size if entry.picture.size else 0)
    weights = Weights(files=entry.weights.files, folder=str(folder))
    wanted = {name: _expected(facts, labels, image, how.size) for name, image in shown().items()}
    return Made(msgspec.structs.replace(entry, weights=weights, picture=small), facts, labels, folder, wanted)


def _expected(facts: Facts, labels: Sequence[Label], image: Image.Image, size: int) -> dict[Tag, float]:
    seen = features(np.asarray(facts.square(image, size)))
    scores: dict[Tag, float] = {}
    for label in labels:
        score = float(label.source if isinstance(label.source, float) else seen[label.source])
        scores[label.ours] = score
        for series in label.series:
            scores[series, "copyright"] = max(score, scores.get((series, "copyright"), 0.0))
    return scores


def answered(adapter: Adapter, file: bytes) -> dict[Tag, float]:
    """Ask a model about a picture on the way that jobs take."""
    picture = pictures.decode(file, fit=getattr(adapter, "fit", None))
    (answer,) = adapter.answer([picture], Ask({}))
    table = adapter.labels()
    assert table is not None
    if not isinstance(answer, Scored):
        raise answer if isinstance(answer, Exception) else TypeError(answer)
    return {(table.names[n], table.categories[n]): score / 65535 for n, score in answer.pairs}


def differences(made: Made, entry: Entry | None = None) -> list[str]:
    """Compare all pictures' tags with those expected; empty when they agree.

    Args:
        made: The model.
        entry: In place of its entry.
    """
    adapter = registry.load(entry or made.entry, "cpu")
    try:
        return [
            f"{name}: {said}"
            for name, wanted in made.wanted.items()
            for said in _compared(wanted, answered(adapter, _file(name)))
        ]
    finally:
        adapter.close()


def _compared(wanted: dict[Tag, float], got: dict[Tag, float]) -> Iterator[str]:
    ratings = {tag: score for tag, score in wanted.items() if tag[1] == "rating"}
    best = max(ratings, key=lambda tag: ratings[tag], default=None)
    for tag in sorted(wanted.keys() | got.keys()):
        known, said = wanted.get(tag), got.get(tag)
        if known is None:
            yield f"{tag} is {said}, and no label"
        elif said is None:
            if known > FLOOR + CLOSE or tag == best:
                yield f"{tag} is missing, not {known:.3f}"
        elif abs(known - said) > CLOSE or (known < FLOOR - CLOSE and tag != best):
            yield f"{tag} is {said:.3f}, not {known:.3f}"


def mutations(entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Yield entries with one field changed, and what that is."""
    for table, of in (("graph", _graphs(entry)), ("picture", _pictures(entry)), ("labels", _label_files(entry))):
        for field, value in of:
            changed = msgspec.structs.replace(getattr(entry, table), **{field: value})
            yield f"{table}.{field} = {value}", msgspec.structs.replace(entry, **{table: changed})


def _others(*values: T, but: T) -> list[T]:
    """Return what is not the right value, each once."""
    return [value for value in dict.fromkeys(values) if value != but]


def _graphs(entry: Entry) -> Iterator[tuple[str, object]]:
    graph = entry.graph
    assert graph is not None
    yield "layout", "NCHW" if graph.layout == "NHWC" else "NHWC"
    yield "channels", "BGR" if graph.channels == "RGB" else "RGB"
    for scale in _others(1.0, 127.5, 255.0, but=graph.scale):
        yield "scale", scale
    middle = 127.5 / graph.scale
    for mean in _others((0.0, 0.0, 0.0), (middle, middle, middle), graph.mean[::-1], but=graph.mean):
        yield "mean", mean
    for std in _others((1.0, 1.0, 1.0), (0.5, 0.5, 0.5), graph.std[::-1], but=graph.std):
        yield "std", std
    yield "activation", "none" if graph.activation == "sigmoid" else "sigmoid"
    if graph.outputs != (0,):
        yield "outputs", (0,)
    if graph.spare_outputs:
        yield "spare_outputs", 0


def _pictures(entry: Entry) -> Iterator[tuple[str, object]]:
    fit = entry.picture
    assert fit is not None
    yield "size", fit.size * 2
    for how in _others("pad", "pad-edge", "shrink-then-pad", "squash", but=fit.how):
        yield "how", how
    if fit.how in {"pad", "shrink-then-pad"}:
        for colour in _others((255, 255, 255), (0, 0, 0), (124, 116, 104), (104, 116, 124), but=fit.colour):
            yield "colour", colour
    for resample in _others("area", "bilinear", "bicubic", "lanczos", "kohya", but=fit.resample):
        yield "resample", resample


def _label_files(entry: Entry) -> Iterator[tuple[str, object]]:
    labels = entry.labels
    assert labels is not None
    for reader in _others("csv", "lines", "camie", "cl", but=labels.reader):
        yield "reader", reader
    if labels.categories:
        yield "categories", {**labels.categories, "0": "character", "4": "general"}
        yield "categories", {number: ours for number, ours in labels.categories.items() if number != "4"}
    if labels.reader == "csv":
        yield "name", "real_name"
        yield "category", ""
    if labels.category_prefixes:
        yield "category_prefixes", {}
    if labels.derived:
        yield "derived", ""


def caught(made: Made, entry: Entry) -> str:
    """Say how a wrong entry shows; empty when it does not."""
    try:
        wrong = differences(made, entry)
    except CutlineError as error:
        return f"refused: {error.message.replace(str(made.folder), '...')}"
    return f"{len(wrong)} scores differ, such as {wrong[0]}" if wrong else ""


def rows(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield, for one entry, each wrong field and how it shows; also labels and file in another order."""
    made = make(name, folder, Variant(spare=bool(FACTS[name].spare)))
    right = caught(made, made.entry)
    if right:
        raise AssertionError(f"{name} is wrong as it is: {right}")
    for what, entry in mutations(made.entry):
        yield what, caught(made, entry)
    write_labels(folder / made.facts.files[1], made.facts.labels, made.labels[::-1])
    yield "label order", caught(made, made.entry)


def summary(table: dict[tuple[str, str], str]) -> str:
    """Write how many wrong values of each field were caught, of how many, a model a line.

    Args:
        table: (model, what is wrong) → how it shows, as `rows` has it.
    """
    counts: dict[str, dict[str, list[bool]]] = {}
    for (name, what), shows in table.items():
        counts.setdefault(name, {}).setdefault(what.partition(" = ")[0].rpartition(".")[2], []).append(bool(shows))
    fields = list(dict.fromkeys(field for found in counts.values() for field in found))
    lines = ["wrong values caught, of all tried; one at a time, each against the model's own known answers"]
    for start in range(0, len(fields), 10):
        part = fields[start : start + 10]
        lines.append(f"{'':29}" + "".join(f"{field[:10]:>11}" for field in part))
        for name, found in counts.items():
            cells = (f"{sum(found[field])}/{len(found[field])}" if field in found else "-" for field in part)
            lines.append(f"{name:29}" + "".join(f"{cell:>11}" for cell in cells))
    return "\n".join(lines)


def main() -> int:
    """Print the table; the number of wrong fields that nobody would notice."""
    missed = 0
    for name in FACTS:
        with tempfile.TemporaryDirectory() as folder:
            for what, shows in rows(name, Path(folder)):
                missed += not shows
                print(f"{name:30} {what:72.72} {shows[:110] or 'NOT CAUGHT'}")
    return missed


if __name__ == "__main__":
    sys.exit(bool(main()))
