"""The live count: the latest question is answered, troubles are told, and nothing is left running."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.view import View
from engine.review.score_index import ScoreIndex
from engine.review.threshold_counts import Counted
from tests.stories.sitting import PATIENCE_SECONDS
from tui.idle import Idle
from tui.thresholds.live_count import Counting, LiveCount, Question

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator

    from engine.errors import CutlineError
    from tests.tui.trial import Trial


class Ear:
    """Keeps what is told."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.heard: list[tuple[str, Counted | str]] = []

    def counted(self, question: Question, counted: Counted) -> None:
        """Take the number."""
        self.heard.append((question.line, counted))

    def not_counted(self, problem: CutlineError) -> None:
        """Take the reason why there is none."""
        self.heard.append(("", problem.message))


@asynccontextmanager
async def counting(trial: Trial) -> AsyncIterator[tuple[LiveCount, Ear, Idle]]:
    """Count over a dataset as the screen does."""
    ear, idle = Ear(), Idle()
    live = LiveCount(Counting(trial.workspace.store), idle, ear)
    running = asyncio.create_task(live.run())
    yield live, ear, idle
    live.close()
    running.cancel()


def question(to: float, source: str = "tagger") -> Question:
    """Ask for a threshold instead of the usual one."""
    return Question(source, View(), View(threshold=to), f"{source} {to}")


async def test_each_source_is_counted_by_itself(trial: Trial) -> None:
    """Numbers are of the source asked about, also in turns, and follow decisions."""
    trial.image("1.png").image("2.png")
    trial.tags("1.png", source="one", sofa=0.4)
    trial.tags("1.png", source="two", sofa=0.4, lamp=0.4)
    trial.tags("2.png", source="two", sofa=0.9)
    async with counting(trial) as (live, ear, idle):
        for source in ("one", "two", "one"):
            live.ask(question(0.5, source))
            await asyncio.wait_for(idle.reached(), PATIENCE_SECONDS)
        one, two = Counted(1, 0, 1, 1), Counted(1, 0, 2, 2)
        assert [counted for _, counted in ear.heard] == [one, two, one]
        assert live.floors == {"one": pytest.approx(0.05, abs=1e-5), "two": pytest.approx(0.05, abs=1e-5)}
        trial.workspace.reject(trial.workspace.frame(trial.workspace.entry_of(b"1.png").id))
        live.ask(question(0.5, "two"))
        await asyncio.wait_for(idle.reached(), PATIENCE_SECONDS)
        assert ear.heard[-1][1] == Counted(0, 0, 0, 1)


async def test_trouble_is_told_and_the_next_question_answered(trial: Trial) -> None:
    """Scores that cannot be read are named; what is asked afterwards is counted."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.4)
    with trial.workspace.store.transaction() as db:
        ((good,),) = db.execute("SELECT scores FROM answers").fetchall()
        db.execute("UPDATE answers SET scores = x'01'")
    async with counting(trial) as (live, ear, idle):
        live.ask(question(0.5))
        await asyncio.wait_for(idle.reached(), PATIENCE_SECONDS)
        with trial.workspace.store.transaction() as db:
            db.execute("UPDATE answers SET scores = ?", (good,))
        live.ask(question(0.6))
        await asyncio.wait_for(idle.reached(), PATIENCE_SECONDS)
    assert ear.heard == [("", "stored tag scores cannot be read"), ("tagger 0.6", Counted(1, 0, 1, 1))]


async def test_questions_asked_meanwhile_are_one(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """While scores are read three more are asked: only the last is answered, and the first given up."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.4)
    begun, go_on, follow = threading.Event(), threading.Event(), ScoreIndex.follow

    def slowly(index: ScoreIndex, db: sqlite3.Connection) -> None:
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)
        follow(index, db)

    monkeypatch.setattr(ScoreIndex, "follow", slowly)
    async with counting(trial) as (live, ear, idle):
        live.ask(question(0.5))
        assert await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
        for to in (0.6, 0.7, 0.8):
            live.ask(question(to))
        go_on.set()
        await asyncio.wait_for(idle.reached(), PATIENCE_SECONDS)
    assert [line for line, _ in ear.heard] == ["tagger 0.8"]


async def test_closing_ends_the_thread(trial: Trial) -> None:
    """After closing none of its threads is left, also where scores were being read ahead."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.4)
    async with counting(trial) as (live, _, __):
        live.prepare("tagger", View())
        live.prepare("tagger", View())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("count")]


def test_the_screen_starts_without_numpy() -> None:
    """It comes with the first question: it takes longer to import than the first caption may."""
    code = "import sys, tui.app, tui.screens.review, tui.widgets.filter_bar; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
