"""The NDJSON streams: results of one job, and events. Each waits without holding anything, and ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError
from engine.jobs.kept_results import page
from engine.wire.protocol import FINAL_STATES, HEARTBEAT_SECONDS, End, Event, Heartbeat, Stopping

if TYPE_CHECKING:
    from engine.jobs.engine import Engine

Lines = AsyncGenerator[bytes, None]
PAGE_LINES = 500
"""Results in one chunk, at most."""
EVENTS_SECONDS = 0.1
"""Events are sent at most so often; of each subject the latest."""

_encoder = msgspec.json.Encoder()
_HEARTBEAT = _encoder.encode(Heartbeat()) + b"\n"


async def results(engine: Engine, job: str, after: int, *, follow: bool) -> Lines:
    """Yield results after a cursor, then `End`.

    Args:
        engine: Whose job it is.
        job: Its id.
        after: The last sequence number the reader has.
        follow: Wait for more until the job is over or the engine goes down.
    """
    sent: set[str] = set()
    while True:
        changed = engine.bells.next_ring(job)
        ended = engine.ended
        reading = asyncio.ensure_future(engine.spool.look(page, job, after, PAGE_LINES, sent))
        while not (await asyncio.wait({reading}, timeout=HEARTBEAT_SECONDS))[0]:
            yield _HEARTBEAT  # the spool is busy with something large
        try:
            read = reading.result()
        except CutlineError:
            return  # forgotten, or purged beyond this slow reader; without an `End` it asks again, and is told
        del reading
        after = read.through
        sent |= read.labels
        end, lines = End(read.state, read.last), b"".join(read.lines)
        del read  # a reader may take its time
        if lines:
            yield lines
        elif ended or not follow or end.state in FINAL_STATES:
            yield _encoder.encode(end) + b"\n"
            return
        elif not (await asyncio.wait({changed}, timeout=HEARTBEAT_SECONDS))[0]:
            yield _HEARTBEAT


async def events(engine: Engine) -> Lines:
    """Yield what happens from now on, the latest of each subject, until the engine goes down."""
    subscriber = engine.news.subscribe()
    heard: list[Event] = [Stopping()] if engine.ended else [Heartbeat()]
    try:
        while True:
            yield b"".join(_encoder.encode(event) + b"\n" for event in heard)
            if isinstance(heard[-1], Stopping):
                return
            await asyncio.sleep(EVENTS_SECONDS)
            try:
                await asyncio.wait_for(subscriber.arrived.wait(), HEARTBEAT_SECONDS)
                heard = subscriber.take()
            except TimeoutError:
                heard = [Heartbeat()]
    finally:
        engine.news.leave(subscriber)
