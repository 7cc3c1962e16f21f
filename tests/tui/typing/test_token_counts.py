"""Tests of how counters of tokens reach the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import settings
from engine.errors import BadSetting
from tests.tui.screens.seen import text
from tui import app
from tui.idle import Idle
from tui.typing.token_counts import TokenCounts

if TYPE_CHECKING:
    from pathlib import Path

    from engine.captions.tokens.tokens import Limits, Tokens
    from tests.tui.trial import Trial


async def test_estimates_are_there_at_once_and_exact_counts_follow() -> None:
    """Nothing is loaded before it is asked for; then the same place gets better counters."""
    pytest.importorskip("instant_clip_tokenizer")
    shown: list[tuple[Tokens, Limits]] = []
    counts = TokenCounts(
        settings.Settings(tokens=settings.Tokens(clip_blocks=3, t5_limit=256)),
        Idle(),
        lambda tokens, limits: shown.append((tokens, limits)),
        lambda words, tone: pytest.fail(f"{tone}: {words}"),
    )
    assert not shown[0][0].clip.exact
    await counts.load()
    assert [tokens.clip.exact for tokens, _ in shown] == [False, True]
    assert {limits for _, limits in shown} == {(225, 256)}


async def test_a_broken_tokenizer_file_is_said_once_and_clip_still_counts(tmp_path: Path) -> None:
    """What the file cannot do is told; the rest is exact all the same."""
    pytest.importorskip("instant_clip_tokenizer")
    file = tmp_path / "tokenizer.json"
    file.write_text("{}")
    shown: list[Tokens] = []
    said: list[tuple[str, str]] = []
    counts = TokenCounts(
        settings.Settings(tokens=settings.Tokens(t5=str(file))),
        Idle(),
        lambda tokens, _: shown.append(tokens),
        lambda words, tone: said.append((words, tone)),
    )
    await counts.load()
    ((words, tone),) = said
    assert words.startswith(f"tokens.t5: {file} holds no tokenizer")
    assert tone == "error"
    assert (shown[-1].clip.exact, shown[-1].t5.exact) == (True, False)


def test_a_tokenizer_file_that_is_not_there_is_said_before_the_screen_opens(tmp_path: Path) -> None:
    """Whoever starts the review learns which setting names which file, and nothing is opened."""
    wrong = settings.Settings(tokens=settings.Tokens(t5="/nowhere/spiece.model"))
    with pytest.raises(BadSetting, match=r"tokens\.t5: there is no file /nowhere/spiece\.model"):
        app.run(tmp_path, wrong, preview="none")
    assert not (tmp_path / ".cutline").exists()


async def test_counts_and_block_ends_are_on_the_screen(trial: Trial) -> None:
    """The caption and what will be written have their counts above them, and the place where a block ends."""
    pytest.importorskip("instant_clip_tokenizer")
    trial.image("a.png", "cat " * 74 + "sofa")
    trial.tags("a.png", window=0.9)
    shown = trial.app()
    async with shown.run_test(size=(120, 60)) as pilot:
        await shown.until_idle()
        await pilot.pause()
        seen = text(shown)
    assert "75/75 · T5 ~91/512" in seen
    assert "77/75! · T5 ~93/512" in seen
    assert seen.count("sofa│75│") == 1
