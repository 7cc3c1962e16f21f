"""Any tagger in an ONNX file: what goes in and what comes out is said by its catalogue entry and its graph."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from engine.errors import Unreadable
from engine.models import weights
from engine.models.adapters.onnx_session import input_of, open_session, output_of
from engine.models.labels import check_count, read_labels
from engine.models.scoring import Scorer, check_activation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from engine.captions.viewing.scores import LabelTable
    from engine.models.adapters.onnx_session import Input
    from engine.models.contract import Ask, Scored, Written
    from engine.models.pictures import Picture
    from engine.models.registry import Entry
    from engine.models.tagger import Graph

_GREY = 128


class OnnxTagger:
    """On the CPU several threads call it with a picture each; elsewhere one does, with many."""

    def __init__(self, entry: Entry, device: str) -> None:
        """Read the labels, open the model, and let it look at a picture that tells whether the entry is right.

        Raises:
            MissingWeights: Its files are not there.
            Unreadable: One is not what its name says, or they do not belong together.
            BadSetting: The entry contradicts the graph.
        """
        assert entry.graph is not None
        assert entry.picture is not None
        assert entry.labels is not None
        files = weights.files(entry)
        self._labels = read_labels(files["labels"], entry.labels)
        self._session, self.runs_on = open_session(files["model"], device)
        self._takes = input_of(self._session, entry, files["model"])
        self._output = output_of(self._session, entry)
        self._intake = Intake(self._takes, entry.graph)
        self._scorer = Scorer(self._labels, entry.floor or 0.0, entry.graph.activation, entry.name)
        self._file = files["model"]
        self.calls: Literal["batches", "threads"] = "threads" if self.runs_on == "cpu" else "batches"
        self.fit = msgspec.structs.replace(entry.picture, size=self._takes.size)
        (probe,) = self._run([_probe(self._takes.size)])
        check_count(probe.size, self._labels, entry.graph.spare_outputs)
        check_activation(entry.graph.activation, probe[: len(self._labels.of_output)], entry.name)

    def labels(self) -> LabelTable:
        """Return the tags, in the order of the label file."""
        return self._labels.table

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Score pictures that were fitted as `fit` says; one whose scores are no numbers fails alone."""
        del ask
        return [self._scorer.scored(output) for output in self._run([picture.pixels for picture in pictures])]

    def close(self) -> None:
        """Give the session's memory back."""
        del self._session

    def _run(self, squares: Sequence[NDArray[np.uint8]]) -> Iterator[NDArray[np.floating]]:
        """Yield for each square its outputs, float32 or float64, (outputs,)."""
        most = self._takes.batch or max(1, len(squares))
        for start in range(0, len(squares), most):
            part = squares[start : start + most]
            batch = self._intake.fill(part, self._takes.batch or len(part))
            outputs = np.asarray(self._session.run([self._output], {self._takes.name: batch})[0])
            if outputs.dtype.kind != "f" or outputs.shape[:1] != batch.shape[:1]:
                raise Unreadable(
                    f"{self._file}: its output {self._output} is {outputs.dtype} {list(outputs.shape)}, not a score for"
                    " each label",
                    "name another in [graph] outputs of its catalogue entry",
                )
            wide = outputs if outputs.dtype == np.float64 else outputs.astype(np.float32, copy=False)
            yield from wide.reshape(len(batch), -1)[: len(part)]


class Intake:
    """Makes a graph's input of fitted squares, in memory that each thread uses again and again."""

    def __init__(self, takes: Input, graph: Graph) -> None:
        """Prepare: (pixel / scale - mean) / std as one product and one sum for each channel."""
        self._takes = takes
        order = (0, 1, 2) if graph.channels == "RGB" else (2, 1, 0)
        mean, std = np.array(graph.mean), np.array(graph.std)
        factors, sums = (1 / (graph.scale * std)).astype(np.float32), (-mean / std).astype(np.float32)
        self._channels = [(place, colour, factors[colour], sums[colour]) for place, colour in enumerate(order)]
        self._own = threading.local()

    def fill(self, squares: Sequence[NDArray[np.uint8]], count: int) -> NDArray[np.generic]:
        """Return the input for some squares; it holds until this thread calls again.

        Args:
            squares: uint8, (size, size, 3), RGB.
            count: The size of the batch; places beyond the last square hold anything.

        Raises:
            ValueError: A picture was not fitted.
        """
        size = self._takes.size
        memory: NDArray[np.generic] | None = getattr(self._own, "memory", None)
        if memory is None or len(memory) < count:
            shape = (size, size, 3) if self._takes.layout == "NHWC" else (3, size, size)
            memory = np.zeros((count, *shape), np.uint8 if self._takes.dtype == "uint8" else np.float32)
            self._own.memory = memory
        for place, square in zip(memory, squares, strict=False):
            if square.shape != (size, size, 3):
                raise ValueError(f"a picture of {square.shape} was not fitted to {size} px")
            by_channel = np.moveaxis(place, -1, 0) if self._takes.layout == "NHWC" else place
            for channel, colour, factor, added in self._channels:
                # One channel after the other: three times as fast as all three at once, backwards.
                np.copyto(by_channel[channel], square[..., colour])
                if factor != 1:
                    by_channel[channel] *= factor
                if added:
                    by_channel[channel] += added
        return memory[:count].astype(self._takes.dtype, copy=False)


def _probe(size: int) -> NDArray[np.uint8]:
    """Make a picture, half of it grey and half of it noise, for which no graph gives every label the same score."""
    square = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    square[:, : size // 2] = _GREY
    return square
