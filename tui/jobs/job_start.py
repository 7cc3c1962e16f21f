"""Starting a job from the screen: which models there are, what it would ask, and asking it; all of it in a thread."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import CutlineError
from engine.models import packages, registry, weights
from engine.tagging.accept import accept_proposals, open_of
from engine.tagging.answered import unrecognised
from engine.tagging.ask import Asked, ask
from engine.tagging.forecast import forecast
from engine.wire import lifecycle

if TYPE_CHECKING:
    from engine.models.entry import Entry
    from engine.tagging.forecast import Forecast
    from engine.tagging.request import Request
    from engine.wire.protocol import JobInfo
    from engine.workspace import Workspace
    from tui.long_work import Course

READY, NOT_HERE, NOT_INSTALLED = "ready", "not downloaded", "not installed"
_STATES = (READY, NOT_HERE, NOT_INSTALLED)


class Model(NamedTuple):
    """One model of the catalogue."""

    entry: Entry
    state: str
    lacks: str
    """Why it cannot be asked, and what to do; empty where it can."""


class Started(NamedTuple):
    """What came of starting a job."""

    told: str
    """In one line."""
    job: JobInfo | None
    """As the engine has it; None where nothing had to be asked."""


def models() -> tuple[list[Model], list[str]]:
    """Read the catalogue, those that can be asked first; and say what is wrong with files of it."""
    entries, faults = registry.entries_and_faults()
    found = sorted(map(_model, entries), key=lambda model: (_STATES.index(model.state), model.entry.name))
    return found, [str(fault) for fault in faults]


def _model(entry: Entry) -> Model:
    if not registry.installed(entry):
        what = (
            f"cutline engine env create {entry.environment}"
            if entry.environment
            else f"cutline models show {entry.name}"
        )
        return Model(entry, NOT_INSTALLED, packages.advice(entry) or f"its libraries are not here: {what}")
    if not weights.present(entry):
        return Model(entry, NOT_HERE, f"its files are not here: cutline models pull {entry.name}")
    return Model(entry, READY, "")


def count(workspace: Workspace, request: Request) -> Forecast:
    """Say what a request would ask."""
    with workspace.store.explained():
        return forecast(workspace, request)


def start(workspace: Workspace, request: Request, course: Course) -> Started:
    """Ask, starting the engine where none runs.

    Raises:
        CutlineError: The request makes no sense, or the engine cannot be started; where it was lost on the way, the job
            is asked again at the next start.
    """
    with workspace.store.explained(), lifecycle.find_or_start() as client:
        for image in () if request.again else unrecognised(workspace, request):
            with suppress(CutlineError):  # it is asked about, and the engine says what is wrong with it
                workspace.look_again(image)
        asked = ask(workspace, client, request)
        accepted = 0
        if asked.group is not None:
            accepted = _accept_the_rest(workspace, asked, asked.group, course)
        job = client.job(asked.job) if asked.job else None
    return Started(_told(asked, accepted), job)


def _accept_the_rest(workspace: Workspace, asked: Asked, group: int, course: Course) -> int:
    """Accept what this source proposed before: answers that were stored already are results, too."""
    rest = open_of(workspace, asked.source, frozenset(asked.chosen))
    accepted = 0
    for done, (image, proposal) in enumerate(rest):
        course.progress(done, len(rest))
        accepted += accept_proposals(workspace, image, frozenset({proposal}), group).decided
    return accepted


def _told(asked: Asked, accepted: int) -> str:
    parts = [
        f"{asked.source}: {_images(asked.items)} asked about" if asked.items else f"{asked.source}: nothing to ask"
    ]
    if known := asked.reused + asked.unchanged:
        parts.append(f"{known:,} answered already")
    if owed := sum(len(earlier.images) for earlier in asked.awaited):
        parts.append(f"{owed:,} are under way in an earlier job")
    if accepted:
        parts.append(f"{accepted:,} accepted")
    return ", ".join(parts)


def _images(number: int) -> str:
    return "1 image" if number == 1 else f"{number:,} images"
