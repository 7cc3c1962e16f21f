"""The libraries that adapters import when a model loads, and the extras of cutline that bring them; imports none."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.models.entry import Entry


class Need(NamedTuple):
    """What an adapter imports."""

    modules: tuple[str, ...]
    extra: str
    """The extra of cutline that brings them."""
    otherwise: str = ""
    """What to install elsewhere."""


NEEDS = {
    "onnx_tagger": Need(("onnxruntime",), "cpu", " (or '.[gpu]' on a machine with NVIDIA's GPUs)"),
    "timm_tagger": Need(("torch", "torchvision", "timm", "safetensors"), "timm"),
}
"""By the name of the adapter; one that is not here needs nothing more than cutline itself."""


def missing(entry: Entry) -> tuple[str, ...]:
    """Name the libraries that a model needs and that are not installed; for a model with an environment, none."""
    need = NEEDS.get(entry.adapter)
    if need is None or entry.environment:
        return ()
    return tuple(module for module in need.modules if not _is_there(module))


def advice(entry: Entry) -> str:
    """Say what to install for a model; empty when nothing is missing."""
    lacking = missing(entry)
    if not lacking:
        return ""
    need = NEEDS[entry.adapter]
    are = "is" if len(lacking) == 1 else "are"
    return f"{' and '.join(lacking)} {are} missing: in cutline's folder run: pip install -e '.[{need.extra}]'{need.otherwise}"


def clash() -> str:
    """Say what is wrong where both packages of onnxruntime are installed, which overwrite each other; else empty."""
    try:
        version("onnxruntime"), version("onnxruntime-gpu")
    except PackageNotFoundError:
        return ""
    return (
        "onnxruntime and onnxruntime-gpu are both installed and overwrite each other"
        " (run: pip uninstall onnxruntime onnxruntime-gpu, then install one)"
    )


def _is_there(module: str) -> bool:
    return module in sys.modules or find_spec(module) is not None
