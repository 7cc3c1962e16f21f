"""Puts what workers say into the spool, many outcomes in one go, and waits where the disk is full."""

from __future__ import annotations

import asyncio
import functools
import time
from typing import TYPE_CHECKING

import msgspec

from engine.errors import NotWritable, Refused
from engine.jobs.news import Bells
from engine.jobs.rates import Rates
from engine.jobs.spool import Spool, UnknownJob
from engine.wire.protocol import FINAL_STATES, JobInfo, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.jobs.frames import Loading, Outcome
    from engine.jobs.news import News
    from engine.jobs.spool_thread import SpoolThread
    from engine.wire.protocol import Labels

COMMIT_SECONDS = 0.02
"""Results are stored at most so often; between two times they gather."""
SPACE_SECONDS = 1.0
"""So often a full disk is tried again."""
_UNDER_WAY = frozenset({"queued", "running"})
"""What waits while there is no room."""
_CHANGED, _CLOSED = "changed", "closed"


class Storing:
    """What has come from workers and is not in the spool yet."""

    def __init__(self, spool: SpoolThread, bells: Bells, news: News, room: Callable[[], None]) -> None:
        """Set up; `run` does the work.

        Args:
            spool: Where jobs and results are kept.
            bells: Rung when a job has new results.
            news: Told about progress.
            room: Called when more work may be handed out.
        """
        self._spool, self._bells, self._news, self._room = spool, bells, news, room
        self._arrived: list[Outcome] = []
        self._tables: list[Labels] = []
        self._stuck: dict[int, str] = {}
        self._under_way = 0
        self._elsewhere: dict[tuple[str, str], str] = {}
        self._rates = Rates()
        self._changes = Bells()
        self._closed, self._ended = False, asyncio.Event()
        self.no_room = ""
        """Why nothing can be written; empty while it can."""
        self.unseen: Mapping[str, str] = {}
        """By device that the settings name and the machine does not seem to have: the line that says so."""

    @property
    def waiting(self) -> int:
        """How many outcomes are not stored yet."""
        return len(self._arrived) + self._under_way

    @property
    def _something(self) -> bool:
        return bool(self._arrived or self._tables or self._stuck)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know: a full disk, devices that are not there, models that do not run where they should."""
        notices = (self.no_room, *self.unseen.values(), *self._elsewhere.values())
        return tuple(dict.fromkeys(notice for notice in notices if notice))

    # --- what has come ----------------------------------------------------------------------------------------------

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Take what became of tasks."""
        self._arrived.extend(outcomes)
        self._changes.ring(_CHANGED)

    def labels(self, table: Labels) -> None:
        """Take a label table that outcomes will name."""
        self._tables.append(table)
        self._changes.ring(_CHANGED)

    def loading(self, change: Loading) -> None:
        """Note whether a model runs where it should."""
        self._elsewhere.pop((change.model, change.device), None)
        if change.state == "loaded" and change.message:
            self._elsewhere[change.model, change.device] = change.message

    def stuck(self, job: int, why: str) -> None:
        """Take note that a job cannot go on, and must be paused."""
        self._stuck[job] = why
        self._changes.ring(_CHANGED)

    # --- what becomes of it -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Store until `close`, and then what has come; what finds no room then is done again by the next engine."""
        while not self._closed or self._something:
            if self._something:
                await self._store()
            else:
                await self._changes.next_ring(_CHANGED)
        self._ended.set()

    async def _store(self) -> None:
        outcomes, self._arrived = self._arrived, []
        tables, self._tables = self._tables, []
        stuck, self._stuck = self._stuck, {}
        self._under_way = len(outcomes)
        try:
            infos = await self._spool.do(_store, outcomes, tables, stuck, self._warnings())
        except NotWritable as error:
            self._under_way = 0
            if not self._closed:  # else the next engine does again what was not stored
                self._arrived[:0], self._tables[:0], self._stuck = outcomes, tables, stuck | self._stuck
                await self.wait_for_room(error)
            return
        self._under_way = 0
        for info in infos:
            self._tell(info)
        await self.has_room()
        self._room()
        await asyncio.sleep(COMMIT_SECONDS)

    async def close(self) -> None:
        """Let `run` end when it has stored what has come, and wait for that."""
        self._closed = True
        self._changes.ring_all()
        await self._ended.wait()

    def describe(self, info: JobInfo) -> JobInfo:
        """Add to what the spool knows of a job: its recent rate, and whether it waits for space."""
        if self.no_room and info.state in _UNDER_WAY:
            return msgspec.structs.replace(info, state="waiting for space", message=self.no_room)
        return self._rates.told(info, time.monotonic())

    def count(self, jobs: Mapping[str, int]) -> dict[str, int]:
        """Count jobs by the state that `describe` gives them, not by the one that the spool knows."""
        counts: dict[str, int] = {}
        for state, number in jobs.items():
            told = "waiting for space" if self.no_room and state in _UNDER_WAY else state
            counts[told] = counts.get(told, 0) + number
        return counts

    async def wait_for_room(self, error: NotWritable) -> None:
        """Say of every open job that it waits for space, and wait before the next try."""
        if not self.no_room:
            self.no_room = str(error)
            await self._tell_open()
        await asyncio.wait((self._changes.next_ring(_CLOSED),), timeout=SPACE_SECONDS)

    async def has_room(self) -> None:
        """Note that the spool can be written; say so of every open job if it could not."""
        if self.no_room:
            self.no_room = ""
            await self._tell_open()

    async def _tell_open(self) -> None:
        for info in await self._spool.do(Spool.jobs):
            if info.state not in FINAL_STATES:
                self._news.publish(info.id, Progress(self.describe(info)))

    def _tell(self, info: JobInfo) -> None:
        self._rates.note(info, time.monotonic())
        self._bells.ring(info.id)
        self._news.publish(info.id, Progress(self.describe(info)))
        if info.ended is not None:
            self._rates.forget(info.id)

    def _warnings(self) -> Callable[[JobInfo], str]:
        """Give a function for another thread: what a job should be warned of, as things are now."""
        elsewhere = {model: message for (model, _), message in self._elsewhere.items()}
        return functools.partial(_warning, dict(self.unseen), elsewhere)


def _warning(unseen: Mapping[str, str], elsewhere: Mapping[str, str], job: JobInfo) -> str:
    """Say what is not as one would expect of a job's devices; a model elsewhere refuses a job that names its own."""
    lines = [line for device, line in unseen.items() if job.device in {"auto", device}]
    if job.device == "auto":
        lines += [elsewhere[step.model] for step in job.steps if step.model in elsewhere]
    return "; ".join(dict.fromkeys(lines))


def _store(
    spool: Spool,
    outcomes: Sequence[Outcome],
    tables: Sequence[Labels],
    stuck: Mapping[int, str],
    warnings: Callable[[JobInfo], str],
) -> tuple[JobInfo, ...]:
    """Store what has come, and describe the jobs that it changed; runs in the spool's thread."""
    infos = {info.id: info for info in spool.commit(outcomes, tables)}
    for info in list(infos.values()):
        if not info.warning and (warning := warnings(info)):
            infos[info.id] = spool.warn(info.id, warning)
    for number, why in stuck.items():
        try:
            job = spool.job(number).id
            infos[job] = spool.pause(number, f"{why}; when that is mended: cutline jobs resume {job}")
        except (Refused, UnknownJob):
            continue  # it has ended in the meantime
    return tuple(infos.values())
