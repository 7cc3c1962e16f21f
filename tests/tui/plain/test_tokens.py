"""Token counts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import settings
from tests.tui.course.test_card import card_of
from tui.hand import Hand
from tui.idle import Idle
from tui.plain.stage import SpokenStage
from tui.plain.tokens import SpokenTokens

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.trial import Trial


async def test_caption_and_result_are_counted(trial: Trial) -> None:
    """Each in one line, an estimate as `about`; a result that is the caption is not said twice."""
    pytest.importorskip("instant_clip_tokenizer")
    trial.image("1.png", "cat, sofa\n")
    trial.tags("1.png", window=0.9)
    hand, stage, card = Hand(Idle()), SpokenStage(), card_of(trial)
    tokens = SpokenTokens(settings.Settings(), hand, stage)
    await tokens.handlers["tokens"](card, "")
    caption = "Caption: 3 of 75 CLIP tokens, about 5 of 512 T5 tokens."
    assert stage.said() == [caption, "Result: 5 of 75 CLIP tokens, about 7 of 512 T5 tokens."]
    card.choose(frozenset())
    await tokens.handlers["tokens"](card, "")
    assert stage.said() == [caption]
    assert await tokens.warnings(card) == []
    hand.rest()


async def test_what_is_too_long_is_said_unasked(trial: Trial, tmp_path: Path) -> None:
    """Of the text that would be in the file; a tokenizer file of T5 that is none is named once, and estimates go on."""
    pytest.importorskip("instant_clip_tokenizer")
    trial.image("1.png", "cat, " * 37)
    trial.tags("1.png", window=0.9)
    file = tmp_path / "tokenizer.json"
    file.write_text("{}")
    hand, stage, card = Hand(Idle()), SpokenStage(), card_of(trial)
    tokens = SpokenTokens(settings.Settings(tokens=settings.Tokens(t5=str(file))), hand, stage)
    (said,) = await tokens.warnings(card)
    assert said.startswith("Longer than is read. Result: 76 of 75 CLIP tokens, about ")
    card.choose(frozenset())
    assert await tokens.warnings(card) == []
    assert [line.partition(":")[0] for line in stage.said()] == ["tokens.t5"]
    hand.rest()
