"""Run the engine in this process until it is told to stop: `python -P -m engine.wire.serve`."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import uvicorn

from engine import paths, settings
from engine.errors import CutlineError
from engine.jobs.engine import Engine
from engine.wire.address import BACKLOG, Address, Door, read_note, take_lock, withdraw_note, write_note
from engine.wire.connection import Connection
from engine.wire.server import Routes

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from engine.settings import Settings

LOOK_SECONDS = 1.0
"""How often the engine looks after its socket and its idle clocks; a lost socket is bound again within twice that."""
MOST_CONNECTIONS = 256
KEEP_ALIVE_SECONDS = 60
"""An unused connection is closed after so long."""

log = logging.getLogger("cutline.engine")


class Server(uvicorn.Server):
    """uvicorn's server around one engine: it ends the engine before its connections, and looks after the socket."""

    def __init__(self, engine: Engine, door: Door) -> None:
        """Set up to serve an engine at a door."""
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
                limit_concurrency=MOST_CONNECTIONS,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=5,
            )
        )
        self._engine = engine
        self._door = door
        self._now = False
        self._last_busy = time.monotonic()

    def stop(self, now: bool) -> None:  # noqa: FBT001  (a callback)
        """End, after what is in flight or at once; may be called again to hurry."""
        self._now = self._now or now
        if self.should_exit and now:
            self._engine.hurry()
        self._engine.runner.hand_out_no_more()  # uvicorn takes a moment to see what comes next
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the engine, so that its streams end, then the connections; uvicorn calls this once."""
        await self._engine.stop(now=self._now)
        await super().shutdown(sockets)
        self._door.remove()
        await self._engine.spool.close()
        withdraw_note()

    async def run_engine(self) -> None:
        """Serve until the end."""
        self._announce()
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(self._look_after())
            tasks.create_task(self._engine.run())
            await self.serve(sockets=[self._door.socket])
            looking.cancel()

    def _announce(self) -> None:
        write_note(Address(os.fspath(self._door.path), os.getpid(), self._engine.version, self._engine.spool.id))

    async def _look_after(self) -> None:
        """Bind the socket again when it vanished, unload idle models, end when nobody needs the engine."""
        limits = self._engine.settings.engine
        while not self.should_exit:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._door.there:
                await self._bind_again()
            elif (note := read_note()) is None or note.pid != os.getpid():
                self._announce()
            await self._engine.runner.unload_idle(limits.idle_unload_minutes * 60)
            if self.server_state.connections or not self._engine.runner.idle:
                self._last_busy = time.monotonic()
            elif time.monotonic() - self._last_busy > limits.idle_exit_minutes * 60:
                log.info("nobody needed the engine for %g minutes", limits.idle_exit_minutes)
                self.stop(now=False)

    async def _bind_again(self) -> None:
        """Make a new socket where clients look; connections through the old one go on."""
        try:
            self._door = Door()
        except (OSError, CutlineError):
            log.exception("the socket vanished and cannot be bound again yet")
            return
        log.warning("the socket vanished and was bound again")
        connection = functools.partial(Connection, self.config, self.server_state, {})
        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(connection, sock=self._door.socket, backlog=BACKLOG))
        self._announce()


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
    engine = Engine(paths.state_dir(), in_force, worker)
    log.info("engine %s started, process %d", engine.version, os.getpid())
    asyncio.run(Server(engine, Door()).run_engine())
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
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        run(settings.load(), worker)
    except CutlineError as error:
        log.error("%s", error)  # noqa: TRY400  (one line: it says what happened and what to do)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
