"""Idle and the hand: counted work, in order."""

from __future__ import annotations

import asyncio

import pytest

from tui.hand import Hand
from tui.idle import Idle


async def test_idle_is_reached_when_all_work_is_done() -> None:
    """Waiting ends after the last piece of work, not after the first."""
    idle = Idle()
    idle.rise()
    idle.rise()
    waiting = asyncio.create_task(idle.reached())
    idle.fall()
    await asyncio.sleep(0)
    assert not waiting.done()
    idle.fall()
    await waiting


async def test_hand_runs_calls_in_order_and_counts_them() -> None:
    """Calls asked for together run one after another; an error reaches the caller and is counted off."""
    idle = Idle()
    hand = Hand(idle)
    done: list[int] = []
    await asyncio.gather(*(hand.do(done.append, number) for number in range(50)))
    assert done == list(range(50))
    with pytest.raises(ZeroDivisionError):
        await hand.do(lambda: 1 / 0)
    assert idle.under_way == 0
    hand.rest()
