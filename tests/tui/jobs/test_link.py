"""The link: without an engine it says so, and nothing waits for it; with one it tells whose jobs are whose."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import pytest

from engine.tagging import open_jobs
from engine.wire import address, lifecycle
from tests.tui.kept_jobs import KeptJobs, failed, run_instead
from tui.jobs import link as link_module
from tui.jobs.collectors import Collectors
from tui.jobs.link import Link
from tui.messages import EngineSeen, JobAnswered, JobNews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.message import Message

    from tests.tui.trial import Trial

PATIENCE_SECONDS = 60.0


class Heard:
    """A link on a dataset, and what it posts."""

    def __init__(self, trial: Trial) -> None:
        """Prepare the link."""
        self.told: queue.Queue[Message] = queue.Queue()
        self.link = Link(trial.workspace, self.told.put)

    def seen(self) -> EngineSeen:
        """Return the next news of the engine."""
        while not isinstance(message := self.told.get(timeout=PATIENCE_SECONDS), EngineSeen):
            pass
        return message

    def answered(self) -> JobAnswered:
        """Return the next answer about a job."""
        while not isinstance(message := self.told.get(timeout=PATIENCE_SECONDS), JobAnswered):
            pass
        return message


@pytest.fixture
def heard(trial: Trial) -> Iterator[Heard]:
    """Give a link that is closed at the end."""
    trial.image("1.png")
    heard = Heard(trial)
    yield heard
    heard.link.close()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> KeptJobs:
    """Give an engine that is found, and looked at often."""
    made = KeptJobs()
    run_instead(made, monkeypatch)
    monkeypatch.setattr(link_module, "LOOK_SECONDS", 0.01)
    return made


def test_no_engine_is_told(heard: Heard) -> None:
    """Where no engine runs the link says so and starts none."""
    heard.link.open()
    message = heard.seen()
    assert not message.running
    assert message.problem == ""


@pytest.mark.parametrize(("end", "owed", "expected"), [("died", 1, 2), ("was stopped", 1, 1), ("died", 0, 0)])
def test_an_engine_that_died_is_started_again(
    heard: Heard, engine: KeptJobs, monkeypatch: pytest.MonkeyPatch, end: str, owed: int, expected: int
) -> None:
    """Started at the beginning where results are owed, and once more when it died; never where it said goodbye."""
    starts: list[int] = []

    def start() -> KeptJobs:
        starts.append(1)
        engine.running = True
        return engine

    monkeypatch.setattr(lifecycle, "find_or_start", start)
    monkeypatch.setattr(address, "engine_crashed", lambda: end == "died")
    monkeypatch.setattr(open_jobs, "open_jobs", lambda _: [None] * owed)
    monkeypatch.setattr(Collectors, "look", lambda *_: None)  # it would ask about jobs that nobody has
    monkeypatch.setattr(link_module, "RESTART_SECONDS", 0.05)
    heard.link.open()
    heard.seen()
    engine.running = False
    while heard.seen().running:
        pass
    for _ in range(20):
        heard.seen()
    assert len(starts) == expected


def test_an_engine_that_dies_again_and_again_is_not_started_all_the_time(
    heard: Heard, engine: KeptJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two starts there is a pause, however often it is looked for."""
    starts: list[int] = []

    def start() -> KeptJobs:
        starts.append(1)
        return engine

    engine.running = False
    monkeypatch.setattr(lifecycle, "find_or_start", start)
    monkeypatch.setattr(address, "engine_crashed", lambda: True)
    monkeypatch.setattr(open_jobs, "open_jobs", lambda _: [None])
    heard.link.open()
    for _ in range(20):
        heard.seen()
    assert len(starts) == 1


def test_newer_news_replace_older_ones() -> None:
    """Of two messages about the engine that wait only the newer is handled."""
    older, newer = EngineSeen(running=False), EngineSeen(running=True)
    assert older.can_replace(newer)


def test_jobs_are_told_apart(trial: Trial, heard: Heard, engine: KeptJobs) -> None:
    """Jobs of this dataset and of others are separate; those under way are the ones that are not over."""
    engine.add("over", str(trial.root), "done")
    engine.add("theirs", "/elsewhere")
    engine.add("mine", str(trial.root), "paused")
    heard.link.open()
    message = heard.seen()
    assert [job.source for job in message.jobs] == ["mine", "over"]
    assert [job.source for job in message.others] == ["theirs"]
    assert [job.source for job in message.under_way] == ["mine"]


def test_a_warning_is_said_once(trial: Trial, heard: Heard, engine: KeptJobs) -> None:
    """A device that is not used is told when it is known; warnings of jobs long over are not news."""
    engine.add("old", str(trial.root), "done", warning="ran on cpu")
    job = engine.add("mine", str(trial.root))
    heard.link.open()
    heard.seen()
    engine.change(job, warning="runs on cpu, not on cuda:0", state="done", ended=1.0)
    said: list[tuple[str, str]] = []
    while len(said) < 1:
        if isinstance(message := heard.told.get(timeout=PATIENCE_SECONDS), JobNews):
            said.append((message.text, message.tone))
    for _ in range(3):
        heard.seen()
    assert said == [("mine: runs on cpu, not on cuda:0", "warning")]
    assert not any(isinstance(message, JobNews) for message in list(heard.told.queue))


def test_requests_are_answered_in_their_order(trial: Trial, heard: Heard, engine: KeptJobs) -> None:
    """Each request has one answer: the job as it is then, with what failed where that was asked."""
    job = engine.add("mine", str(trial.root), failed=(failed("1.png"),))
    for what in ("pause", "resume", "failures", "retry", "cancel"):
        heard.link.ask(what, job)
    answers = [heard.answered() for _ in range(5)]
    assert [answer.what for answer in answers] == ["pause", "resume", "failures", "retry", "cancel"]
    assert [answer.job and answer.job.state for answer in answers] == [
        "paused",
        "running",
        "running",
        "queued",
        "cancelled",
    ]
    assert [bool(answer.job and answer.job.failures) for answer in answers] == [False, False, True, False, False]


def test_what_cannot_be_asked_is_answered_with_the_reason(heard: Heard, engine: KeptJobs) -> None:
    """Refusals, and an engine that is gone, come as one line; the link goes on."""
    job = engine.add("stubborn", "/set")
    heard.link.ask("cancel", job)
    assert "cannot be cancelled" in heard.answered().problem
    engine.running = False
    heard.link.ask("pause", job)
    answer = heard.answered()
    assert (answer.job, answer.problem) == (None, "the engine is not running (cutline engine start)")
    engine.running = True
    heard.link.ask("pause", job)
    assert heard.answered().problem == ""
