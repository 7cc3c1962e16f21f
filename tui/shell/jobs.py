"""`cutline jobs`: what the engine works on. The engine is started where it does not run: it alone can read its spool."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import EngineUnreachable, WrongUsage
from engine.wire import lifecycle
from engine.wire.protocol import FINAL_STATES, from_name
from tui.shell.connecting import connect
from tui.shell.outcome import DONE, PARTLY, Interrupted
from tui.shell.parser import add_json
from tui.shell.progress import Progress, duration

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo, Name
    from tui.shell.output import Output
    from tui.shell.parser import Parser

LOOK_SECONDS = 0.25
"""How often `follow` asks how far a job is."""
AWAY_SECONDS = 60.0
"""For so long `follow` looks for an engine that went away."""
SHORT_ID = 8
"""So much of a job's id is shown; any beginning that fits one job names it."""


def list_options(parser: Parser) -> None:
    """Declare what `jobs list` takes."""
    add_json(parser)


def list(args: Namespace, out: Output) -> int:  # noqa: A001, ARG001  (named and called as every command)
    """List the jobs the engine keeps."""
    with connect(out) as client:
        jobs = client.jobs()
    if out.json:
        out.document({"jobs": jobs})
    elif not jobs:
        out.say("the engine keeps no job")
    for job in () if out.json else jobs:
        out.say_line(job_line(job))
    return 0


def show_options(parser: Parser) -> None:
    """Declare what `jobs show` takes."""
    add_id(parser)
    parser.add_argument("--failed", action="store_true", help="list the images that failed, each with its reason")
    add_json(parser)


def add_id(parser: Parser) -> None:
    """Declare the job that a command is about."""
    parser.add_argument("id", metavar="ID", type=_beginning, help="the beginning of a job's id")


def show(args: Namespace, out: Output) -> int:
    """Show one job."""
    with connect(out) as client:
        job = find_job(client, args.id)
        if args.failed:
            job = client.job(job.id, failures=True)
    if out.json:
        out.document(job)
        return 0
    out.say_line(job_line(job))
    out.say(f"  id      {job.id}")
    for step in job.steps:
        options = ", ".join(f"{name}={value}" for name, value in step.options.items()) or "no options"
        out.say_line(f"  step    {step.name}: {step.model}, {options}")
    out.say(f"  asked   {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(job.created))}")
    if (took := job.took(time.time())) is not None:
        out.say(f"  took    {duration(took)}")
    if job.warning:
        out.say_line(f"  careful {job.warning}")
    for item in job.failures:
        out.say_line(f"  failed  {_name(item.key)}: {item.failure.message}{_in_brackets(item.failure.hint)}")
    if job.failed and not args.failed:
        out.say(f"  failed  {job.failed:,}; list them with: cutline jobs show {job.id[:SHORT_ID]} --failed")
    elif job.failed:
        out.say(f"  ask again about these: cutline jobs retry {job.id[:SHORT_ID]}")
    return 0


def follow_options(parser: Parser) -> None:
    """Declare what `jobs follow` takes."""
    parser.add_argument(
        "id", metavar="ID", nargs="?", type=_beginning, help="the beginning of a job's id; the newest job without"
    )
    add_json(parser)


def follow(args: Namespace, out: Output) -> int:
    """Watch a job until it ends; with `--json` one line each time something changed, the last one says how it ended."""
    with connect(out) as client:
        job = find_job(client, args.id)
    with Progress(out, f"job {job.id[:SHORT_ID]}:", job.items) as progress:
        try:
            for seen in _watched(job, out):
                job = seen
                progress.advance(job.done + job.failed - progress.done)
                if out.json:
                    out.document(job)
                elif job.message:
                    out.note(f"job {job.id[:SHORT_ID]} is {job.state}: {job.message}")
        except KeyboardInterrupt as stop:
            again = f"watch it again with: cutline jobs follow {job.id[:SHORT_ID]}"
            raise Interrupted("interrupted: the job goes on in the engine", again) from stop
    if not out.json:
        out.say_line(job_line(job))
    return PARTLY if job.failed or job.state == "cancelled" else DONE


def _watched(job: JobInfo, out: Output) -> Iterator[JobInfo]:
    """Yield a job each time it changed, until it ends; an engine that goes away is looked for again.

    Raises:
        EngineUnreachable: It stays away.
    """
    yield job
    heard = time.monotonic()
    while job.state not in FINAL_STATES:
        try:
            with lifecycle.find_or_start() as client:
                while job.state not in FINAL_STATES:
                    time.sleep(LOOK_SECONDS)
                    before, job = job, client.job(job.id)
                    heard = time.monotonic()
                    if (before.state, before.last, before.message) != (job.state, job.last, job.message):
                        yield job
        except EngineUnreachable as gone:
            if time.monotonic() - heard > AWAY_SECONDS:
                raise
            out.note(f"{gone.message}; looking for it again")
            time.sleep(LOOK_SECONDS)


def _beginning(text: str) -> str:
    """Refuse the empty beginning, which fits every job: a script's variable that was never set."""
    if not text:
        raise WrongUsage("the job's id is empty", "see: cutline jobs list")
    return text


def find_job(client: EngineClient, start: str | None) -> JobInfo:
    """Return the job whose id begins so; the newest for None.

    Raises:
        WrongUsage: None does, or several.
    """
    jobs = client.jobs()
    fitting = [job for job in jobs if job.id.startswith(start)] if start else [*jobs[:1]]
    if len(fitting) == 1:
        return client.job(fitting[0].id)
    if not start:
        raise WrongUsage("the engine keeps no job", "cutline tag makes one")
    what = "several jobs begin" if fitting else "no job begins"
    raise WrongUsage(f"{what} with `{start}`", "see: cutline jobs list")


def job_line(job: JobInfo) -> str:
    """Describe a job in one line."""
    failed = f", {job.failed} failed" if job.failed else ""
    speed = f", {job.rate:.1f} images/s" if job.rate else ""
    why = f"  {job.message}" if job.message else ""
    return f"{job.id[:SHORT_ID]}  {job.state:<8}  {job.done:,} of {job.items:,}{failed}{speed}  {job.source}  {_name(job.root)}{why}"


def _name(name: Name) -> str:
    return from_name(name).decode(errors="surrogateescape")


def _in_brackets(hint: str) -> str:
    return f" ({hint})" if hint else ""
