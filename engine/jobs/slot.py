"""The place of one worker: a device and a Python environment. What it has in flight outlives the process.

Whatever a dead worker had in flight runs again one picture at a time; only a picture whose worker dies on it then is
given up. A worker that dies again and again without an answer is not the pictures' fault, and stops their job.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.errors import CutlineError
from engine.jobs.frames import Beat, Loading, Order, Outcome, Outcomes, Task, Unload, Withdraw, Withdrawn
from engine.jobs.held_models import LOAD_SECONDS
from engine.jobs.loaded_models import LoadedModels
from engine.jobs.pace import Pace
from engine.jobs.worker_process import HEARTBEAT_LOST_SECONDS, WorkerProcess
from engine.wire.protocol import Failure, Labels, WorkerInfo

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from engine.jobs.frames import FromWorker, Start

MOST_DEATHS_IN_A_ROW = 5
"""So many deaths without one answer in between, and the job is paused."""

log = logging.getLogger("cutline.pool")


class Listeners(NamedTuple):
    """Who is told what workers say; called in the event loop, must not block."""

    outcomes: Callable[[Sequence[Outcome]], None]
    """Also with none, when there is room for new orders."""
    labels: Callable[[Labels], None]
    loading: Callable[[Loading], None]
    died: Callable[[str, str], None]
    """With the device, and one line that says how."""
    stuck: Callable[[int, str], None]
    """With the number of a job that cannot go on, and one line that says why."""


class Hiring(NamedTuple):
    """How workers are run."""

    command: Callable[[str], Sequence[str]]
    """Says how to run one in a Python environment, the engine's own being ""; raises CutlineError where it is missing."""
    start: Start
    """What each is to be."""


