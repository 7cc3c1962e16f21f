"""Which devices this machine has, found without importing anything heavy."""

from __future__ import annotations

import os
import platform
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DRIVER, _NODES = Path("/proc/driver/nvidia/gpus"), Path("/dev")


def unseen(named: Sequence[str], seen: Sequence[str], nodes: Path = _NODES) -> dict[str, str]:
    """Say of each device that the settings name and this machine does not seem to have that it is so.

    Args:
        named: What the settings say.
        seen: What was found.
        nodes: Where device files are. AMD's GPUs, and NVIDIA's under WSL, are called cuda, too, and cannot be counted.
    """
    uncounted = any((nodes / name).exists() for name in ("kfd", "dxg"))
    return {
        device: f"engine.devices names {device}, which this machine does not seem to have"
        for device in named
        if device not in {"cpu", *seen} and not (uncounted and device.startswith("cuda:"))
    }


def found(environment: Mapping[str, str] = os.environ, driver: Path = _DRIVER, nodes: Path = _NODES) -> tuple[str, ...]:
    """Name every GPU, or the CPU where there is none.

    Args:
        environment: Variables; CUDA_VISIBLE_DEVICES says which GPUs programs may use.
        driver: Where NVIDIA's driver lists them.
        nodes: Where their device files are, in containers that hide the driver's list.
    """
    count = len(list(driver.glob("*"))) or len(list(nodes.glob("nvidia[0-9]*")))
    chosen = environment.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None and count:
        # CUDA numbers the chosen ones anew from 0, and ignores what follows one that does not exist.
        count = len(list(takewhile(lambda word: word not in {"", "-1"}, map(str.strip, chosen.split(",")))))
    if count:
        return tuple(f"cuda:{number}" for number in range(count))
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return ("mps",)
    return ("cpu",)
