"""Measure WD v3 taggers on a GPU, through torch and ONNX Runtime: python -m tests.bench.gpu_taggers [--models vit].

The models have the published shapes and random weights, which cost the same time. Nothing is decoded: this is what is
left when pictures are ready. Every way differs from the adapter's own in one thing. Without CUDA it says so and ends;
`--small --device cpu` only shows that it runs.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import torch

from engine.models import registry
from engine.models.adapters.onnx_tagger import OnnxTagger
from engine.models.adapters.timm_forward import Forward
from engine.models.adapters.timm_input import Feed
from engine.models.adapters.timm_tagger import PART, TimmTagger
from engine.models.contract import Ask
from engine.models.fit import Fit
from engine.models.pictures import Picture
from engine.models.tagger import Graph
from tests.bench.report import machine
from tests.engine.models import timm_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from tests.engine.models.timm_models import Label, Shape

    Squares = Sequence[NDArray[np.uint8]]

GRAPH = Graph(channels="BGR", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), activation="sigmoid")
GENERAL, CHARACTERS, LIKELY = 8106, 2751, 60
"""How many labels a WD v3 tagger has besides four ratings (MODELS.md 2.1); about so many reach the floor."""


class Way(NamedTuple):
    """How torch is used."""

    name: str
    precision: torch.dtype = torch.bfloat16
    channels_last: bool = True
    compiled: bool = False
    locked: bool = True
    """Copied from page-locked memory on an own stream; else from common memory, and waited for."""


WAYS = (
    Way("bfloat16, as timm_tagger"),
    Way("float16", precision=torch.float16),
    Way("float32", precision=torch.float32),
    Way("channels first", channels_last=False),
    Way("common memory, one stream", locked=False),
    Way("compiled", compiled=True),
)


def main() -> None:
    """Measure, and print a table as it grows."""
    parser = argparse.ArgumentParser(description="Measure WD v3 taggers on a GPU.")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--models", default=",".join(timm_models.FULL), help="families, by commas")
    parser.add_argument("--batches", default="1,8,32,64", help="numbers of pictures at once, by commas")
    parser.add_argument("--rounds", type=int, default=5, help="each of about a second; the median counts")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a round is at least")
    parser.add_argument("--small", action="store_true", help="tiny models: only whether it runs")
    asked = parser.parse_args()
    if asked.device.startswith("cuda") and not torch.cuda.is_available():
        print("skipped: torch sees no CUDA here")
        return
    batches = [int(number) for number in asked.batches.split(",")]
    facts = machine() | {"torch": torch.__version__, "device": _name(asked.device)}
    print("; ".join(f"{what}: {fact}" for what, fact in facts.items()), end="\n\n")
    print(
        f"| model | way | {' | '.join(f'batch {batch}' for batch in batches)} |\n| --- | --- |{' --- |' * len(batches)}"
    )
    for family in asked.models.split(","):
        shape = (timm_models.SMALL if asked.small else timm_models.FULL)[family]
        for way, call in _calls(family, shape, asked.device):
            rates = [_rate(call, shape.size, batch, asked.rounds, asked.seconds) for batch in batches]
            print(f"| {family} | {way} | {' | '.join(rates)} |", flush=True)


def _calls(family: str, shape: Shape, device: str) -> Iterator[tuple[str, Callable[[Squares], object]]]:
    """Yield every way as a function that returns when the scores of some pictures are here."""
    labels = _labels()
    model = timm_models.make(shape, labels)
    with torch.no_grad():
        model.get_classifier().bias.fill_(-14)
        model.get_classifier().bias[:LIKELY] = 0
    with tempfile.TemporaryDirectory() as folder:
        timm_models.save(Path(folder), shape, model, labels)
        adapter = TimmTagger(timm_models.entry(Path(folder), family), device)
        yield "timm_tagger, scores included", lambda squares: adapter.answer(_pictures(squares), Ask({}))
        adapter.close()
        onnx = _through_onnx(family, model, shape, Path(folder), device)
        if onnx is not None:
            yield "onnx_tagger, scores included: float32", lambda squares: onnx.answer(_pictures(squares), Ask({}))
            onnx.close()
    for way in WAYS:
        yield way.name, _through_torch(model, shape, way, torch.device(device))


def _through_torch(model: Any, shape: Shape, way: Way, device: torch.device) -> Callable[[Squares], object]:
    layout = torch.channels_last if way.channels_last else torch.contiguous_format
    forward = Forward(copy.deepcopy(model).to(device=device, dtype=way.precision, memory_format=layout))
    feed = Feed(GRAPH, shape.size, PART, device, way.precision)

    def call(squares: Squares) -> object:
        with torch.inference_mode():
            rows = []
            for first in range(0, len(squares), PART):
                part = squares[first : first + PART]
                pixels = feed.put(part) if way.locked else _plainly(part, device, way.precision)
                pixels = pixels.contiguous(memory_format=layout)
                rows.append(forward(pixels, compiled=way.compiled).float().to("cpu", non_blocking=way.locked))
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            return rows

    return call


def _plainly(squares: Squares, device: torch.device, precision: torch.dtype) -> torch.Tensor:
    """Bring pictures to the device as most programs do: as float32, made by the processor."""
    values = np.stack(squares)[..., ::-1].astype(np.float32) / np.float32(127.5) - np.float32(1)
    return torch.from_numpy(values).to(device).permute(0, 3, 1, 2).to(precision)


class _AsPublished(torch.nn.Module):  # type: ignore[misc]  # mypy is told to take torch for Any
    """What the published ONNX files hold: NHWC BGR 0 to 255 in, probabilities out."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.model(pixels.permute(0, 3, 1, 2) / 127.5 - 1))


