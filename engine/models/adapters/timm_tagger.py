"""Taggers in timm's architectures, through torch: batches, half precision and page-locked memory on a GPU."""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.errors import BadSetting, CutlineError, WrongUsage
from engine.models import weights
from engine.models.adapters import timm_checkpoint
from engine.models.adapters.timm_forward import Forward
from engine.models.adapters.timm_input import Feed
from engine.models.adapters.torch_device import device_of, precision_on
from engine.models.labels import check_count, read_labels
from engine.models.scoring import Scorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from engine.captions.viewing.scores import LabelTable
    from engine.models.contract import Ask, Scored
    from engine.models.fit import Fit
    from engine.models.pictures import Picture
    from engine.models.registry import Entry

PART = 32
"""So many pictures are computed at once. More make no GPU faster; of a larger batch, the next part is gathered and
copied meanwhile."""

COMPILE_AFTER_SECONDS = 300.0
"""A job that has computed so long in full parts is long enough for the minutes that compiling takes."""

_EXTRA = "in cutline's folder and environment run: pip install -e '.[timm]'"


class _Logits(NamedTuple):
    """What the model says of one part, perhaps still on its way from the GPU."""

    rows: torch.Tensor
    """float32, (pictures, outputs), in the processor's memory."""
    arrived: torch.cuda.Event | None
    """Passed once they are there; None where they are."""


class TimmTagger:
    """On the CPU several threads call it with a picture each; elsewhere one does, with many."""

    def __init__(self, entry: Entry, device: str) -> None:
        """Load the weights and bring them to the device.

        Args:
            entry: Its files have the roles `model`, `config` and `labels`; how pixels are scaled is its `[graph]`.
            device: cpu, mps, cuda or cuda:N.

        Raises:
            CutlineError: A package, a file or the device is missing, or the files do not belong together.
        """
        _import_libraries(entry.name)
        assert entry.picture is not None
        assert entry.graph is not None
        assert entry.labels is not None
        fit, graph, files = entry.picture, entry.graph, weights.files(entry)
        if graph.activation != "sigmoid":
            raise BadSetting(f"{entry.name}: timm's classifiers give logits", 'write activation = "sigmoid" in [graph]')
        config = timm_checkpoint.read_config(files["config"])
        labels = read_labels(files["labels"], entry.labels)
        check_count(config.num_classes, labels, graph.spare_outputs)
        self._table = labels.table
        self._scorer = Scorer(labels, entry.floor or 0.0, graph.activation, entry.name)
        size = timm_checkpoint.side_of(config)
        if fit.size not in {0, size}:
            raise BadSetting(
                f"{entry.name}: picture.size is {fit.size}, but the model looks at {size} px", "correct it"
            )
        self.fit: Fit = msgspec.structs.replace(fit, size=size)
        self._device = device_of(device)
        self.runs_on = str(self._device)
        self.calls: Literal["batches", "threads"] = "threads" if self.runs_on == "cpu" else "batches"
        if self.calls == "threads":
            _share_cores()
        precision = precision_on(self._device)
        model = timm_checkpoint.load(config, files["config"], files["model"])
        self._forward = Forward(_moved(model, self._device, precision))
        self._feed = Feed(graph, size, PART, self._device, precision)
        self._computed_seconds = 0.0

    def labels(self) -> LabelTable:
        """Return the tags in the order of their indices."""
        return self._table

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Exception]:
        """Score every tag for each picture, which is fitted already.

        Raises:
            torch.OutOfMemoryError: They do not fit in the GPU's memory; the caller tries fewer.
        """
        import torch  # noqa: PLC0415  (takes seconds; only who loads such a model pays for it)

        start = time.perf_counter()
        fitting = [place for place, picture in enumerate(pictures) if self._fits(picture)]
        parts = [fitting[first : first + PART] for first in range(0, len(fitting), PART)]
        compiled = self._compiles(ask)
        with torch.inference_mode():
            # All parts are on their way before the first is waited for: a GPU is never idle between them.
            logits = [self._logits([pictures[place] for place in part], compiled=compiled) for part in parts]
            answers: list[Scored | Exception] = [self._misfit(picture) for picture in pictures]
            for part, said in zip(parts, logits, strict=True):
                if said.arrived is not None:
                    said.arrived.synchronize()
                for place, row in zip(part, said.rows.numpy(), strict=True):
                    answers[place] = self._scorer.scored(row)
        if len(pictures) >= PART:
            self._computed_seconds += time.perf_counter() - start
        return answers

    def close(self) -> None:
        """Give the model's memory back."""
        import torch  # noqa: PLC0415  (see answer)

        del self._forward, self._feed
        if self._device.type == "cuda":
            with torch.cuda.device(self._device):
                torch.cuda.empty_cache()

    def _logits(self, part: Sequence[Picture], *, compiled: bool) -> _Logits:
        """Have the model look at pictures; on a GPU this only asks for it."""
        import torch  # noqa: PLC0415  (see answer)

        pixels = self._feed.put([picture.pixels for picture in part])
        # Only full parts: each other size would be compiled anew.
        rows = self._forward(pixels, compiled=compiled and len(part) == PART).float()
        if self._device.type != "cuda":
            return _Logits(rows.cpu(), None)
        rows = rows.to("cpu", non_blocking=True)
        arrived = torch.cuda.Event()
        arrived.record(torch.cuda.current_stream(self._device))
        return _Logits(rows, arrived)

    def _compiles(self, ask: Ask) -> bool:
        """Say whether compiling pays: never on a processor, where it wins little and takes as long."""
        wanted = ask.options.get("compile", "off") == "auto" and self._device.type == "cuda"
        return wanted and self._computed_seconds >= COMPILE_AFTER_SECONDS

    def _fits(self, picture: Picture) -> bool:
        return picture.pixels.shape == (self.fit.size, self.fit.size, 3)

    def _misfit(self, picture: Picture) -> CutlineError:
        """Say what is wrong with a picture that was not fitted."""
        height, width = picture.pixels.shape[:2]
        return CutlineError(f"the picture was not fitted: it has {width}x{height} px, not {self.fit.size} squared")


def _import_libraries(model: str) -> None:
    """Import everything that is heavy.

    Raises:
        WrongUsage: Something is not installed.
        CutlineError: Something is, but does not work.
    """
    try:
        for library in ("torch", "timm", "safetensors.torch"):
            import_module(library)
    except ModuleNotFoundError as error:
        package = (error.name or "a package").partition(".")[0]
        raise WrongUsage(f"{model} needs {package}, which is not installed", _EXTRA) from error
    except (ImportError, OSError, RuntimeError) as error:
        # Most often torch and torchvision of different releases, whose compiled halves do not find each other.
        said = " ".join(str(error).split())[:200]
        raise CutlineError(f"{model} cannot import timm: {said}", f"install matching versions: {_EXTRA}") from error


def _share_cores() -> None:
    """Give each caller one core, for there are as many callers as cores.

    Several cores for one caller wait for each other at every layer, and where decoders use them, too, that waiting was
    measured to cost a small model more than nine tenths of its speed.
    """
    import torch  # noqa: PLC0415  (see _import_libraries)

    torch.set_num_threads(1)


def _moved(model: torch.nn.Module, device: torch.device, precision: torch.dtype) -> torch.nn.Module:
    """Bring a model to where and how it computes; convolutions are fastest with the channels last in memory."""
    import torch  # noqa: PLC0415  (see _import_libraries)

    return model.to(device=device, dtype=precision, memory_format=torch.channels_last)
