"""The thread that finds: the latest question alone, and words about how far it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from engine.finding.language import Order, parse
from engine.settings import Settings
from tui.finding.seeking import Seeker
from tui.idle import Idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.trial import Trial


@pytest.fixture
def seeker(trial: Trial) -> Iterator[Seeker]:
    """Give a seeker over three images."""
    for name, caption in {"a.png": "cat", "b.png": "dog", "c.png": "cat"}.items():
        trial.image(name, caption)
    made = Seeker(trial.workspace, Idle(), Settings())
    yield made
    made.close()


async def test_only_the_latest_question_is_answered(seeker: Seeker) -> None:
    """What is asked while another question is under way takes its place."""
    first, second = await asyncio.gather(seeker.find(parse("tag:cat")), seeker.find(parse("tag:dog")))
    assert first is None
    assert second is not None
    assert len(second) == 1


async def test_states_need_no_index(seeker: Seeker) -> None:
    """A filter of states is answered without the libraries that an index takes."""
    assert await seeker.find(parse("untouched"), Order("path", is_reversed=True)) == [3, 2, 1]
    assert seeker._finder is None


async def test_words_are_completed_before_anything_was_read(seeker: Seeker) -> None:
    """The words of the language are known at once, the dataset's tags once captions were read."""
    assert [one.text for one in seeker.complete("fold", 4)] == ["folder:"]
    assert seeker.complete("tag:c", 5) == []
    await seeker.prepare()
    assert [one.text for one in seeker.complete("tag:c", 5)] == ["cat"]


async def test_what_is_forgotten_is_not_answered(seeker: Seeker) -> None:
    """A question that nobody waits for any more has no answer."""
    asked = asyncio.create_task(seeker.find(parse("tag:cat")))
    await asyncio.sleep(0)
    seeker.forget()
    assert await asked is None


async def test_an_answer_that_rests_on_an_estimate_says_so(seeker: Seeker) -> None:
    """Where no tokenizer of T5 is configured its tokens are estimated; whatever asks for none says nothing."""
    assert await seeker.find(parse("t5>1"), Order("t5")) == [1, 2, 3]
    assert seeker.estimated(parse("t5>1")) == " (T5 tokens are an estimate)"
    assert seeker.estimated(None, Order("t5")) == " (T5 tokens are an estimate)"
    assert seeker.estimated(parse("tag:cat")) == ""
