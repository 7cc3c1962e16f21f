"""Starts the worker process, feeds it, watches it, and replaces it when it dies.

Whatever a dead worker had in flight runs again one picture at a time; only a picture whose worker dies on it
then is given up. The pool lives in the event loop and knows neither spool nor socket.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.jobs import frames
from engine.jobs.frames import Loading, Order, Outcome, Outcomes, Task, ToWorker, Unload
from engine.wire.protocol import Failure, Labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.jobs.scheduler import ModelKey

log = logging.getLogger("cutline.pool")


class Listeners(NamedTuple):
    """Who is told what the worker says; called in the event loop, must not block."""

    outcomes: Callable[[Sequence[Outcome]], None]
    labels: Callable[[Labels], None]
    loading: Callable[[Loading], None]
    died: Callable[[str], None]
    """With one line that says how."""


class Pool:
    """One worker process, there while somebody needs it."""

    def __init__(self, command: Sequence[str], listeners: Listeners) -> None:
        """Set up; nothing is started before the first order.

        Args:
            command: How to run a worker; the number of its file descriptor is added.
            listeners: Who is told.
        """
        self._command = command
        self._tell = listeners
        self._in_flight: dict[tuple[int, int, int], tuple[Order, Task]] = {}
        self._suspects: deque[tuple[Order, Task]] = deque()
        self._on_trial = False
        self._process: asyncio.subprocess.Process | None = None
        self._line: asyncio.StreamWriter | None = None
        self._watching: asyncio.Task[None] | None = None
        self._closing = False
        self.restarts = 0
        self.tasks: asyncio.TaskGroup | None = None
        """Where the watching task runs; set before the first order. A fault in it ends the group."""

    @property
    def in_flight(self) -> int:
        """How many pictures the worker has or will get again."""
        return len(self._in_flight) + len(self._suspects)

    @property
    def takes_orders(self) -> bool:
        """Whether new orders may come; not while pictures are tried one at a time."""
        return not (self._suspects or self._on_trial or self._closing)

    @property
    def pids(self) -> tuple[int, ...]:
        """The worker's process id, when there is one."""
        return () if self._process is None else (self._process.pid,)

    def in_flight_of(self, key: ModelKey) -> int:
        """Count the pictures that a model has not answered."""
        return sum((order.model, order.device) == key for order, _ in [*self._in_flight.values(), *self._suspects])

    async def give(self, order: Order) -> None:
        """Hand an order to the worker, starting one if there is none."""
        for task in order.tasks:
            self._in_flight[order.job, order.step, task.place] = order, task
        await self._say(order)

    async def unload(self, key: ModelKey) -> None:
        """Ask the worker to give back a model's memory."""
        if self._process is not None:
            await self._say(Unload(*key))

    async def close(self) -> None:
        """End the worker at once; what it had in flight is forgotten here."""
        self._closing = True
        self._in_flight.clear()
        self._suspects.clear()
        if self._process is not None:
            self._process.kill()
        if self._watching is not None:
            await self._watching

    async def _say(self, message: ToWorker) -> None:
        if self._process is None:
            await self._start()
        assert self._line is not None
        try:
            self._line.write(frames.pack(message))
            await self._line.drain()
        except ConnectionError:
            pass  # it is dead; `_watch` learns that at the same moment and sees to what was in flight

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sys.stderr,  # whatever a library prints goes to the log
            )
        reader, self._line = await asyncio.open_connection(sock=ours)
        assert self.tasks is not None
        self._watching = self.tasks.create_task(self._watch(self._process, reader, self._line))
        if self._closing:
            self._process.kill()

    async def _watch(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, line: asyncio.StreamWriter
    ) -> None:
        """Pass on what a worker says until it is gone, then see to what it left."""
        try:
            while True:
                (length,) = frames.LENGTH.unpack(await reader.readexactly(frames.LENGTH.size))
                self._heard(frames.from_worker.decode(await reader.readexactly(length)))
                if self._on_trial and not self._in_flight:
                    await self._try_next()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the worker is gone; any other error here is a fault of ours and ends the engine
        line.close()
        code = await process.wait()
        self._process = self._line = None
        if not self._closing:
            await self._bury(f"the worker ended by itself ({_how(code)})")

    def _heard(self, message: frames.FromWorker) -> None:
        match message:
            case Outcomes(outcomes):
                for outcome in outcomes:
                    self._in_flight.pop((outcome.job, outcome.step, outcome.place), None)
                self._tell.outcomes(outcomes)
            case Labels():
                self._tell.labels(message)
            case Loading():
                self._tell.loading(message)

    async def _bury(self, how: str) -> None:
        """See to what a dead worker left: give up the picture that was on trial, put all others on trial."""
        self.restarts += 1
        lost = list(self._in_flight.values())
        log.warning("%s; %d in flight", how, len(lost))
        self._in_flight.clear()
        self._tell.died(how)
        if self._on_trial and lost:
            order, task = lost.pop()
            failure = Failure("worker-died", f"{how} on this picture", "see: cutline engine logs", recoverable=True)
            self._tell.outcomes([Outcome(order.job, order.step, task.place, error=failure)])
        self._suspects.extend(lost)
        await self._try_next()

    async def _try_next(self) -> None:
        """Give the next suspect to the worker, alone; when none is left, orders may come again."""
        self._on_trial = bool(self._suspects)
        if self._suspects:
            order, task = self._suspects.popleft()
            await self.give(msgspec.structs.replace(order, tasks=(task,)))
        else:
            self._tell.outcomes([])  # room again


def _how(code: int) -> str:
    """Say how a process ended, from its return code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
