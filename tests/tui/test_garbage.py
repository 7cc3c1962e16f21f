"""When garbage is collected."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from tui import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the collector as it was; what is frozen may stay so."""
    monkeypatch.setattr(garbage, "_held", False)
    yield
    gc.enable()


def test_what_was_made_before_is_left_alone() -> None:
    """Nothing is collected from `hold` to `settle`; afterwards everything but what was there by then."""
    garbage.hold()
    assert not gc.isenabled()
    garbage.settle()
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    assert frozen > 0
    made = [[number] for number in range(1_000)]
    garbage.settle()
    assert gc.get_freeze_count() >= frozen + len(made)


def test_without_a_hold_nothing_is_changed() -> None:
    """A program that embeds the screen keeps its collector as it is."""
    frozen = gc.get_freeze_count()
    garbage.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


async def test_it_is_collected_when_keys_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while they come, and only where enough has grown; what nobody can reach any more is gone then."""
    monkeypatch.setattr(garbage, "QUIET_SECONDS", 0.01)
    sweeping, swept = garbage.Sweeping(), asyncio.Event()
    ring: list[object] = []
    ring += [ring, _Told(swept)]
    gc.collect()  # it is of the oldest generation now
    del ring
    loop = asyncio.get_running_loop()
    sweeping.key_pressed()
    await asyncio.sleep(0.05)
    assert not swept.is_set()  # too little for it
    for _ in range(garbage.GROWN):
        gc.collect(1)
    for _ in range(20):  # keys that come faster than the pause
        sweeping.key_pressed()
        assert not swept.is_set()
    loop.call_later(5, swept.set)
    began = loop.time()
    await swept.wait()
    assert loop.time() - began < 5
    sweeping.close()


class _Told:
    """Says when it is collected."""

    def __init__(self, swept: asyncio.Event) -> None:
        self._swept = swept

    def __del__(self) -> None:
        self._swept.set()


def test_memory_goes_back_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the C library cannot be asked for it: then nothing happens."""
    garbage.give_back()
    for name in ("_trim", "_set"):
        monkeypatch.setattr(garbage, name, None)
    garbage.give_back()
    garbage.hold()
