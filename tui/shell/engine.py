"""`cutline engine`: the background process that runs models."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, WrongUsage
from engine.wire import lifecycle
from engine.wire.address import log_path
from tui.shell.output import count
from tui.shell.parser import add_json

if TYPE_CHECKING:
    from argparse import Namespace
    from io import BufferedReader

    from engine.wire.protocol import Status
    from tui.shell.output import Output
    from tui.shell.parser import Parser

LOOK_SECONDS = 0.3
"""How often `logs -f` looks for more."""


def start_options(parser: Parser) -> None:
    """Declare what `engine start` takes."""
    add_json(parser)


def start(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Start the engine, or say that it runs."""
    with lifecycle.find_or_start() as client:
        _say_status(out, client.status())
    return 0


def stop_options(parser: Parser) -> None:
    """Declare what `engine stop` takes."""
    parser.add_argument("--now", action="store_true", help="do not wait for the images in flight")
    add_json(parser)


def stop(args: Namespace, out: Output) -> int:
    """Stop the engine."""
    stopped = lifecycle.stop(now=args.now)
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
        _say_status(out, client.status())
    return 0


def _say_status(out: Output, now: Status) -> None:
    if out.json:
        out.document({"running": True, **msgspec.to_builtins(now)})
        return
    out.say(f"the engine runs: process {now.pid}, version {now.version}, devices {', '.join(now.devices)}")
    for model in now.models:
        out.say(f"  model {model.name} on {model.device}, idle for {model.idle_seconds:.0f} s")
    for state, number in now.jobs.items():
        if number:
            out.say(f"  {count(number, 'job')} {state}")


def logs_options(parser: Parser) -> None:
    """Declare what `engine logs` takes."""
    parser.add_argument("-f", "--follow", action="store_true", help="wait for more, until interrupted")


def logs(args: Namespace, out: Output) -> int:
    """Print the engine's log."""
    try:
        file = log_path().open("rb")
    except FileNotFoundError as error:
        raise CutlineError(f"there is no log yet: {log_path()}", "the engine writes it when it starts") from error
    with file:
        _print_rest(file, out)
        while args.follow:
            time.sleep(LOOK_SECONDS)
            _print_rest(file, out)
    return 0


def _print_rest(file: BufferedReader, out: Output) -> None:
    for line in file:
        out.say(line.decode(errors="replace").rstrip("\n"))


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
