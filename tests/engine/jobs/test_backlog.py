"""What a worker has not begun, and what it decoded ahead."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import numpy as np

from engine.jobs import backlog
from engine.jobs.backlog import Backlog, Ready
from engine.jobs.frames import Order, Task
from engine.models.pictures import Picture

ORDER = Order(1, 0, "m", "cpu", {}, "", 0, urgent=False, tasks=(Task(0, b"/a"), Task(1, b"/b"), Task(2, b"/c")))
URGENT = msgspec.structs.replace(ORDER, job=2, urgent=True, tasks=(Task(0, b"/now"),))


def ready(order: Order, place: int, side: int = 1) -> Ready:
    """Decode a picture."""
    picture = Picture(np.zeros((side, side, 3), np.uint8), None, (side, side), "RGB", b"")
    return Ready(order, Task(place, b"/x"), picture, 0.0)


def places(batch: list[Ready]) -> list[tuple[int, int]]:
    """Name job and place of each."""
    return [(one.order.job, one.task.place) for one in batch]


class Taking(threading.Thread):
    """A thread that takes one task."""

    def __init__(self, from_: Backlog) -> None:
        """Start to wait."""
        super().__init__(daemon=True)
        self._from = from_
        self.taken: list[Order] = []
        self.start()

    def run(self) -> None:
        """Take."""
        self.taken.append(self._from.take()[0])


def test_tasks_come_in_order_and_urgent_ones_first() -> None:
    """An urgent task overtakes all that wait; the others keep their order."""
    waiting = Backlog()
    waiting.add(ORDER)
    assert waiting.take()[1].place == 0
    waiting.add(URGENT)
    assert [waiting.take()[1].path for _ in range(3)] == [b"/now", b"/b", b"/c"]


def test_a_batch_holds_one_question_and_urgent_pictures_go_first() -> None:
    """Pictures of which something else is asked stay; urgent ones are asked about first and alone."""
    waiting = Backlog()
    other = msgspec.structs.replace(ORDER, job=3, options={"a": 1})
    same = msgspec.structs.replace(ORDER, job=4)
    for one in (ready(ORDER, 0), ready(other, 0), ready(same, 0), ready(ORDER, 1), ready(URGENT, 0)):
        waiting.put(one)
    assert places(waiting.take_batch(lambda _: 8)) == [(2, 0)]
    assert places(waiting.take_batch(lambda _: 2)) == [(1, 0), (4, 0)]
    assert places(waiting.take_batch(lambda _: 8)) == [(3, 0)]
    assert places(waiting.take_batch(lambda _: 8)) == [(1, 1)]


def test_decoding_ahead_is_bounded_in_pictures() -> None:
    """When enough pictures wait for a model no further task is begun, but for an urgent one, until a batch is taken."""
    waiting = Backlog()
    for place in range(backlog.LEAST_DECODED):
        waiting.put(ready(ORDER, place))
    waiting.add(ORDER)
    taking = Taking(waiting)
    waiting.add(URGENT)
    taking.join(10)
    assert taking.taken == [URGENT]
    another = Taking(waiting)
    another.join(0.05)
    assert not another.taken
    waiting.take_batch(lambda _: 1)
    another.join(10)
    assert another.taken == [ORDER]


def test_decoding_ahead_is_bounded_in_bytes(monkeypatch: Any) -> None:
    """One picture that fills the memory allowed holds back the next, although few wait."""
    monkeypatch.setattr(backlog, "MOST_DECODED_BYTES", 300)
    waiting = Backlog()
    waiting.put(ready(ORDER, 0, side=10))
    waiting.add(ORDER)
    taking = Taking(waiting)
    taking.join(0.05)
    assert not taking.taken
    waiting.take_batch(lambda _: 1)
    taking.join(10)
    assert taking.taken


def test_a_withdrawn_job_is_gone() -> None:
    """Tasks and decoded pictures of a job are forgotten, named, and make room; other jobs keep theirs."""
    waiting = Backlog()
    waiting.add(ORDER)
    waiting.add(URGENT)
    for place in range(10, 10 + backlog.LEAST_DECODED):
        waiting.put(ready(ORDER, place))
    gone = waiting.withdraw(1)
    assert sorted(gone) == [(0, 0), (0, 1), (0, 2), (0, 10), (0, 11), (0, 12), (0, 13)]
    assert waiting.withdraw(1) == ()
    assert waiting.take()[0] is URGENT
    waiting.add(msgspec.structs.replace(ORDER, job=5))
    assert waiting.take()[0].job == 5