class Slot:
    """One worker at a time, there while somebody needs it."""

    def __init__(
        self, device: str, environment: str, hiring: Hiring, tell: Listeners, tasks: asyncio.TaskGroup
    ) -> None:
        """Set up; nothing is started before the first order.

        Args:
            device: Where its worker runs models.
            environment: The Python environment it runs in.
            hiring: How it is run.
            tell: Who is told.
            tasks: Where the listening task runs. A fault in it ends the group.
        """
        self.device, self.environment = device, environment
        self._hiring = hiring
        self._tell = tell
        self._tasks = tasks
        self._in_flight: dict[tuple[int, int, int], tuple[Order, Task]] = {}
        self._suspects: deque[tuple[Order, Task]] = deque()
        self._on_trial = False
        self._worker: WorkerProcess | None = None
        self._listening: asyncio.Task[None] | None = None
        self._loading: set[str] = set()
        self._withdrawing: set[int] = set()
        self._dropped: set[int] = set()
        self._deaths_in_a_row = 0
        self._closing = False
        self.models = LoadedModels(device)
        self.pace = Pace(time.monotonic())
        self.batch = 1
        """How many pictures the worker gives to a model at once."""
        self.restarts = 0

    # --- what is known of it ----------------------------------------------------------------------------------------

    @property
    def in_flight(self) -> int:
        """How many pictures the worker has or will get again."""
        return len(self._in_flight) + len(self._suspects)

    @property
    def info(self) -> WorkerInfo | None:
        """The worker, when there is one."""
        if self._worker is None:
            return None
        return WorkerInfo(self._worker.pid, self.device, self.environment, self.restarts, self.in_flight)

    def takes(self, *, urgent: bool) -> bool:
        """Say whether new orders may come; while pictures are tried one at a time only urgent ones, in their turn."""
        return not self._closing and (urgent or not (self._suspects or self._on_trial))

    def has(self, job: int, step: int, place: int) -> bool:
        """Say whether a task is in flight here."""
        key = job, step, place
        return key in self._in_flight or any(_key(*suspect) == key for suspect in self._suspects)

    def withdraws(self, job: int) -> bool:
        """Say whether it is not known yet what of a job was begun."""
        return job in self._withdrawing

    # --- orders -----------------------------------------------------------------------------------------------------

    async def give(self, order: Order) -> None:
        """Hand over an order, starting a worker if there is none."""
        order = msgspec.structs.replace(order, device=self.device, by_name=order.device != "auto")
        if self._suspects or self._on_trial:
            self._suspects.extendleft((order, task) for task in reversed(order.tasks))
            return
        await self._hand_over(order)

    def withdraw(self, job: int) -> None:
        """Begin nothing more of a job."""
        self._dropped.add(job)
        self._suspects = deque(suspect for suspect in self._suspects if suspect[0].job != job)
        if self._worker is not None and any(key[0] == job for key in self._in_flight):
            self._withdrawing.add(job)
            self._worker.say(Withdraw(job))

    def allow(self, job: int) -> None:
        """Take orders of a job again."""
        self._dropped.discard(job)

    def unload_idle(self, idle_seconds: float) -> None:
        """Give back the memory of models that nobody asked for so long; with the last one the worker goes."""
        if self._worker is not None:
            for model in self.models.due(idle_seconds, time.monotonic()):
                self._worker.say(Unload(model, self.device))
        self._dismiss_idle()

    async def close(self) -> None:
        """End the worker at once; what it had in flight is forgotten here."""
        self._closing = True
        self._in_flight.clear()
        self._suspects.clear()
        if self._worker is not None:
            self._worker.kill()
        if self._listening is not None:
            await self._listening

    async def _hand_over(self, order: Order) -> None:
        for task in order.tasks:
            self._in_flight[_key(order, task)] = order, task
        self._count_uses()
        worker = self._worker or await self._start(order)
        if worker is None:
            return
        if order.job in self._dropped:  # while the worker started
            for task in order.tasks:
                self._in_flight.pop(_key(order, task), None)
            return
        worker.say(order)
        await worker.drain()

    async def _start(self, order: Order) -> WorkerProcess | None:
        """Start a worker; where that cannot be, the job of the order is stuck, and None is returned."""
        try:
            command = self._hiring.command(self.environment)
            self._worker = await WorkerProcess.start(command, self._hiring.start)
        except (CutlineError, OSError) as error:
            log.error("no worker for %s: %s", order.model, error)  # noqa: TRY400  (one line: it says what is missing)
            self._in_flight.clear()
            self._tell.stuck(order.job, str(error))
            return None
        self._listening = self._tasks.create_task(self._listen(self._worker))
        if self._closing:
            self._worker.kill()
        return self._worker

    # --- what the worker says ---------------------------------------------------------------------------------------

    async def _listen(self, worker: WorkerProcess) -> None:
        """Pass on what a worker says until it is gone, then see to what it left."""

        async def heard(message: FromWorker) -> None:
            if self._worker is worker:  # else it was dismissed
                await self._heard(message)

        ending = await worker.listen(heard)
        if self._worker is worker:
            self._worker = None
            self.models.clear()
            if not self._closing:
                await self._bury(worker, ending)

    async def _heard(self, message: FromWorker) -> None:
        match message:
            case Outcomes(outcomes):
                self._answered(outcomes)
            case Labels():
                self._tell.labels(message)
            case Loading():
                self._note_loading(message)
                self._tell.loading(message)
            case Withdrawn(job, tasks):
                for step, place in tasks:
                    self._in_flight.pop((job, step, place), None)
                self._withdrawing.discard(job)
                self._count_uses()
                self._tell.outcomes([])
            case Beat():
                self.batch = message.batch
        if self._on_trial and not self._in_flight:
            await self._try_next()

    def _answered(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._in_flight.pop((outcome.job, outcome.step, outcome.place), None)
        if any(outcome.error is None for outcome in outcomes):
            self._deaths_in_a_row = 0
        self.pace.count(len(outcomes), time.monotonic())
        self._count_uses()
        self._tell.outcomes(outcomes)

    def _note_loading(self, change: Loading) -> None:
        if change.state == "loading":
            self._loading.add(change.model)
        else:
            self._loading.discard(change.model)
        if change.state == "loaded":
            self.models.loaded(change.model, time.monotonic(), time.time())
            self._count_uses()
        elif change.state == "unloaded":
            self.models.unloaded(change.model)
            self._dismiss_idle()
        if self._worker is not None:
            self._worker.silence_allowed = LOAD_SECONDS if self._loading else HEARTBEAT_LOST_SECONDS

    def _dismiss_idle(self) -> None:
        """End a worker without models and work: libraries keep memory of their own, on a GPU a lot of it."""
        if self._worker is not None and not (self.models or self._loading or self.in_flight):
            self._worker.kill()
            self._worker = None

    def _count_uses(self) -> None:
        self.models.count(Counter(order.model for order, _ in self._in_flight.values()), time.monotonic())

    # --- death ------------------------------------------------------------------------------------------------------

    async def _bury(self, worker: WorkerProcess, ending: str) -> None:
        """See to what a dead worker left: give up the picture that was on trial, put all others on trial."""
        loading = ", ".join(sorted(self._loading))
        how = f"the worker {ending}"
        if not worker.hung:
            when = f" while it loaded {loading}" if loading else "" if worker.spoke else " before it was ready"
            how = f"the worker ended by itself ({ending}){when}"
        lost = [(order, task) for order, task in self._in_flight.values() if order.job not in self._dropped]
        log.warning("%s; %d in flight", how, len(lost))
        self._in_flight.clear()
        self._loading.clear()
        self._withdrawing.clear()
        self.restarts += 1
        self._deaths_in_a_row += 1
        self._tell.died(self.device, how)
        if self._deaths_in_a_row >= MOST_DEATHS_IN_A_ROW and lost:
            self._deaths_in_a_row = 0
            stuck = lost[0][0].job
            lost = [(order, task) for order, task in lost if order.job != stuck]
            self._tell.stuck(stuck, f"{how}, {MOST_DEATHS_IN_A_ROW} times in a row without an answer")
        elif self._on_trial and lost and worker.spoke and not loading:
            order, task = lost.pop()
            code = "hung" if worker.hung else "worker-died"
            failure = Failure(code, f"{how} on this picture", "see: cutline engine logs", recoverable=True)
            self._tell.outcomes([Outcome(order.job, order.step, task.place, error=failure)])
        self._suspects.extendleft(reversed(lost))
        await self._try_next()

    async def _try_next(self) -> None:
        """Give the next suspect to the worker, alone; when none is left, orders may come again."""
        while self._suspects and not self._in_flight:
            self._on_trial = True
            order, task = self._suspects.popleft()
            await self._hand_over(msgspec.structs.replace(order, tasks=(task,)))
        self._on_trial = bool(self._in_flight)
        if not self._on_trial:
            self._tell.outcomes([])  # room again


def _key(order: Order, task: Task) -> tuple[int, int, int]:
    return order.job, order.step, task.place
