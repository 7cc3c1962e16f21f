"""Tiny ONNX taggers whose scores say what they see: each label is the mean red, green or blue of one part of the picture.

The graph undoes a model's preprocessing, as the facts have it, and only then looks. So a score is a colour from 0 to 1,
and a picture that reached the model in any other way has other scores.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.engine.models.known_facts import Facts

GRID = 4
"""The picture is looked at in so many rows and columns of cells."""
POINTS = tuple((0.07 + 0.11 * n, (0.31 + 0.23 * n) % 1) for n in range(8))
"""Single pixels that are looked at besides (row, column, from 0 to 1): filters differ in them, not in means."""
_COLOURS = ("red", "green", "blue")
_EDGE = 1e-4
"""Scores keep so far from 0 and 1, where logits have no end."""
_IR = {12: 7, 17: 9, 21: 10}


class Label(NamedTuple):
    """One output of the model."""

    name: str
    """As the file has it."""
    category: str
    """The file's word or number."""
    ours: tuple[str, str]
    """Name and category as cutline has to have them."""
    source: int | float
    """An int is the number of a feature (cells, then points), a float a constant score."""
    series: tuple[str, ...] = ()
    """What follows from it, where the file can say so."""


def features(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Compute what the labels of a square must be: 48 cells and 24 points, 0 to 1."""
    size = len(square)
    seen = square.astype(np.float64) / 255
    cells = seen.reshape(GRID, size // GRID, GRID, size // GRID, 3).mean((1, 3)).transpose(2, 0, 1)
    points = np.array([seen[int(row * size), int(column * size)] for row, column in POINTS]).T
    return np.concatenate([cells.ravel(), points.ravel()])


def labels_of(kind: str) -> list[Label]:
    """Name the labels of a model: colours of cells and points, and some that are always the same."""
    numbers: dict[str, dict[str, str]] = {
        "wd": {"general": "0", "character": "4", "rating": "9"},
        "pixai": {"general": "0", "character": "4"},
        "deepdanbooru": {"general": "0", "character": "4"},
        "e621": {"general": "0", "artist": "1", "copyright": "3", "character": "4", "species": "5", "meta": "7"},
        "joytag": {"general": ""},
        "cl": {ours: ours.title() for ours in ("general", "character", "rating", "copyright", "quality", "artist")},
        "camie": {ours: ours for ours in ("general", "character", "rating", "copyright", "year", "meta", "artist")},
    }
    theirs = numbers[kind.removesuffix("-v2")]
    ratings = ("general", "sensitive", "questionable", "explicit")
    constants: list[tuple[str, str, float]] = [(name, "rating", 0.04 - n / 100) for n, name in enumerate(ratings)]
    constants += [
        ("^_^", "general", 0.401),
        ('"quoted",_with_commas', "general", 0.7),
        ("below_the_floor", "meta", 0.03),
    ]
    constants += [("saber_(fate)", "character", 0.9), ("rin_(fate)", "character", 0.6), ("fox", "species", 0.8)]
    constants += [("somebody", "artist", 0.55), ("masterpiece", "quality", 0.65), ("2024", "year", 0.45)]
    made = [Label(name, theirs[ours], (name, ours), score) for name, ours, score in constants if ours in theirs]
    names = [f"{c}_{row}{column}" for c in _COLOURS for row in range(GRID) for column in range(GRID)]
    names += [f"{c}_at_{n}" for c in _COLOURS for n in range(len(POINTS))]
    made += [Label(name, theirs["general"], (name, "general"), place) for place, name in enumerate(names)]
    if kind == "pixai":
        series = {"saber_(fate)": ("fate_(series)",), "rin_(fate)": ("fate_(series)", "other_series")}
        made = [label._replace(series=series.get(label.name, ())) for label in made]
    if kind == "deepdanbooru":
        made += [Label(f"rating:{name}", "0", (name, "rating"), 0.01 + n / 100) for n, name in enumerate(ratings)]
    if kind not in {"wd", "e621"}:  # where nothing says that ratings come first, they do not
        made = [made[place] for place in np.random.default_rng(3).permutation(len(made))]
    return made


def write_labels(file: Path, kind: str, labels: Sequence[Label]) -> None:
    """Write a label file as the model's authors have it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == "joytag":
        file.write_text("".join(f"{label.name}\n" for label in labels))
    elif kind == "cl":
        said = {n: {"tag": label.name, "category": label.category} for n, label in enumerate(labels)}
        file.write_text(json.dumps(said))
    elif kind.startswith("camie"):
        tables: dict[str, Any] = {"idx_to_tag": {n: label.name for n, label in enumerate(labels)}}
        tables["tag_to_category"] = {label.name: label.category for label in labels}
        file.write_text(json.dumps(tables if kind == "camie" else {"dataset_info": {"tag_mapping": tables}}))
    else:
        with file.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(("tag_id", "name", "real_name", "category", "count", "ips"))
            for n, label in enumerate(labels):
                series = json.dumps(label.series) if label.series else ""
                rows.writerow((n, label.name, f"today_{label.name}", label.category, 9, series))


class Variant(NamedTuple):
    """How a graph is written."""

    size: int = 64
    batch: int | str = "N"
    opset: int = 17
    takes: int = TensorProto.FLOAT
    gives: int = TensorProto.FLOAT
    spare: bool = False
    """Whether there are outputs after the last label, where the facts allow it."""
    bend: Callable[[float], float] = float
    """What is done to constant scores."""


def write_model(file: Path, facts: Facts, labels: Sequence[Label], variant: Variant | None = None) -> None:
    """Write a graph that undoes the preprocessing of the facts, and answers with the colours it then sees."""
    how = variant or Variant()
    grown = _Graph()
    x = grown.op("Cast", "input", to=TensorProto.FLOAT)
    if facts.layout == "NHWC":
        x = grown.op("Transpose", x, perm=[0, 3, 1, 2])
    order = [0, 1, 2] if facts.channels == "RGB" else [2, 1, 0]
    for kind, three, factor in (("Mul", facts.std, 1), ("Add", facts.mean, 1), ("Mul", (1, 1, 1), facts.scale / 255)):
        x = grown.op(
            kind, x, grown.constant(np.array(three, np.float32)[order].reshape(1, 3, 1, 1) * np.float32(factor))
        )
    x = grown.op("Gather", x, grown.constant(np.array(order)), axis=1)
    x = grown.op("Clip", x, grown.constant(np.float32(_EDGE)), grown.constant(np.float32(1 - _EDGE)))
    cell = [how.size // GRID] * 2
    cells = grown.op("Flatten", grown.op("AveragePool", x, kernel_shape=cell, strides=cell))
    places = [int(row * how.size) * how.size + int(column * how.size) for row, column in POINTS]
    picks = np.array([channel * how.size**2 + place for channel in range(3) for place in places])
    points = grown.op("Gather", grown.op("Flatten", x), grown.constant(picks), axis=1)
    fixed = np.array([how.bend(label.source) for label in labels if isinstance(label.source, float)], np.float32)
    nothing = grown.op(
        "Mul", grown.op("Gather", cells, grown.constant(np.array([0])), axis=1), grown.constant(np.float32(0))
    )
    constants = grown.op("Add", nothing, grown.constant(fixed[None]))
    every = grown.op("Concat", cells, points, constants, axis=1)
    count, order = 3 * GRID**2 + 3 * len(POINTS), []
    for label in labels:
        order.append(label.source if isinstance(label.source, int) else count)
        count += isinstance(label.source, float)
    order += [0] * facts.spare if how.spare else []
    scores = grown.op("Gather", every, grown.constant(np.array(order)), axis=1)
    wrong = grown.op("Sub", grown.constant(np.float32(1)), scores)
    outputs = {}
    for n, name in enumerate(facts.outputs):
        out = {"garbage": wrong, "embedding": constants}.get(name, scores)
        if not facts.activated:
            out = grown.op("Log", grown.op("Div", out, grown.op("Sub", grown.constant(np.float32(1)), out)))
        outputs[f"{name}{n}" if name in {"true", "garbage"} else name] = out
    shape: list[int | str] = [how.batch, how.size, how.size, 3]
    grown.write(file, shape if facts.layout == "NHWC" else [shape[0], 3, *shape[1:3]], outputs, how)


class _Graph:
    """A graph that grows node by node."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node and return the name of what it gives."""
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def write(self, file: Path, shape: Sequence[int | str], outputs: dict[str, str], how: Variant) -> None:
        """Write what has grown."""
        for name, source in outputs.items():
            self._nodes.append(helper.make_node("Cast", [source], [name], to=how.gives))
        taken = [helper.make_tensor_value_info("input", how.takes, list(shape))]
        given = [helper.make_tensor_value_info(name, how.gives, [shape[0], None]) for name in outputs]
        graph = helper.make_graph(self._nodes, "known", taken, given, self._constants)
        opset = helper.make_opsetid("", how.opset)
        file.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=_IR[how.opset]), file)
