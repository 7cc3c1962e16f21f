"""timm without torchvision: import-only stand-ins for the modules that timm imports and taggers never call.

For tests alone. A person installs torchvision beside timm; here it would bring gigabytes of CUDA with it. A copy of
this file under the name `torchvision.py` stands in for it in another process.
"""

from __future__ import annotations

import enum
import importlib.util
import sys
import types

_SUBMODULES = (
    "datasets",
    "models",
    "models.feature_extraction",
    "ops",
    "ops.misc",
    "transforms",
    "transforms.functional",
    "utils",
)


class InterpolationMode(enum.Enum):
    """The names under which timm looks up Pillow's filters."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


class _Hollow(types.ModuleType):
    """A module in which every name is an empty class, to import and to inherit from."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        setattr(self, name, made)
        return made


def import_timm() -> types.ModuleType:
    """Import timm, with the stand-ins where torchvision is missing; they are gone again afterwards.

    Raises:
        ImportError: timm or torch is missing.
    """
    if importlib.util.find_spec("torchvision") is not None:
        return importlib.import_module("timm")
    sys.modules["torchvision"] = _Hollow("torchvision")
    _fill()
    try:
        return importlib.import_module("timm")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]


def _fill() -> None:
    """Put the submodules below the module torchvision that is being imported."""
    for name in _SUBMODULES:
        module = _Hollow(f"torchvision.{name}")
        sys.modules[module.__name__] = module
        parent, _, child = module.__name__.rpartition(".")
        setattr(sys.modules[parent], child, module)
    sys.modules["torchvision.transforms.functional"].InterpolationMode = InterpolationMode  # type: ignore[attr-defined]


if __name__ == "torchvision":
    _fill()
