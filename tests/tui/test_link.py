"""The link: without an engine it says so, and nothing waits for it."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

from tui.link import Link
from tui.messages import EngineSeen

if TYPE_CHECKING:
    from textual.message import Message

    from tests.tui.trial import Trial


def test_no_engine_is_told(trial: Trial) -> None:
    """Where no engine runs the link says so and starts none."""
    trial.image("1.png")
    told: queue.Queue[Message] = queue.Queue()
    link = Link(trial.workspace, told.put)
    link.open()
    message = told.get(timeout=20)
    link.close()
    assert isinstance(message, EngineSeen)
    assert not message.running
    assert message.problem == ""


def test_newer_news_replace_older_ones() -> None:
    """Of two messages about the engine that wait only the newer is handled."""
    older, newer = EngineSeen(running=False), EngineSeen(running=True)
    assert older.can_replace(newer)
