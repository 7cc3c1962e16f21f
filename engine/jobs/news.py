"""Who waits for what: results of one job, and events of the engine. Lives in the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from engine.wire.protocol import Event


class Bells:
    """A bell for each job, rung when it has new results."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def next_ring(self, job: str) -> asyncio.Future[None]:
        """Return what is done at the next ring; take it before looking, and no ring is missed."""
        if job not in self._waiting:
            self._waiting[job] = asyncio.get_running_loop().create_future()
        return self._waiting[job]

    def ring(self, job: str) -> None:
        """Wake all who wait for this job."""
        if waiting := self._waiting.pop(job, None):
            waiting.set_result(None)

    def ring_all(self) -> None:
        """Wake everybody."""
        for job in list(self._waiting):
            self.ring(job)


class Subscriber:
    """One reader of events: of each kind and subject, only the latest waits for it."""

    def __init__(self) -> None:
        """Start with nothing unread."""
        self._unread: dict[Hashable, Event] = {}
        self.arrived = asyncio.Event()

    def put(self, subject: Hashable, event: Event) -> None:
        """Replace what is unread about the same subject."""
        self._unread.pop(subject, None)
        self._unread[subject] = event
        self.arrived.set()

    def take(self) -> list[Event]:
        """Return what is unread, oldest first."""
        events = list(self._unread.values())
        self._unread.clear()
        self.arrived.clear()
        return events


class News:
    """Everybody who reads events."""

    def __init__(self) -> None:
        """Start with no readers."""
        self._subscribers: set[Subscriber] = set()

    def __bool__(self) -> bool:
        """Say whether anybody reads."""
        return bool(self._subscribers)

    def subscribe(self) -> Subscriber:
        """Add a reader."""
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Remove a reader."""
        self._subscribers.discard(subscriber)

    def publish(self, subject: Hashable, event: Event) -> None:
        """Give every reader the latest about a subject."""
        for subscriber in self._subscribers:
            subscriber.put(subject, event)