def _through_onnx(family: str, model: Any, shape: Shape, folder: Path, device: str) -> OnnxTagger | None:
    """Write the model beside its labels, and load it; None where ONNX Runtime is not there for this device."""
    try:
        import onnxruntime  # noqa: PLC0415  (an extra; without it this way is left out)
    except ImportError:
        return None
    if device.startswith("cuda") and "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # this exporter is the old one, which needs nothing more to be installed
        torch.onnx.export(
            _AsPublished(model), (torch.zeros(1, shape.size, shape.size, 3),), folder / "model.onnx", dynamo=False,
            opset_version=17, input_names=["input"], output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )  # fmt: skip
    entry = registry.find(f"wd-{family}-tagger-v3")
    assert entry.weights is not None
    weights = msgspec.structs.replace(entry.weights, repo="", folder=str(folder))
    adapter = OnnxTagger(msgspec.structs.replace(entry, weights=weights, picture=Fit()), device)
    return adapter if adapter.runs_on == device else None


def _rate(call: Callable[[Squares], object], size: int, batch: int, rounds: int, seconds: float) -> str:
    """Return pictures a second, the median of rounds, or why there is none."""
    squares = list(np.random.default_rng(1).integers(0, 256, (batch, size, size, 3), dtype=np.uint8))
    rates = []
    try:
        for _ in range(2):  # the first calls choose kernels, and compile
            call(squares)
        for _ in range(rounds):
            count, start = 0, time.perf_counter()
            while time.perf_counter() - start < seconds or not count:
                call(squares)
                count += batch
            rates.append(count / (time.perf_counter() - start))
    except torch.OutOfMemoryError:
        return "does not fit"
    return f"{statistics.median(rates):.1f} [{min(rates):.1f}-{max(rates):.1f}]"


def _labels() -> tuple[Label, ...]:
    ratings = timm_models.LABELS[:4]
    return (
        *ratings,
        *((f"tag_{number}", 0) for number in range(GENERAL)),
        *((f"somebody_{number}", 4) for number in range(CHARACTERS)),
    )


def _pictures(squares: Squares) -> list[Picture]:
    return [Picture(square, None, (len(square), len(square)), "RGB", bytes(32)) for square in squares]


def _name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


if __name__ == "__main__":
    main()
