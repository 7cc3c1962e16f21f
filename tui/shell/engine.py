"""`cutline engine`: the background process that runs models."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, WrongUsage
from engine.log_file import Reader, log_path
from engine.wire import lifecycle
from tui.shell.connecting import connect
from tui.shell.outcome import Interrupted
from tui.shell.output import count
from tui.shell.parser import add_json, at_least
from tui.shell.progress import duration

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.wire.protocol import Status
    from tui.shell.output import Output
    from tui.shell.parser import Parser

LINES = 100
"""How much of the log is printed when nobody says."""
LOOK_SECONDS = 0.3
"""How often `logs -f` looks for more."""


def start_options(parser: Parser) -> None:
    """Declare what `engine start` takes."""
    add_json(parser)


def start(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Start the engine, or say that it runs."""
    with connect(out) as client:
        _say_status(out, client.status(), client.address)
    return 0


def stop_options(parser: Parser) -> None:
    """Declare what `engine stop` takes."""
    parser.add_argument("--now", action="store_true", help="do not wait for the images in flight")
    add_json(parser)


def stop(args: Namespace, out: Output) -> int:
    """Stop the engine."""
    if not args.now:
        _say_what_is_waited_for(out)
    try:
        stopped = lifecycle.stop(now=args.now)
    except KeyboardInterrupt as stop:
        raise Interrupted(
            "interrupted: the engine ends after the images in flight", "not to wait for them: cutline engine stop --now"
        ) from stop
    if out.json:
        out.document({"running": False, "stopped": stopped})
    else:
        out.say("the engine is stopped" if stopped else "the engine was not running")
    return 0


def status_options(parser: Parser) -> None:
    """Declare what `engine status` takes."""
    add_json(parser)


def status(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Say whether the engine runs; it is not started for that."""
    client = lifecycle.find()
    if client is None:
        if out.json:
            out.document({"running": False})
        else:
            out.say("the engine is not running")
        return 0
    with client:
        _say_status(out, client.status(), client.address)
    return 0


def _say_what_is_waited_for(out: Output) -> None:
    with suppress(CutlineError):  # it is stopped in any case
        client = lifecycle.find()
        if client is not None:
            with client:
                busy = client.status().jobs.get("running")
            if busy:
                out.note("waiting for the images in flight; --now does not")


def _say_status(out: Output, now: Status, socket: str) -> None:
    if out.json:
        out.document({"running": True, "socket": socket, **msgspec.to_builtins(now)})
        return
    out.say(f"the engine runs: process {now.pid}, version {now.version}, devices {', '.join(now.devices)}")
    out.say_line(f"  socket {socket}")
    for notice in now.notices:
        out.say_line(f"  ! {notice}")
    for worker in now.workers:
        environment = f" in {worker.environment}" if worker.environment else ""
        replaced = f", replaced {count(worker.restarts, 'time')}" if worker.restarts else ""
        held = count(worker.in_flight, "image")
        out.say_line(f"  worker {worker.pid} on {worker.device}{environment}: {held} in flight{replaced}")
    for model in now.models:
        left = max(0.0, now.idle_unload_seconds - model.idle_seconds)
        rest = f"idle, unloaded in {duration(left)}" if model.idle_seconds else "at work"
        out.say_line(f"  model {model.name} on {model.device}: {rest}")
    for state, number in now.jobs.items():
        if number:
            out.say(f"  {count(number, 'job')} {state}")
    if now.idle_exit_in is not None:
        out.say(f"  ends in {duration(now.idle_exit_in)} unless it is needed")


def logs_options(parser: Parser) -> None:
    """Declare what `engine logs` takes."""
    parser.add_argument("-f", "--follow", action="store_true", help="wait for more, until interrupted")
    parser.add_argument(
        "-n", "--lines", metavar="N", type=at_least(0), default=LINES, help=f"begin with the last N lines; else {LINES}"
    )


def logs(args: Namespace, out: Output) -> int:
    """Print the end of the engine's log."""
    try:
        reader = Reader()
    except FileNotFoundError as error:
        raise CutlineError(f"there is no log yet: {log_path()}", "the engine writes it when it starts") from error
    with closing(reader):
        _print(reader.last(args.lines), out)
        while args.follow:
            time.sleep(LOOK_SECONDS)
            _print(reader.more(), out)
    return 0


def _print(lines: list[bytes], out: Output) -> None:
    for line in lines:
        out.say(line.decode(errors="replace"))


def run_options(parser: Parser) -> None:
    """Declare what `engine run` takes."""
    del parser


def run(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Run the engine in this process until it is told to stop."""
    if client := lifecycle.find():
        with client:
            raise WrongUsage(f"the engine runs already: process {client.status().pid}", "cutline engine stop ends it")
    from engine.wire import serve  # noqa: PLC0415  (loads the server, which no other command needs)

    out.note("the engine runs in the foreground; Ctrl-C ends it")
    return serve.main()
