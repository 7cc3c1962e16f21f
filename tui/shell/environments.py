"""`cutline engine env`: Python environments for models whose libraries clash with others."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from engine.captions.display import show
from engine.errors import WrongUsage
from engine.models import environments, making, worker_wheel
from tui.shell.output import is_terminal
from tui.shell.parser import add_json
from tui.shell.questions import can_ask, says_yes

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser


def list_options(parser: Parser) -> None:
    """Declare what `engine env list` takes."""
    add_json(parser)


def list(args: Namespace, out: Output) -> int:  # noqa: A001, ARG001  (named and called as every command is)
    """List the environments, made or not; a description that cannot be read is named, and hides no other."""
    known = environments.environments(out.problem)
    if out.json:
        out.document({"environments": [_fields(environment) for environment in known]})
        return 0
    for environment in known:
        out.say_line(f"{environment.name:<16} {environments.state_of(environment):<11} {environment.summary}")
    if not known:
        out.say("there is none: a model that needs one brings it, or its description")
    return 0


def create_options(parser: Parser) -> None:
    """Declare what `engine env create` takes."""
    parser.add_argument("name", metavar="NAME", help="the environment")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser)


def create(args: Namespace, out: Output) -> int:
    """Make an environment, after saying what goes into it and where."""
    environment = environments.find(args.name)
    if environments.state_of(environment) != "ready":
        out.note(f"{environment.name}: {environment.summary}")
        out.note(f"  installs {', '.join((*environment.requirements, *worker_wheel.NEEDS))}, and cutline's worker")
        out.note(f"  into {environments.folder_of(environment.name)}")
        if not args.yes and not can_ask(out):
            raise WrongUsage("nobody is there to ask", f"say so: cutline engine env create {environment.name} --yes")
        if not args.yes and not says_yes(out, "make it now?"):
            out.note("nothing was made")
            return 1
        _make(environment, out)
    if out.json:
        out.document(_fields(environment))
    else:
        out.say(f"the environment {environment.name} is ready")
    return 0


def remove_options(parser: Parser) -> None:
    """Declare what `engine env remove` takes."""
    parser.add_argument("name", metavar="NAME", help="the environment")
    add_json(parser)


def remove(args: Namespace, out: Output) -> int:
    """Remove what was made; its description stays."""
    environment = environments.find(args.name)
    removed = making.remove(environment.name)
    if out.json:
        out.document({**_fields(environment), "removed": removed})
    else:
        out.say(f"the environment {environment.name} {'is removed' if removed else 'was not made'}")
    return 0


def _make(environment: environments.Environment, out: Output) -> None:
    """Make it; what the tools say is one line that changes on a terminal, and plain lines elsewhere."""
    if not is_terminal(out.errors):
        making.make(environment, out.note)
        return
    columns = shutil.get_terminal_size().columns
    try:
        making.make(environment, lambda line: out.raw_note(f"\r{show(line, one_line=True)[: columns - 1]}\x1b[K"))
    finally:
        out.raw_note("\r\x1b[K")


def _fields(environment: environments.Environment) -> dict[str, object]:
    return {
        "name": environment.name,
        "summary": environment.summary,
        "state": environments.state_of(environment),
        "requirements": environment.requirements,
        "python": environment.python,
        "folder": str(environments.folder_of(environment.name)),
    }
