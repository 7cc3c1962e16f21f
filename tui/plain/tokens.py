"""Token counts put into words: with the command `tokens`, and unasked where a caption is longer than a trainer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import unparsed
from engine.errors import BadSetting
from engine.models import token_counters
from tui.plain.lines import nothing_behind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.captions.tokens.tokens import Tokens
    from engine.settings import Settings
    from tui.course.card import Card
    from tui.hand import Hand
    from tui.plain.choices import Spoken
    from tui.plain.stage import SpokenStage


class SpokenTokens:
    """Counts what the caption takes, and what accepting would write."""

    def __init__(self, settings: Settings, hand: Hand, stage: SpokenStage) -> None:
        """Load no vocabulary yet.

        Args:
            settings: Name T5's tokenizer file, and how much a trainer reads.
            hand: Loads the vocabularies.
            stage: Where lines are said.
        """
        self._settings, self._hand, self._stage = settings, hand, stage
        self._limits = token_counters.limits(settings)
        self._tokens: Tokens | None = None

    @property
    def handlers(self) -> Spoken:
        """What does each action."""
        return {"tokens": self._read}

    async def warnings(self, card: Card) -> list[str]:
        """Return what is to be said of an image with a text that is too long; mostly nothing."""
        if card.problem:
            return []
        tokens = await self._loaded()
        name, text = list(_texts(card))[-1]
        budget = tokens.budget(text)
        if budget.clip <= self._limits.clip and budget.t5 <= self._limits.t5:
            return []
        return [f"Longer than is read. {self._counted(name, text, tokens)}"]

    async def _read(self, card: Card | None, rest: str) -> None:
        nothing_behind("tokens", rest)
        if card is not None:
            tokens = await self._loaded()
            self._stage.read([self._counted(name, text, tokens) for name, text in _texts(card)])

    def _counted(self, name: str, text: str, tokens: Tokens) -> str:
        budget, limits = tokens.budget(text), self._limits
        clip = _amount(budget.clip, limits.clip, exact=budget.clip_exact)
        t5 = _amount(budget.t5, limits.t5, exact=budget.t5_exact)
        return f"{name}: {clip} CLIP tokens, {t5} T5 tokens."

    async def _loaded(self) -> Tokens:
        """Load the vocabularies; where T5's file cannot be used, say so once and go on with estimates of it."""
        if self._tokens is None:
            try:
                self._tokens = await self._hand.do(token_counters.load, self._settings)
            except BadSetting as problem:
                self._stage.say(str(problem))
                self._tokens = await self._hand.do(token_counters.load_without_t5)
        return self._tokens


def _texts(card: Card) -> Iterator[tuple[str, str]]:
    """Yield the caption, then what accepting would write where that is another text."""
    frame, result = card.frame, card.result()
    yield "Caption", frame.caption.text
    if result != frame.raw:
        yield "Result", unparsed(result, frame.caption.separator).text


def _amount(count: int, limit: int, *, exact: bool) -> str:
    return f"{'' if exact else 'about '}{count:,} of {limit:,}"
