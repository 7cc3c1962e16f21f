"""Collecting while the screen is open: lines that break are taken up again, and troubles are said once."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineUnreachable, NotWritable
from engine.tagging.ask import ask
from engine.tagging.open_jobs import open_jobs
from engine.tagging.request import Request
from engine.wire.protocol import End, ResultLine
from tests.engine.review.shelf import Shelf
from tests.engine.tagging.scripted import LABELS, ScriptedEngine, answer, told
from tui.jobs.collectors import Collectors
from tui.messages import JobNews, ResultsStored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from textual.message import Message

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo

NAMES = ("a.png", "b.png", "c.png")
PATIENCE_SECONDS = 60.0


class Table:
    """A dataset that asked an engine about its three images, and the collectors of a screen on it."""

    def __init__(self, root: Path) -> None:
        """Ask."""
        self.shelf = Shelf(root, dict.fromkeys(NAMES))
        self.engine = ScriptedEngine()
        self.away = False
        """Whether the engine cannot be found."""
        self.job = ask(self.shelf.desk, self.engine.client(), Request("m")).job
        self.closed = threading.Event()
        self._posted: SimpleQueue[Message] = SimpleQueue()
        self.posted: list[Message] = []
        self.collectors = Collectors(self.shelf.desk, self._posted.put, self._connect, self.closed)

    def _connect(self) -> EngineClient:
        if self.away:
            raise EngineUnreachable("the engine is not running", "cutline engine start")
        return self.engine.client()

    def answers(self, *names: str) -> list[ResultLine]:
        """Return the engine's answers about images, by their sequence numbers."""
        found = [answer(NAMES.index(name) + 1, self.shelf.id(name), f"picture {name}".encode()) for name in names]
        return [LABELS, *found]

    def look(self, jobs: Sequence[JobInfo] = ()) -> None:
        """Look once, and wait until all threads of it have ended."""
        self.collectors.look(jobs)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.collectors._followed:
            assert time.monotonic() < deadline, "a job is followed for ever"
            time.sleep(0.005)
        while not self._posted.empty():
            self.posted.append(self._posted.get())

    @property
    def news(self) -> list[tuple[str, str]]:
        """What was said, and how."""
        return [(message.text, message.tone) for message in self.posted if isinstance(message, JobNews)]

    def proposals(self) -> int:
        """Count the proposals, superseded ones too."""
        (count,) = self.shelf.desk.store.db.execute("SELECT count(*) FROM proposals").fetchone()
        return int(count)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    """Give a dataset with a job under way."""
    table = Table(tmp_path / "set")
    yield table
    table.shelf.desk.close()


def test_results_become_candidates(table: Table) -> None:
    """A job is collected to its end, and the screen hears of it; a collected job is not followed again."""
    table.engine.scripts = [[*table.answers(*NAMES), End("done", 3)]]
    table.look()
    assert table.proposals() == 3
    assert any(isinstance(message, ResultsStored) for message in table.posted)
    table.look()
    assert (table.engine.asked_after, table.news) == ([0], [])


def test_an_engine_that_comes_back_is_asked_from_the_cursor(table: Table) -> None:
    """While it is away nothing is said here; when it is there again, what is still missing comes, once."""
    table.engine.scripts = [table.answers("a.png")]  # and the line breaks

    class Goes(list[list[ResultLine]]):
        """The last script: with it the engine goes."""

        def pop(self, *_: object) -> list[ResultLine]:
            table.away = True
            return super().pop(0)

    table.engine.scripts = Goes(table.engine.scripts)
    table.look()
    table.look()
    assert table.proposals() == 1
    table.away = False
    table.engine.scripts = [[*table.answers(*NAMES), End("done", 3)]]
    table.look()
    assert table.engine.asked_after == [0, 1]
    assert table.proposals() == 3
    assert table.news == []


def test_a_lost_job_is_said_once(table: Table) -> None:
    """A job that the engine does not know any more is told with what to do, and not at every look."""
    table.engine.spool = "spool-2"
    for _ in range(3):
        table.look()
    ((text, tone),) = table.news
    assert "is lost: its spool was replaced" in text
    assert "cutline tag" in text
    assert tone == "error"


def test_a_full_disk_is_said_once_and_then_it_goes_on(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that find no room wait in the engine; with room they come, and both is said once."""
    store, full = table.shelf.desk.store, True
    transaction = store.transaction

    def refuse() -> AbstractContextManager[sqlite3.Connection]:
        if full:
            raise NotWritable("review.db cannot be written: database or disk is full", "make room")
        return transaction()

    monkeypatch.setattr(store, "transaction", refuse)
    for _ in range(3):
        table.engine.scripts = [[*table.answers(*NAMES), End("done", 3)]]
        table.look()
    assert table.engine.acknowledged == []
    ((text, tone),) = table.news
    assert text == "results of m wait in the engine: review.db cannot be written: database or disk is full (make room)"
    assert tone == "error"
    full = False
    table.engine.scripts = [[*table.answers(*NAMES), End("done", 3)]]
    table.look()
    assert table.news[1:] == [("results of m are stored again", "good")]
    assert table.proposals() == 3


def test_a_retried_job_is_collected_again(table: Table) -> None:
    """A job collected to its end is followed from its cursor when it has new results, or is under way again."""
    table.engine.scripts = [[*table.answers("a.png", "b.png"), End("done", 2)]]
    table.look()
    assert open_jobs(table.shelf.desk) == []
    table.look([told(table.job, "done", last=2)])
    assert table.engine.asked_after == [0]
    table.engine.scripts = [[*table.answers("c.png"), End("done", 3)]]
    table.look([told(table.job, "queued", last=2)])
    assert table.engine.asked_after == [0, 2]
    assert table.proposals() == 3


def test_a_store_that_cannot_be_read_is_said_once(table: Table) -> None:
    """Trouble with looking for open jobs is told like trouble with one of them, and ends no thread."""
    table.shelf.desk.store.db.execute("ALTER TABLE jobs RENAME TO gone")
    table.look()
    table.look()
    assert [text for text, _ in table.news if "results wait in the engine" in text] == [table.news[0][0]]
    table.shelf.desk.store.db.execute("ALTER TABLE gone RENAME TO jobs")
    table.engine.scripts = [[*table.answers(*NAMES), End("done", 3)]]
    table.look()
    assert table.news[1:] == [("results are stored again", "good")]


def test_after_the_screen_nothing_is_said(table: Table) -> None:
    """A store that was closed under a thread's hands is no news."""
    table.closed.set()
    table.shelf.desk.store.close()
    table.look()
    assert table.news == []
