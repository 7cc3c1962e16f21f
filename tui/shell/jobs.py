"""`cutline jobs`: what the engine works on. The engine is started where it does not run: it alone can read its spool."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from engine.wire import lifecycle
from engine.wire.protocol import FINAL_STATES, from_name
from tui.shell.outcome import DONE, PARTLY, Interrupted
from tui.shell.parser import add_json
from tui.shell.progress import Progress, duration

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo
    from tui.shell.output import Output
    from tui.shell.parser import Parser

LOOK_SECONDS = 0.25
"""How often `follow` asks how far a job is."""
SHORT_ID = 8
"""So much of a job's id is shown; any beginning that fits one job names it."""


def list_options(parser: Parser) -> None:
    """Declare what `jobs list` takes."""
    add_json(parser)


def list(args: Namespace, out: Output) -> int:  # noqa: A001, ARG001  (named and called as every command)
    """List the jobs the engine keeps."""
    with lifecycle.find_or_start() as client:
        jobs = client.jobs()
    if out.json:
        out.document({"jobs": jobs})
    elif not jobs:
        out.say("the engine keeps no job")
    for job in () if out.json else jobs:
        out.say_line(_line(job))
    return 0


def show_options(parser: Parser) -> None:
    """Declare what `jobs show` takes."""
    parser.add_argument("id", metavar="ID", help="the beginning of a job's id")
    add_json(parser)


def show(args: Namespace, out: Output) -> int:
    """Show one job."""
    with lifecycle.find_or_start() as client:
        job = _find(client, args.id)
    if out.json:
        out.document(job)
        return 0
    out.say_line(_line(job))
    out.say(f"  id      {job.id}")
    for step in job.steps:
        options = ", ".join(f"{name}={value}" for name, value in step.options.items()) or "no options"
        out.say_line(f"  step    {step.name}: {step.model}, {options}")
    out.say(f"  asked   {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(job.created))}")
    if job.started is not None:
        out.say(f"  took    {duration((job.ended or time.time()) - job.started)}")
    return 0


def follow_options(parser: Parser) -> None:
    """Declare what `jobs follow` takes."""
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="the beginning of a job's id; the newest job without"
    )
    add_json(parser)


def follow(args: Namespace, out: Output) -> int:
    """Watch a job until it ends; with `--json` one line each time something changed, the last one says how it ended."""
    with lifecycle.find_or_start() as client:
        job = _find(client, args.id)
        with Progress(out, f"job {job.id[:SHORT_ID]}:", job.items) as progress:
            try:
                job = _watch(client, job, out, progress)
            except KeyboardInterrupt as stop:
                again = f"watch it again with: cutline jobs follow {job.id[:SHORT_ID]}"
                raise Interrupted("interrupted: the job goes on in the engine", again) from stop
    if not out.json:
        out.say_line(_line(job))
    return PARTLY if job.failed else DONE


def _watch(client: EngineClient, job: JobInfo, out: Output, progress: Progress) -> JobInfo:
    said: JobInfo | None = None
    while True:
        progress.advance(job.done + job.failed - progress.done)
        if out.json and (said is None or (said.state, said.last) != (job.state, job.last)):
            out.document(job)
            said = job
        if job.state in FINAL_STATES:
            return job
        time.sleep(LOOK_SECONDS)
        job = client.job(job.id)


def _find(client: EngineClient, start: str) -> JobInfo:
    """Return the job whose id begins so; the newest when nothing is given.

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


def _line(job: JobInfo) -> str:
    failed = f", {job.failed} failed" if job.failed else ""
    speed = f", {job.rate:.1f} images/s" if job.rate else ""
    why = f"  {job.message}" if job.message else ""
    root = from_name(job.root).decode(errors="surrogateescape")
    return (
        f"{job.id[:SHORT_ID]}  {job.state:<8}  {job.done:,} of {job.items:,}{failed}{speed}  {job.source}  {root}{why}"
    )
