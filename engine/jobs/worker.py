"""One process that holds models: pictures are decoded ahead, the adapter answers, outcomes go back in frames.

Run as `python -P -m engine.jobs.worker MEGAPIXELS FD`, FD being its end of a socket pair. When the other end closes, the
process ends at once: whatever it was doing is done again by the next one.
"""

from __future__ import annotations

import itertools
import logging
import os
import queue
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.captions import scores
from engine.errors import CutlineError
from engine.jobs import frames
from engine.jobs.frames import Order, Outcome, Outcomes, Task, Unload
from engine.jobs.held_models import HeldModels
from engine.models import pictures
from engine.models.contract import Ask, Scored, Written
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.held_models import Held
    from engine.models.pictures import Picture

BATCH = 8
"""Pictures given at once to an adapter that takes batches, at most."""

log = logging.getLogger("cutline.worker")


class _Ready(NamedTuple):
    """A decoded picture, waiting for its model."""

    order: Order
    task: Task
    model: Held
    picture: Picture
    seconds: float
    """Spent on it so far."""


class Worker:
    """The threads of a worker process and what they share."""

    def __init__(self, line: socket.socket, max_megapixels: int, threads: int) -> None:
        """Set up for one end of a socket pair.

        Args:
            line: Frames come and go here.
            max_megapixels: Larger pictures are refused.
            threads: How many pictures are worked on at a time.
        """
        self._max_megapixels = max_megapixels
        self._line = line
        self._threads = threads
        # Urgent tasks overtake; the count keeps the order of all others.
        self._tasks: queue.PriorityQueue[tuple[bool, int, Order, Task]] = queue.PriorityQueue()
        self._count = itertools.count()
        self._ready: queue.SimpleQueue[_Ready] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Outcome | frames.FromWorker] = queue.SimpleQueue()
        self._models = HeldModels(self._outbox.put)

    def run(self) -> None:
        """Work until the other side closes the line."""
        for target in (*[self._look] * self._threads, self._call_in_batches, self._send):
            threading.Thread(target=target, daemon=True).start()
        stream = self._line.makefile("rb")
        while (body := frames.read(stream)) is not None:
            match frames.to_worker.decode(body):
                case Order() as order:
                    for task in order.tasks:
                        self._tasks.put((not order.urgent, next(self._count), order, task))
                case Unload(model=model, device=device):
                    self._models.drop(model, device)

    def _look(self) -> None:
        """Decode one picture after the other; ask the model at once where it takes single pictures."""
        while True:
            _, _, order, task = self._tasks.get()
            start = time.perf_counter()
            try:
                model = self._models.get(order.model, order.device)
                picture = pictures.decode(Path(os.fsdecode(task.path)), model.picture_px, self._max_megapixels)
                ready = _Ready(order, task, model, picture, time.perf_counter() - start)
                if model.adapter.calls == "batches":
                    self._ready.put(ready)
                else:
                    self._answer([ready])
            except Exception as error:  # noqa: BLE001  (the border of one job item)
                self._fail(order, task, error, time.perf_counter() - start)

    def _call_in_batches(self) -> None:
        """Give adapters that take batches what has been decoded in the meantime."""
        following: _Ready | None = None
        while True:
            batch, following = [following or self._ready.get()], None
            while len(batch) < BATCH and not self._ready.empty():
                following = self._ready.get()
                if following.order is not batch[0].order and not _same_question(following.order, batch[0].order):
                    break
                batch.append(following)
                following = None
            try:
                self._answer(batch)
            except Exception as error:  # noqa: BLE001  (the border of one job item, of several here)
                for ready in batch:
                    self._fail(ready.order, ready.task, error, ready.seconds)

    def _answer(self, batch: list[_Ready]) -> None:
        """Ask the model about pictures of one order; where they do not fit, about half of them at a time."""
        order, start = batch[0].order, time.perf_counter()
        ask = Ask(order.options, (order.prompt,) * len(batch) if order.prompt else ())
        try:
            answers: Sequence[Scored | Written | Exception]
            answers = batch[0].model.adapter.answer([ready.picture for ready in batch], ask)
        except MemoryError:
            if len(batch) == 1:
                raise
            self._answer(batch[: len(batch) // 2])
            self._answer(batch[len(batch) // 2 :])
            return
        spent = (time.perf_counter() - start) / len(batch)
        for ready, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                self._fail(ready.order, ready.task, answer, ready.seconds + spent, ready.picture.digest.hex())
            else:
                self._outbox.put(_outcome(ready, answer, ready.seconds + spent))

    def _fail(self, order: Order, task: Task, error: Exception, seconds: float, digest: str = "") -> None:
        failure = failure_of(error, order.model)
        if failure.code == "adapter":
            log.error("%s failed on %r", order.model, task.path, exc_info=error)
        self._outbox.put(Outcome(order.job, order.step, task.place, digest, seconds, error=failure))

    def _send(self) -> None:
        """Write what has gathered, many outcomes in a frame."""
        while True:
            waiting = [self._outbox.get()]
            while not self._outbox.empty():
                waiting.append(self._outbox.get())
            outcomes = tuple(message for message in waiting if isinstance(message, Outcome))
            # A label table must arrive before the outcomes that name it.
            said: list[frames.FromWorker] = [message for message in waiting if not isinstance(message, Outcome)]
            if outcomes:
                said.append(Outcomes(outcomes))
            try:
                self._line.sendall(b"".join(map(frames.pack, said)))
            except OSError:
                os._exit(0)  # nobody listens any more


def failure_of(error: Exception, model: str) -> Failure:
    """Say in one line why a picture has no answer."""
    if isinstance(error, CutlineError):
        return Failure(error.code, error.message, error.hint)
    if isinstance(error, MemoryError):
        return Failure(
            "out-of-memory", f"{model} does not fit in memory with this picture", "close other programs", True
        )
    said = " ".join(str(error).split())
    return Failure(
        "adapter",
        f"{model} failed: {type(error).__name__}{': ' if said else ''}{said[:300]}",
        "see: cutline engine logs",
    )


def _same_question(one: Order, other: Order) -> bool:
    return (one.model, one.device, one.options, one.prompt) == (other.model, other.device, other.options, other.prompt)


def _outcome(ready: _Ready, answer: Scored | Written, seconds: float) -> Outcome:
    order, digest = ready.order, ready.picture.digest.hex()
    if isinstance(answer, Written):
        return Outcome(order.job, order.step, ready.task.place, digest, seconds, text=answer.text)
    packed = scores.pack(answer.pairs, order.floor)
    return Outcome(order.job, order.step, ready.task.place, digest, seconds, ready.model.labels, packed)


def main() -> None:
    """Run a worker on the file descriptor that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c in the foreground is for the engine, which closes the line
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what a library says last must not be lost
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    max_megapixels, descriptor = map(int, sys.argv[1:])
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    Worker(socket.socket(fileno=descriptor), max_megapixels, threads).run()
    os._exit(0)  # threads may be deep in a model; nothing of theirs is wanted now


if __name__ == "__main__":
    main()
