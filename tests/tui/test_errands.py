"""Small pieces of work beside the turns."""

from __future__ import annotations

import asyncio

from engine.errors import CutlineError, Refused
from tui.errands import Errands
from tui.idle import Idle


async def test_an_errand_counts_from_its_asking_to_its_end() -> None:
    """Between asking and beginning nothing is idle, and at the end it is again."""
    idle, go_on = Idle(), asyncio.Event()

    async def work() -> None:
        await go_on.wait()

    Errands(idle, lambda _: None).start(work())
    assert idle.under_way == 1
    go_on.set()
    await idle.reached()
    assert idle.under_way == 0


async def test_what_goes_wrong_is_told() -> None:
    """A problem that a person can do something about is told, and the errand is over."""
    idle, told = Idle(), list[CutlineError]()

    async def work() -> None:
        raise Refused("no", "try again")

    Errands(idle, told.append).start(work())
    await idle.reached()
    assert [str(problem) for problem in told] == ["no (try again)"]
