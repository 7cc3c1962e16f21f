"""Vision transformers in the shape of a WD tagger, with random weights: as slow as real ones, and about as talkative.

A float32 graph from NHWC BGR 0..255 to probabilities, with global mean pooling. Its head is fitted on pictures so that
some 30 tags of an image pass 0.35 and some 60 reach 0.05, and so that they depend on the image.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

RATINGS = ("general", "sensitive", "questionable", "explicit")
GENERAL, CHARACTERS = 8106, 2751
LABELS = len(RATINGS) + GENERAL + CHARACTERS
_COMMON = 80
"""So many labels are likely, the others hardly ever apply."""
_SPREAD = 1.5
"""By how much pictures move a logit (standard deviation)."""


class Shape(NamedTuple):
    """The size of a vision transformer."""

    width: int
    depth: int
    heads: int
    patch: int


SHAPES = {"ViT-B/16": Shape(768, 12, 12, 16), "ViT-S/16": Shape(384, 12, 6, 16), "ViT-Ti/32": Shape(192, 12, 3, 32)}


def write_vit(
    folder: Path, shape: Shape, pictures: Sequence[NDArray[np.uint8]], size: int = 448, seed: int = 1
) -> None:
    """Write `model.onnx` and `selected_tags.csv`.

    Args:
        folder: Exists.
        shape: How large it is.
        pictures: uint8, (size, size, 3), RGB; the head is fitted on them.
        size: The side of the input in px.
        seed: Of the weights.
    """
    random = np.random.default_rng(seed)
    body = _Body(shape, size, random)
    features = body.features(pictures)
    centre, scale = features.mean(0), features.std(0) + 1e-6
    weight = random.standard_normal((shape.width, LABELS)).astype(np.float32) * (_SPREAD / np.sqrt(shape.width))
    bias = np.full(LABELS, -14.0, np.float32)
    bias[random.permutation(LABELS)[:_COMMON]] = random.normal(-1.4, 2.0, _COMMON)
    bias[: len(RATINGS)] = (1.0, 0.0, -1.0, -2.0)
    weight = (weight / scale[:, None]).astype(np.float32)
    body.end_with(weight, bias - centre @ weight)
    onnx.save(body.model("output", LABELS), folder / "model.onnx")
    _write_labels(folder / "selected_tags.csv")


def _write_labels(file: Path) -> None:
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("tag_id", "name", "category", "count"))
        for number in range(LABELS):
            if number < len(RATINGS):
                rows.writerow((9999999 - number, RATINGS[number], 9, 1))
            elif number < len(RATINGS) + GENERAL:
                rows.writerow((number, f"tag_{number}", 0, LABELS - number))
            else:
                rows.writerow((number, f"somebody_{number}_(series)", 4, LABELS - number))


class _Body:
    """A graph that grows node by node."""

    def __init__(self, shape: Shape, size: int, random: np.random.Generator) -> None:
        self._shape, self._size, self._random = shape, size, random
        self._nodes: list[Any] = []
        self._weights: list[Any] = []
        self._count = 0
        tokens = (size // shape.patch) ** 2
        x = self._op("Sub", self._op("Div", "input", self._constant(np.float32(127.5))), self._constant(np.float32(1)))
        x = self._op("Transpose", x, perm=[0, 3, 1, 2])
        patches = self._weight(shape.width, 3, shape.patch, shape.patch, fan=3 * shape.patch**2)
        x = self._op("Conv", x, patches, self._weight(shape.width), strides=[shape.patch] * 2)
        x = self._op("Reshape", x, self._constant(np.array([0, shape.width, tokens])))
        x = self._op("Add", self._op("Transpose", x, perm=[0, 2, 1]), self._weight(1, tokens, shape.width))
        for _ in range(shape.depth):
            x = self._op("Add", x, self._attention(self._norm(x)))
            x = self._op("Add", x, self._mlp(self._norm(x)))
        self._features = self._op("ReduceMean", self._norm(x), axes=[1], keepdims=0)

    def features(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return what the head is given for each picture."""
        model = self.model(self._features, self._shape.width)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        batches = (picture[None, :, :, ::-1].astype(np.float32) for picture in pictures)
        return np.concatenate([np.asarray(session.run(None, {"input": batch})[0]) for batch in batches])

    def end_with(self, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        """Add the head."""
        scores = self._op("Gemm", self._features, self._constant(weight), self._constant(bias.astype(np.float32)))
        self._nodes.append(helper.make_node("Sigmoid", [scores], ["output"]))

    def model(self, output: str, width: int) -> onnx.ModelProto:
        """Return what has grown so far."""
        inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", self._size, self._size, 3])]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["N", width])]
        graph = helper.make_graph(self._nodes, "vit", inputs, outputs, self._weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    def _attention(self, x: str) -> str:
        width, heads = self._shape.width, self._shape.heads
        split = self._constant(np.array([0, 0, heads, width // heads]))

        def part() -> str:
            return self._op("Reshape", self._linear(x, width, width), split)

        query = self._op("Transpose", part(), perm=[0, 2, 1, 3])
        key = self._op("Transpose", part(), perm=[0, 2, 3, 1])
        value = self._op("Transpose", part(), perm=[0, 2, 1, 3])
        alike = self._op("Div", self._op("MatMul", query, key), self._constant(np.float32((width // heads) ** 0.5)))
        mixed = self._op("MatMul", self._op("Softmax", alike, axis=-1), value)
        joined = self._op(
            "Reshape", self._op("Transpose", mixed, perm=[0, 2, 1, 3]), self._constant(np.array([0, 0, width]))
        )
        return self._linear(joined, width, width)

    def _mlp(self, x: str) -> str:
        width = self._shape.width
        hidden = self._linear(x, width, 4 * width)
        bent = self._op("Erf", self._op("Div", hidden, self._constant(np.float32(2**0.5))))
        gate = self._op("Mul", hidden, self._op("Add", bent, self._constant(np.float32(1))))
        return self._linear(self._op("Mul", gate, self._constant(np.float32(0.5))), 4 * width, width)

    def _linear(self, x: str, before: int, after: int) -> str:
        return self._op("Add", self._op("MatMul", x, self._weight(before, after)), self._weight(after))

    def _norm(self, x: str) -> str:
        width = self._shape.width
        ones, zeros = self._constant(np.ones(width, np.float32)), self._constant(np.zeros(width, np.float32))
        return self._op("LayerNormalization", x, ones, zeros, axis=-1, epsilon=1e-6)

    def _weight(self, *shape: int, fan: int = 0) -> str:
        deviation = (fan or shape[0]) ** -0.5 if len(shape) > 1 else 0.02
        return self._constant(self._random.normal(0, deviation, shape).astype(np.float32))

    def _constant(self, value: Any) -> str:
        name = self._name()
        self._weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = self._name()
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _name(self) -> str:
        self._count += 1
        return f"t{self._count}"
