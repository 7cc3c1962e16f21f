"""One slot with a real worker process: what it does about one that is silent, missing, or no longer needed."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import WrongUsage
from engine.jobs import slot as slots
from engine.jobs import worker_process
from engine.jobs.frames import Order, Outcome, Start, Task
from engine.jobs.slot import Hiring, Listeners, Slot
from tests.engine.engine_room import odd_command, soon
from tests.engine.odd_models import BLOCKING
from tests.engine.processes import alive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from tests.engine.engine_room import EngineRoom


class Heard:
    """What a slot said."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.outcomes: list[Outcome] = []
        self.deaths: list[str] = []
        self.stuck: list[tuple[int, str]] = []
        self.listeners = Listeners(
            self.outcomes.extend,
            lambda _: None,
            lambda _: None,
            lambda _, how: self.deaths.append(how),
            self._stuck,
        )
        self.slot: Slot

    def _stuck(self, job: int, why: str) -> None:
        """Do as the runner does."""
        self.stuck.append((job, why))
        self.slot.withdraw(job)


@asynccontextmanager
async def a_slot(heard: Heard, command: Callable[[str], Sequence[str]]) -> AsyncIterator[Slot]:
    """Open a slot, and close it at the end."""
    async with asyncio.TaskGroup() as tasks:
        heard.slot = slot = Slot("cpu", "", Hiring(command, Start(2, 10, 10.0)), heard.listeners, tasks)
        yield slot
        await slot.close()


def order(room: EngineRoom, *names: str, job: int = 1, first: int = 0, **more: Any) -> Order:
    """Order pictures of a job."""
    tasks = tuple(Task(place, os.fsencode(room.root / name)) for place, name in enumerate(names, first))
    folders = (os.fsencode(room.root),)
    options = {"gate": str(room.gate)}
    return Order(job, 0, "odd", "auto", options, "", 0, more.pop("urgent", False), tasks, folders, **more)


@pytest.fixture
def odd(room: EngineRoom) -> Callable[[str], Sequence[str]]:
    """Say how to run a worker that knows the odd models."""
    return lambda _: odd_command("worker", room.plugins)


async def test_a_silent_worker_is_replaced(
    room: EngineRoom, odd: Callable[[str], Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that says nothing for too long is killed, and what it had is answered by the next one."""
    monkeypatch.setattr(slots, "HEARTBEAT_LOST_SECONDS", 2.0)
    monkeypatch.setattr(worker_process, "TICK_SECONDS", 0.5)
    heard = Heard()
    async with a_slot(heard, odd) as slot:
        await slot.give(order(room, room.picture("a.png", BLOCKING), room.picture("b.png")))
        await soon(lambda: heard.outcomes)
        assert slot.info is not None
        first = slot.info.pid
        os.kill(first, signal.SIGSTOP)
        await soon(lambda: heard.deaths)
        assert "was silent for" in heard.deaths[0]
        assert not alive(first)
        room.gate.touch()
        await soon(lambda: len(heard.outcomes) == 2)
        assert [outcome.error for outcome in heard.outcomes] == [None, None]
        assert slot.info is not None
        assert (slot.restarts, slot.in_flight) == (1, 0)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (WrongUsage("old is not made", "cutline engine env create old"), "old is not made (cutline engine env create"),
        (None, "No such file or directory"),
    ],
)
async def test_where_no_worker_can_be_run_the_job_is_stuck(
    room: EngineRoom, trouble: Exception | None, said: str
) -> None:
    """A missing environment or interpreter is told of the job, and the slot stays free for others."""

    def command(environment: str) -> Sequence[str]:
        assert environment == ""
        if trouble:
            raise trouble
        return [str(Path("/nowhere/python"))]

    heard = Heard()
    async with a_slot(heard, command) as slot:
        await slot.give(order(room, room.picture("a.png")))
        ((job, why),) = heard.stuck
        assert job == 1
        assert said in why
        assert (slot.in_flight, slot.info, slot.takes(urgent=False)) == (0, None, True)


async def test_a_worker_that_never_speaks_is_nobodys_fault(room: EngineRoom) -> None:
    """A command that ends at once is tried a few times; then the job is stuck, and no picture is charged."""
    heard = Heard()
    async with a_slot(heard, lambda _: ["false"]) as slot:
        await slot.give(order(room, room.picture("a.png"), room.picture("b.png")))
        await soon(lambda: heard.stuck)
        assert heard.outcomes == []
        assert len(heard.deaths) == slots.MOST_DEATHS_IN_A_ROW
        assert "exit code 1) before it was ready" in heard.stuck[0][1]
        await soon(lambda: slot.takes(urgent=False))
        assert slot.in_flight == 0


async def test_an_urgent_picture_overtakes_a_trial(room: EngineRoom, odd: Callable[[str], Sequence[str]]) -> None:
    """While the pictures of a dead worker run one at a time an urgent one is next."""
    heard = Heard()
    async with a_slot(heard, odd) as slot:
        await slot.give(order(room, *[room.picture(f"{n}.png", BLOCKING) for n in range(6)]))
        await soon(lambda: slot.models)
        assert slot.info is not None
        os.kill(slot.info.pid, signal.SIGKILL)
        await soon(lambda: heard.deaths)
        assert not slot.takes(urgent=False)
        assert slot.takes(urgent=True)
        await slot.give(order(room, room.picture("now.png"), job=2, urgent=True))
        await soon(lambda: slot.models)
        room.gate.touch()
        await soon(lambda: len(heard.outcomes) == 7)
        assert [outcome.job for outcome in heard.outcomes][:2] == [1, 2]
        assert slot.takes(urgent=False)


async def test_a_withdrawn_job_is_not_run_again(room: EngineRoom, odd: Callable[[str], Sequence[str]]) -> None:
    """What was withdrawn is not tried again when the worker dies, and another job's pictures are."""
    heard = Heard()
    async with a_slot(heard, odd) as slot:
        await slot.give(order(room, *[room.picture(f"{n}.png", BLOCKING) for n in range(4)]))
        await slot.give(order(room, room.picture("free.png"), job=2))
        await soon(lambda: slot.models)
        slot.withdraw(1)
        assert slot.withdraws(1)
        await soon(lambda: not slot.withdraws(1))
        assert slot.has(2, 0, 0) or slot.in_flight <= 2
        assert slot.info is not None
        os.kill(slot.info.pid, signal.SIGKILL)
        await soon(lambda: heard.outcomes)
        assert [(outcome.job, outcome.error) for outcome in heard.outcomes] == [(2, None)]
        await soon(lambda: slot.in_flight == 0)


async def test_an_idle_worker_goes_with_its_last_model(room: EngineRoom, odd: Callable[[str], Sequence[str]]) -> None:
    """When nothing is loaded any more the process ends, which is no death; the next order starts another."""
    heard = Heard()
    async with a_slot(heard, odd) as slot:
        await slot.give(order(room, room.picture("a.png")))
        await soon(lambda: heard.outcomes)
        assert slot.info is not None
        first = slot.info.pid
        slot.unload_idle(3600)
        assert slot.models
        slot.unload_idle(0)
        await soon(lambda: slot.info is None and not alive(first))
        await slot.give(order(room, "a.png", first=1))
        await soon(lambda: len(heard.outcomes) == 2)
        assert (heard.deaths, slot.restarts) == ([], 0)
