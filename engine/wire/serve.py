"""Run the engine in this process until it is told to stop: `python -P -m engine.wire.serve`."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

import uvicorn

from engine import log_file, paths, settings
from engine.errors import CutlineError
from engine.jobs.engine import Engine
from engine.wire.address import BACKLOG, Address, Door, holds, read_note, take_lock, withdraw_note, write_note
from engine.wire.connection import Connection
from engine.wire.server import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from engine.settings import Settings

LOOK_SECONDS = 1.0
"""How often the engine looks after its socket and its idle clocks; a lost socket is bound again within twice that."""
KEEP_ALIVE_SECONDS = 60
"""An unused connection is closed after so long."""

log = logging.getLogger("cutline.engine")


class Server(uvicorn.Server):
    """uvicorn's server around one engine: it ends the engine before its connections, and looks after its files."""

    def __init__(self, engine: Engine, door: Door, lock: int, streams: log_file.Streams) -> None:
        """Set up to serve an engine at a door.

        Args:
            engine: Answers everything.
            door: Where clients come in.
            lock: The lock on its spool.
            streams: What leads to the log.
        """
        routes = Routes(engine, self.stop)
        super().__init__(
            uvicorn.Config(
                routes.app(),
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=5,
            )
        )
        self._engine, self._door, self._lock, self._streams = engine, door, lock, streams
        self._now = False
        self._last_busy = time.monotonic()
        self._troubles: set[str] = set()

    def stop(self, now: bool) -> None:  # noqa: FBT001  (a callback)
        """End, after what is in flight or at once; may be called again to hurry."""
        self._now = self._now or now
        if self.should_exit and now:
            self._engine.hurry()
        self._engine.runner.hand_out_no_more()  # uvicorn takes a moment to see what comes next
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order at SIGTERM and Ctrl-C, and hurry at a second one; uvicorn would end by the signal afterwards."""
        del frame
        self._loop.call_soon_threadsafe(self._heed, signal.Signals(sig).name, self.should_exit)

    def _heed(self, name: str, again: bool) -> None:  # noqa: FBT001  (a callback)
        log.info("%s: %s", name, "ending at once" if again else "ending after the pictures in flight; again to hurry")
        self.stop(now=again)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the engine, so that its streams end, then the connections; uvicorn calls this once."""
        await self._engine.stop(now=self._now)
        await super().shutdown(sockets)
        self._door.remove()
        await self._engine.spool.close()
        withdraw_note()

    async def run_engine(self) -> None:
        """Serve until the end."""
        self._loop = asyncio.get_running_loop()
        self._announce()
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(self._look_after())
            tasks.create_task(self._engine.run())
            await self.serve(sockets=[self._door.socket])
            looking.cancel()

    def _announce(self) -> None:
        here = Address(
            os.fspath(self._door.path), os.getpid(), self._engine.version, self._engine.spool.id, socket.gethostname()
        )
        with self._told_once("the note that tells clients where the engine is cannot be written"):
            write_note(here)

    async def _look_after(self) -> None:
        """Look after files, models and idle clocks, also while the engine ends: that may take a while."""
        while not self._engine.ended:
            await asyncio.sleep(LOOK_SECONDS)
            log_file.rotate()
            self._streams.keep_up()
            if not holds(self._lock):  # from here on another engine may own what bears our names
                log.warning("the folder %s was removed: the engine ends", paths.state_dir())
                self.stop(now=True)
                return
            if not self._door.there:
                await self._bind_again()
            elif (note := read_note()) is None or note.pid != os.getpid():
                self._announce()
            self._engine.runner.unload_idle(self._engine.settings.engine.idle_unload_minutes * 60)
            self._watch_idleness()

    def _watch_idleness(self) -> None:
        """Note how long nobody has needed the engine, and end when that is long enough."""
        limit = self._engine.settings.engine.idle_exit_minutes * 60
        now = time.monotonic()
        if self.server_state.connections or not self._engine.runner.idle:
            self._last_busy = now
        idle = now - self._last_busy
        self._engine.idle_exit_in = max(0.0, limit - idle) if idle else None
        if idle > limit and not self.should_exit:
            log.info("nobody needed the engine for %g minutes", limit / 60)
            self.stop(now=False)

    async def _bind_again(self) -> None:
        """Make a new socket where clients look; connections through the old one go on."""
        with self._told_once("the socket vanished and cannot be bound again yet"):
            self._door = Door()
            log.warning("the socket vanished and was bound again: %s", self._door.path)
            connection = functools.partial(Connection, self.config, self.server_state, {})
            self.servers.append(await self._loop.create_server(connection, sock=self._door.socket, backlog=BACKLOG))
            self._announce()

    @contextlib.contextmanager
    def _told_once(self, trouble: str) -> Iterator[None]:
        """Go on after a failure that is tried again each second, and log it when it is a new one."""
        try:
            yield
        except (OSError, CutlineError) as error:
            why = f"{trouble}: {error.strerror if isinstance(error, OSError) else error}"
            if why not in self._troubles:
                log.warning("%s", why)
            self._troubles.add(why)
        else:
            self._troubles = {told for told in self._troubles if not told.startswith(trouble)}


def run(in_force: Settings, worker: Sequence[str] = ()) -> None:
    """Run the engine, unless there is one: then return at once, without a word but in the log.

    Args:
        in_force: The settings.
        worker: How to run a worker; empty for the usual way.

    Raises:
        CutlineError: The folders or the spool cannot be used.
    """
    lock = take_lock()
    if lock is None:
        log.info("there is an engine already")
        return
    streams = log_file.Streams()
    log_file.rotate()
    streams.keep_up()
    engine = Engine(paths.state_dir(), in_force, worker)
    log.info("engine %s started, process %d", engine.version, os.getpid())
    asyncio.run(Server(engine, Door(), lock, streams).run_engine())
    log.info("engine ended")


def main(worker: Sequence[str] = ()) -> int:
    """Run the engine as a process of its own; messages go to stderr, which is the log when it was started detached.

    Args:
        worker: How to run a worker; empty for the usual way.
    """
    os.chdir("/")
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the end of a login does not end the engine
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # what clients send amiss is answered, not logged
    try:
        run(settings.load(), worker)
    except CutlineError as error:
        log.error("%s", error)  # noqa: TRY400  (one line: it says what happened and what to do)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
