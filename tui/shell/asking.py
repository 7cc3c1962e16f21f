"""Asking a model about a dataset and following its job to the end: what `cutline tag` and `cutline demo` share."""

from __future__ import annotations

import shlex
import time
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import EngineUnreachable
from engine.review.candidates import open_candidates
from engine.tagging.accept import accept_proposals
from engine.tagging.ask import ask
from engine.tagging.collect import open_jobs
from engine.tagging.follow import follow
from engine.wire import lifecycle
from tui.shell.outcome import Interrupted, undo_command
from tui.shell.output import count
from tui.shell.progress import Progress
from tui.shell.tally import Tally

if TYPE_CHECKING:
    from engine.tagging.ask import Request
    from engine.tagging.collect import OpenJob
    from engine.tagging.follow import Heard
    from engine.workspace import Workspace
    from tui.shell.output import Output


def ask_and_follow(workspace: Workspace, request: Request, out: Output) -> Tally:
    """Ask about every image that has no answer yet, and collect until the job ends.

    Jobs that were left open are collected first, so that nothing is asked twice.

    Raises:
        CutlineError: The request makes no sense, or the engine cannot be reached.
        Interrupted: The person pressed Ctrl-C; the job goes on.
    """
    for job in open_jobs(workspace):
        _collect_earlier(workspace, job, out)
    started = time.monotonic()
    with lifecycle.find_or_start() as client:
        tally = Tally(ask(workspace, client, request), workspace)
    for job in open_jobs(workspace):
        if job.id == tally.asked.job:
            for heard in _followed(workspace, job, Progress(out, "tagging", tally.asked.items)):
                tally.note_refused(heard.told)
    if tally.asked.group is not None:
        _accept_the_rest(workspace, tally, tally.asked.group, out)
    tally.finish(time.monotonic() - started)
    return tally


def _followed(workspace: Workspace, job: OpenJob, bar: Progress) -> list[Heard]:
    """Follow a job to its end and return what was heard of it.

    Raises:
        Interrupted: The person pressed Ctrl-C.
    """
    heard: list[Heard] = []
    with bar as progress:
        try:
            follow(workspace, job, lifecycle.find_or_start, partial(_hear, heard, progress))
        except KeyboardInterrupt as stop:
            folder = shlex.quote(str(workspace.root))
            hint = f"to collect it, run the same command again, or: cutline review {folder}"
            raise Interrupted("interrupted: the job goes on in the engine", hint) from stop
    return heard


def _hear(heard: list[Heard], progress: Progress, news: Heard) -> None:
    heard.append(news)
    progress.advance(_size(news))


def _size(news: Heard) -> int:
    return len(news.batch.proposed) + len(news.batch.failed)


def _collect_earlier(workspace: Workspace, job: OpenJob, out: Output) -> None:
    """Take in what an earlier job found; one whose engine is gone for good is named and passed over."""
    left = max(0, len(job.request.items) - job.cursor)
    try:
        heard = _followed(workspace, job, Progress(out, f"earlier job of {job.source}:", left))
    except EngineUnreachable as problem:
        if any(still.id == job.id for still in open_jobs(workspace)):
            raise
        out.problem(problem)
        return
    accepted = sum(told.decided for news in heard for _, told in news.told)
    deed = f", {accepted:,} accepted as group {job.group}" if accepted else ""
    out.note(f"collected {count(sum(map(_size, heard)), 'result')} of an earlier job of {job.source}{deed}")


def _accept_the_rest(workspace: Workspace, tally: Tally, group: int, out: Output) -> None:
    """Accept what this source proposed before: answers that were stored already are results, too."""
    chosen = frozenset(tally.asked.chosen)
    rest = [c for c in open_candidates(workspace.store.db) if c.source == tally.asked.source and c.image in chosen]
    try:
        with Progress(out, "accepting", len(rest)) as progress:
            for candidate in rest:
                told = accept_proposals(workspace, candidate.image, frozenset({candidate.proposal}), group)
                tally.note_refused([(candidate.image, told)])
                progress.advance()
    except KeyboardInterrupt as stop:
        back = f"take back what was accepted with: {undo_command(str(workspace.root), group)}"
        raise Interrupted("interrupted while accepting", back) from stop
