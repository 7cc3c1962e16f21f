"""What a person does with a scripted engine: asking it, and collecting what it says, for three images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.tagging.ask import Asked, ask
from engine.tagging.follow import Heard, follow
from engine.tagging.open_jobs import open_jobs
from engine.wire import protocol
from tests.engine.tagging.scripted import LABELS, ScriptedEngine, answer

if TYPE_CHECKING:
    from engine.tagging.request import Request
    from tests.engine.review.shelf import Shelf

NAMES = ("a.png", "b.png", "c.png")


def answers(shelf: Shelf) -> list[protocol.ResultLine]:
    """Return the answer about each image."""
    return [answer(n, shelf.id(name), f"picture {name}".encode()) for n, name in enumerate(NAMES, 1)]


def follow_all(shelf: Shelf, engine: ScriptedEngine) -> list[Heard]:
    """Follow every open job to its end."""
    heard: list[Heard] = []
    for job in open_jobs(shelf.desk):
        follow(shelf.desk, job, engine.client, heard.append)
    return heard


def tag(shelf: Shelf, engine: ScriptedEngine, request: Request) -> Asked:
    """Ask and collect, the engine answering all that is asked."""
    asked = ask(shelf.desk, engine.client(), request)
    if asked.job:
        wanted = {item.item for item in engine.taken[-1].items}
        lines = [line for line in answers(shelf) if isinstance(line, protocol.Result) and line.item in wanted]
        engine.scripts.append([LABELS, *lines, protocol.End("done", len(lines))])
        follow_all(shelf, engine)
    return asked
