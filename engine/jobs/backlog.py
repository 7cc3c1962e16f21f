"""What a worker has been given and not begun, and what it decoded ahead; shared by its threads. Urgent ones go first."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.jobs.frames import Order, Task
    from engine.models.pictures import Picture

LEAST_DECODED = 4
MOST_DECODED_BYTES = 1 << 29
"""Decoding ahead stops at two batches, and at so many bytes of pixels."""


class Ready(NamedTuple):
    """A decoded picture, waiting for its model."""

    order: Order
    task: Task
    picture: Picture
    seconds: float
    """Spent on it so far."""


class Backlog:
    """Two queues: tasks to decode, and pictures to ask a model about."""

    def __init__(self) -> None:
        """Start empty."""
        lock = threading.Lock()
        self._room_or_tasks, self._pictures = threading.Condition(lock), threading.Condition(lock)
        self._tasks: dict[bool, deque[tuple[Order, Task]]] = {True: deque(), False: deque()}  # by urgency
        self._ready: dict[bool, list[Ready]] = {True: [], False: []}
        self._bytes = 0
        self._ahead = LEAST_DECODED

    def add(self, order: Order) -> None:
        """Queue the tasks of an order."""
        with self._room_or_tasks:
            self._tasks[order.urgent].extend((order, task) for task in order.tasks)
            self._room_or_tasks.notify(len(order.tasks))

    def withdraw(self, job: int) -> tuple[tuple[int, int], ...]:
        """Forget what is left of a job; return step and place of everything forgotten."""
        gone: list[tuple[Order, Task]] = []
        with self._room_or_tasks:
            for queue in self._tasks.values():
                gone += (one for one in queue if one[0].job == job)
                kept = [one for one in queue if one[0].job != job]
                queue.clear()
                queue.extend(kept)
            for ready in self._ready.values():
                gone += (self._out(one)[:2] for one in ready if one.order.job == job)
                ready[:] = (one for one in ready if one.order.job != job)
            self._room_or_tasks.notify_all()
        return tuple((order.step, task.place) for order, task in gone)

    def take(self) -> tuple[Order, Task]:
        """Wait for the next task to decode; one that is not urgent waits, too, until there is room for its pixels."""
        with self._room_or_tasks:
            self._room_or_tasks.wait_for(lambda: self._tasks[True] or (self._tasks[False] and self._has_room()))
            return (self._tasks[True] or self._tasks[False]).popleft()

    def put(self, ready: Ready) -> None:
        """Queue a decoded picture for its model."""
        with self._pictures:
            self._ready[ready.order.urgent].append(ready)
            self._bytes += _size(ready)
            self._pictures.notify()

    def take_batch(self, most: Callable[[Order], int]) -> list[Ready]:
        """Wait for decoded pictures, and return those of which the same is asked as of the first.

        Args:
            most: Says how many at once.
        """
        with self._pictures:
            self._pictures.wait_for(lambda: self._ready[True] or self._ready[False])
            queue = self._ready[True] or self._ready[False]
            order = queue[0].order
            size = most(order)
            self._ahead = max(LEAST_DECODED, 2 * size)
            batch = [one for one in queue if _same_question(one.order, order)][:size]
            taken = set(map(id, batch))
            queue[:] = (one for one in queue if id(one) not in taken)
            self._room_or_tasks.notify_all()
            return [self._out(one) for one in batch]

    def _has_room(self) -> bool:
        waiting = len(self._ready[True]) + len(self._ready[False])
        return waiting < self._ahead and self._bytes < MOST_DECODED_BYTES

    def _out(self, ready: Ready) -> Ready:
        self._bytes -= _size(ready)
        return ready


def _size(ready: Ready) -> int:
    picture = ready.picture
    return picture.pixels.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)


def _same_question(one: Order, other: Order) -> bool:
    return one is other or _question(one) == _question(other)


def _question(order: Order) -> tuple[object, ...]:
    return order.model, order.device, order.by_name, order.options, order.prompt
