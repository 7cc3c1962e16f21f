"""One life of one worker process: started, spoken to, listened to, and killed when it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING

from engine.jobs import frames, lifeline
from engine.jobs.frames import Beat

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from engine.jobs.frames import FromWorker, Start, ToWorker

TICK_SECONDS = 1.0
HEARTBEAT_LOST_SECONDS = 60.0
"""A worker that says nothing for so long hangs. Counted in ticks: an engine that was stopped itself lost no beat."""


class WorkerProcess:
    """A worker while it lives; afterwards, what is known of its end."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        line: asyncio.StreamWriter,
        lifeline_end: int,
    ) -> None:
        """Hold what `start` made."""
        self._process = process
        self._reader, self._line = reader, line
        self._lifeline = lifeline_end
        self._silent_seconds = 0.0
        self._ticking = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        self._killed = ""
        self.spoke = False
        """Whether it ever said anything; one that did not cannot be run at all."""
        self.silence_allowed = HEARTBEAT_LOST_SECONDS
        """More while it loads a model: some libraries hold the interpreter's lock all the while."""

    @classmethod
    async def start(cls, command: Sequence[str], start: Start) -> WorkerProcess:
        """Start a worker.

        Args:
            command: How to run one; the number of its file descriptor is added.
            start: What it is to be.

        Raises:
            OSError: The command cannot be run.
        """
        ours, theirs = socket.socketpair()
        its_end, our_end = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=its_end,
                stdout=sys.stderr,  # whatever a library prints goes to the log
            )
        except OSError:
            ours.close()
            os.close(our_end)
            raise
        finally:
            theirs.close()
            os.close(its_end)
        worker = cls(process, *await asyncio.open_connection(sock=ours), our_end)
        worker.say(start)
        return worker

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def hung(self) -> bool:
        """Whether it was killed because it hung."""
        return bool(self._killed)

    def say(self, message: ToWorker) -> None:
        """Send a message; one to a process that has died goes nowhere."""
        self._line.write(frames.pack(message))

    async def drain(self) -> None:
        """Wait until what was sent is on its way."""
        with contextlib.suppress(ConnectionError):  # it is dead then; `listen` learns that at the same moment
            await self._line.drain()

    def kill(self, why: str = "") -> None:
        """End it at once.

        Args:
            why: What it did, when it hung.
        """
        self._killed = self._killed or why
        if self._process.returncode is None:
            self._process.kill()

    async def listen(self, heard: Callable[[FromWorker], Awaitable[None]]) -> str:
        """Pass on what the worker says until it is gone; return how it ended."""
        try:
            while True:
                (length,) = frames.LENGTH.unpack(await self._reader.readexactly(frames.LENGTH.size))
                message = frames.from_worker.decode(await self._reader.readexactly(length))
                self.spoke, self._silent_seconds = True, 0.0
                if isinstance(message, Beat) and message.seconds > message.patience_seconds:
                    self.kill(f"waited {message.seconds:.0f} s for {message.call}")
                await heard(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the worker is gone; any other error here is a fault of ours and ends the engine
        finally:
            self._ticking.cancel()
            self._line.close()
            os.close(self._lifeline)
        code = await self._process.wait()
        return self._killed or lifeline.ending(code)

    def _tick(self) -> None:
        self._silent_seconds += TICK_SECONDS
        if self._silent_seconds > self.silence_allowed:
            self.kill(f"was silent for {self._silent_seconds:.0f} s")
        self._ticking = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
