"""One process that holds models: pictures are decoded ahead, the adapter answers, outcomes go back in frames.

Run as `python -P -m engine.jobs.worker FD`, FD being its end of a socket pair, with a lifeline as its stdin. When the
engine is gone, the process ends at once: whatever it was doing is done again by the next one.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from engine.jobs import decoding, frames, lifeline
from engine.jobs.asking import Asking
from engine.jobs.backlog import Backlog, Ready
from engine.jobs.calls import Calls
from engine.jobs.decoding import Decoder
from engine.jobs.frames import Order, Outcome, Outcomes, Start, Task, Unload, Withdraw, Withdrawn
from engine.jobs.held_models import HeldModels
from engine.jobs.output import Output
from engine.log_file import Streams
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

BEAT_SECONDS = 1.0

log = logging.getLogger("cutline.worker")


class Worker:
    """The threads of a worker process and what they share."""

    def __init__(self, line: socket.socket, decoder: Sequence[str], output: Output, streams: Streams) -> None:
        """Set up for one end of a socket pair.

        Args:
            line: Frames come and go here.
            decoder: How to run a decoder.
            output: Mended after every call of a model.
            streams: Kept up with the log.
        """
        self._line, self._writing = line, threading.Lock()
        self._decoder = decoder
        self._streams = streams
        self._backlog = Backlog()
        self._outbox: queue.SimpleQueue[Outcome | frames.FromWorker] = queue.SimpleQueue()
        self._calls = Calls()
        self._models = HeldModels(self._say, self._calls)
        self._asking = Asking(self._models, self._calls, self._outbox.put, output.mend)

    def run(self) -> None:
        """Work until the other side closes the line."""
        stream = self._line.makefile("rb")
        while (body := frames.read(stream)) is not None:
            match frames.to_worker.decode(body):
                case Start() as start:
                    self._begin(start)
                case Order() as order:
                    self._backlog.add(order)
                case Withdraw(job):
                    self._outbox.put(Withdrawn(job, self._backlog.withdraw(job)))
                case Unload(model, device):
                    self._models.drop(model, device)

    def _begin(self, start: Start) -> None:
        for _ in range(start.threads):
            decoder = Decoder(self._decoder, start.max_megapixels, start.decode_seconds)
            threading.Thread(target=self._look, args=(decoder,), daemon=True).start()
        for target in (self._call_in_batches, self._send, self._beat):
            threading.Thread(target=target, daemon=True).start()

    def _look(self, decoder: Decoder) -> None:
        """Decode one picture after the other; ask the model at once where it takes single pictures."""
        decoder.start()
        while True:
            self._look_at(decoder, *self._backlog.take())

    def _look_at(self, decoder: Decoder, order: Order, task: Task) -> None:
        start = time.perf_counter()
        try:
            held = self._models.get(order)
        except Exception as error:  # noqa: BLE001  (the border of one job item)
            self._asking.fail(order, task, error, time.perf_counter() - start)
            return
        fit = getattr(held.adapter, "fit", None)
        picture = decoder.decode(task.path, order.folders, held.entry.picture_px, fit)
        seconds = time.perf_counter() - start
        if isinstance(picture, Failure):
            self._outbox.put(Outcome(order.job, order.step, task.place, seconds=seconds, error=picture))
            return
        ready = Ready(order, task, picture, seconds)
        if held.adapter.calls == "batches":
            self._backlog.put(ready)
        else:
            self._asking.ask([ready])

    def _call_in_batches(self) -> None:
        """Give adapters that take batches what has been decoded in the meantime."""
        while True:
            self._asking.ask(self._backlog.take_batch(self._asking.size))

    def _beat(self) -> None:
        """Say that this process lives, and move to a new log where the engine has begun one."""
        while True:
            self._outbox.put(self._calls.beat(BEAT_SECONDS, self._asking.largest_batch))
            time.sleep(BEAT_SECONDS)
            self._streams.keep_up()

    def _send(self) -> None:
        """Write what has gathered, many outcomes in a frame."""
        while True:
            waiting = [self._outbox.get()]
            while not self._outbox.empty():
                waiting.append(self._outbox.get())
            outcomes = tuple(message for message in waiting if isinstance(message, Outcome))
            said: list[frames.FromWorker] = [message for message in waiting if not isinstance(message, Outcome)]
            self._say(*said, *([Outcomes(outcomes)] if outcomes else []))

    def _say(self, *messages: frames.FromWorker) -> None:
        """Write messages now: that a model is being loaded must be known when that ends the process."""
        with self._writing:
            try:
                self._line.sendall(b"".join(map(frames.pack, messages)))
            except OSError:
                os._exit(0)  # nobody listens any more


def _end(fault: threading.ExceptHookArgs) -> None:
    """End the process when one of its threads does: its pictures would never be answered."""
    log.critical("the worker ends", exc_info=fault.exc_value)
    os._exit(1)


def main(decoder: Sequence[str] = decoding.COMMAND) -> None:
    """Run a worker on the file descriptor that the command line names.

    Args:
        decoder: How to run a decoder.
    """
    lifeline.hold()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c in the foreground is for the engine, which closes the line
    threading.excepthook = _end
    streams, output = Streams(), Output()
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    Worker(socket.socket(fileno=int(sys.argv[1])), decoder, output, streams).run()
    os._exit(0)  # threads may be deep in a model; nothing of theirs is wanted now


if __name__ == "__main__":
    main()
