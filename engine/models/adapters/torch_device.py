"""Where torch computes: the device that was asked for, or a sentence that says why not, and how precisely there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import CutlineError

if TYPE_CHECKING:
    import torch


def device_of(name: str) -> torch.device:
    """Return the device of that name, with its number where there may be several.

    Args:
        name: cpu, mps, cuda or cuda:N.

    Raises:
        CutlineError: torch cannot use it here; says what it can.
    """
    import torch  # noqa: PLC0415  (takes seconds; only who loads such a model pays for it)

    device = _parsed(name)
    if device.type == "cuda" and torch.cuda.is_available():
        number = torch.cuda.current_device() if device.index is None else device.index
        if number < torch.cuda.device_count():
            return torch.device("cuda", number)
    if device.type == "cpu" or (device.type == "mps" and torch.backends.mps.is_available()):
        return torch.device(device.type)
    raise CutlineError(
        f"torch {torch.__version__} cannot use {name} here, only {', '.join(_usable())}",
        "install a build of torch for this machine's GPU and driver, or name another --device",
    )


def precision_on(device: torch.device) -> torch.dtype:
    """Return the numbers to compute with: half as wide on CUDA, bfloat16 where the GPU has it, float32 elsewhere."""
    import torch  # noqa: PLC0415  (see device_of)

    if device.type != "cuda":
        return torch.float32
    # Emulated, it would be slower than float32: GPUs before Ampere have float16 alone.
    return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16


def _parsed(name: str) -> torch.device:
    import torch  # noqa: PLC0415  (see device_of)

    try:
        return torch.device(name)
    except RuntimeError as error:
        raise CutlineError(f"torch knows no device {name}", f"name one of: {', '.join(_usable())}") from error


def _usable() -> list[str]:
    import torch  # noqa: PLC0415  (see device_of)

    found = [f"cuda:{number}" for number in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [*found, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]
