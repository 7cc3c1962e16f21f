"""`cutline jobs pause`, `resume`, `cancel` and `retry`: what becomes of a background job. All are safe to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.shell.connecting import connect
from tui.shell.jobs import add_id, find_job, job_line
from tui.shell.output import count
from tui.shell.parser import add_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def pause_options(parser: Parser) -> None:
    """Declare what `jobs pause` takes."""
    add_id(parser)
    add_json(parser)


def pause(args: Namespace, out: Output) -> int:
    """Hand out no more of a job; what is done stays."""
    return _steer(args, out, lambda client, job: client.pause(job.id))


resume_options = cancel_options = retry_options = pause_options


def resume(args: Namespace, out: Output) -> int:
    """Go on with a paused job."""
    return _steer(args, out, lambda client, job: client.resume(job.id))


def cancel(args: Namespace, out: Output) -> int:
    """End a job; what is done stays and can be collected."""
    return _steer(args, out, lambda client, job: client.cancel(job.id))


def retry(args: Namespace, out: Output) -> int:
    """Ask again about the images that failed, and only those."""
    with connect(out) as client:
        before = find_job(client, args.id)
        after = client.retry(before.id)
    if out.json:
        out.document(after)
        return 0
    again = before.failed - after.failed
    out.say_line(job_line(after))
    out.say(f"{count(again, 'image')} asked about again" if again else "nothing failed in it")
    return 0


def _steer(args: Namespace, out: Output, step: Callable[[EngineClient, JobInfo], JobInfo]) -> int:
    with connect(out) as client:
        job = step(client, find_job(client, args.id))
    if out.json:
        out.document(job)
    else:
        out.say_line(job_line(job))
    return 0
