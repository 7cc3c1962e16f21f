"""Asking a model about a dataset, and following its job to the end or leaving it: what `tag` and `demo` share."""

from __future__ import annotations

import shlex
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.tagging import background
from engine.tagging.accept import accept_proposals, open_of
from engine.tagging.answered import unrecognised
from engine.tagging.ask import ask
from engine.tagging.follow import follow, take_in
from engine.tagging.open_jobs import close_lost, open_jobs, reopen
from engine.tagging.request import source_of
from engine.wire import lifecycle
from engine.wire.protocol import FINAL_STATES
from tui.shell.connecting import connect
from tui.shell.outcome import Interrupted, undo_command
from tui.shell.output import count
from tui.shell.progress import Progress
from tui.shell.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.tagging.follow import Heard
    from engine.tagging.open_jobs import OpenJob
    from engine.tagging.request import Request
    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo
    from engine.workspace import Workspace
    from tui.shell.output import Output


def ask_and_follow(workspace: Workspace, request: Request, out: Output) -> Tally:
    """Ask about every image that has no answer yet, and collect until the jobs that answer them end.

    Raises:
        CutlineError: The request makes no sense, or the engine cannot be reached.
        Interrupted: The person pressed Ctrl-C; the job goes on.
    """
    started = time.monotonic()
    with connect(out) as client:
        _take_in_earlier(workspace, client, lambda job, over: over or job.source != source_of(request), out)
        _recognise(workspace, request, out)
        tally = Tally(ask(workspace, client, request), workspace)
    with Progress(out, "tagging", tally.expected) as progress:
        _follow(workspace, tally, progress)
    if tally.asked.group is not None:
        _accept_the_rest(workspace, tally, tally.asked.group, out)
    tally.finish(time.monotonic() - started)
    return tally


def ask_and_leave(workspace: Workspace, request: Request, out: Output) -> Tally:
    """Ask about every image that has no answer yet, and leave the job to the engine.

    With `accept`, a process of its own collects and decides what comes.

    Raises:
        CutlineError: The request makes no sense, or the engine cannot be reached.
    """
    started = time.monotonic()
    with connect(out) as client:
        _take_in_earlier(workspace, client, lambda _, over: over, out)
        _recognise(workspace, request, out)
        tally = Tally(ask(workspace, client, request), workspace, left=True)
    if request.accept:
        background.start(workspace.root, tally.asked)
    tally.finish(time.monotonic() - started)
    return tally


def _take_in_earlier(
    workspace: Workspace, client: EngineClient, wanted: Callable[[OpenJob, bool], bool], out: Output
) -> None:
    """Take in what earlier jobs have found by now.

    Args:
        workspace: The dataset.
        client: The engine.
        wanted: Chooses jobs; is also told whether one is over, so that nothing need be awaited of it.
        out: Told what came.
    """
    for problem in close_lost(workspace, client):
        out.problem(problem)
    known = {info.id: info for info in client.jobs()}
    reopen(workspace, known.values())
    for job in open_jobs(workspace):
        if not wanted(job, _is_over(known.get(job.id), job.cursor)):
            continue
        heard: list[Heard] = []
        take_in(workspace, job, client, heard.append)
        if found := sum(map(_size, heard)):
            accepted = sum(told.decided for news in heard for _, told in news.told)
            deed = f", {accepted:,} accepted as group {job.group}" if accepted else ""
            out.note(f"collected {count(found, 'result')} of an earlier job of {job.source}{deed}")


def _is_over(info: JobInfo | None, cursor: int) -> bool:
    """Say whether a job answers nothing more: it was cancelled, or all of it is stored and only not acknowledged."""
    return info is not None and (info.state == "cancelled" or (info.state in FINAL_STATES and info.last == cursor))


def _recognise(workspace: Workspace, request: Request, out: Output) -> None:
    """Look at pictures whose files changed since they were answered: in a copied dataset only their times did."""
    changed = [] if request.again else unrecognised(workspace, request)
    with Progress(out, "looking at", len(changed)) as progress:
        for image in changed:
            with suppress(CutlineError):  # it is asked about, and the engine says what is wrong with it
                workspace.look_again(image)
            progress.advance()


def _follow(workspace: Workspace, tally: Tally, progress: Progress) -> None:
    """Follow the jobs that answer a request to their end.

    Raises:
        Interrupted: The person pressed Ctrl-C.
    """

    def hear(news: Heard) -> None:
        tally.note_refused(news.told)
        progress.waits("")
        progress.advance(_size(news))

    try:
        for job in open_jobs(workspace):
            if job.id in tally.jobs:
                follow(workspace, job, lifecycle.find_or_start, hear, partial(_say_why, job.id, progress))
    except KeyboardInterrupt as stop:
        folder = shlex.quote(str(workspace.root))
        hint = f"to collect it, run the same command again, or: cutline review {folder}"
        raise Interrupted("interrupted: the job goes on in the engine", hint) from stop


def _say_why(job: str, progress: Progress) -> None:
    """Say why nothing comes of a job: it is paused, or waits for space."""
    client = lifecycle.find()
    if client is None:
        return
    with client:
        info = client.job(job)
    why = info.message or f"cutline jobs resume {job[:8]}"
    progress.waits(f"{info.state}: {why}" if info.state in {"paused", "waiting for space"} else "")


def _size(news: Heard) -> int:
    return len(news.batch.proposed) + len(news.batch.failed)


def _accept_the_rest(workspace: Workspace, tally: Tally, group: int, out: Output) -> None:
    """Accept what this source proposed before: answers that were stored already are results, too."""
    rest = open_of(workspace, tally.asked.source, frozenset(tally.asked.chosen))
    try:
        with Progress(out, "accepting", len(rest)) as progress:
            for image, proposal in rest:
                told = accept_proposals(workspace, image, frozenset({proposal}), group)
                tally.note_refused([(image, told)])
                progress.advance()
    except KeyboardInterrupt as stop:
        back = f"take back what was accepted with: {undo_command(str(workspace.root), group)}"
        raise Interrupted("interrupted while accepting", back) from stop
