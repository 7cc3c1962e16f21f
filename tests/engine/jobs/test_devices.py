"""Which devices there are."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

import pytest

from engine.jobs import devices

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as on Linux, wherever the test runs."""
    monkeypatch.setattr(sys, "platform", "linux")


def test_without_a_gpu_there_is_the_cpu(tmp_path: Path) -> None:
    """A machine without a driver has one device."""
    assert devices.found({}, tmp_path / "none", tmp_path) == ("cpu",)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, ("cuda:0", "cuda:1", "cuda:2")),
        ("2,0", ("cuda:0", "cuda:1")),
        ("GPU-8932f937", ("cuda:0",)),
        ("1,-1,2", ("cuda:0",)),
        ("", ("cpu",)),
        ("-1", ("cpu",)),
    ],
)
def test_gpus_are_counted_as_programs_will_see_them(
    tmp_path: Path, chosen: str | None, expected: tuple[str, ...]
) -> None:
    """Every GPU of the driver, or those that CUDA_VISIBLE_DEVICES leaves, numbered from 0."""
    for name in ("0000:01:00.0", "0000:02:00.0", "0000:03:00.0"):
        (tmp_path / "gpus" / name).mkdir(parents=True)
    environment = {} if chosen is None else {"CUDA_VISIBLE_DEVICES": chosen}
    assert devices.found(environment, tmp_path / "gpus", tmp_path / "dev") == expected


def test_device_files_count_where_the_driver_is_hidden(tmp_path: Path) -> None:
    """In a container GPUs are known by their device files; the driver's other files are no GPUs."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert devices.found({}, tmp_path / "none", tmp_path) == ("cuda:0", "cuda:1")


def test_named_devices_that_are_not_there_are_named(tmp_path: Path) -> None:
    """Each once, in order; the CPU is always there, and what cannot be looked for is not doubted."""
    unseen = devices.unseen(("cuda:0", "cpu", "cuda:7", "cuda:0"), ("cuda:0",), tmp_path)
    assert unseen == {"cuda:7": "engine.devices names cuda:7, which this machine does not seem to have"}
    assert list(devices.unseen(("cuda:1", "mps", "cuda:0"), ("cpu",), tmp_path)) == ["cuda:1", "mps", "cuda:0"]
    (tmp_path / "kfd").touch()  # AMD's driver, whose devices bear the same names
    assert list(devices.unseen(("cuda:1", "mps"), ("cpu",), tmp_path)) == ["mps"]


def test_apple_silicon_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Mac with Apple's chip has mps."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert devices.found({}, tmp_path / "none", tmp_path) == ("mps",)
