"""The counters of tokens on the screen: estimates at once, exact ones from a thread when the first image is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.captions.tokens.tokens import Tokens
from engine.errors import CutlineError
from engine.models import token_counters

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.captions.tokens.tokens import Limits
    from engine.settings import Settings
    from tui.idle import Idle
    from tui.stage import Tone


class TokenCounts:
    """Loads the vocabularies, and hands them to whoever shows counts."""

    def __init__(
        self, settings: Settings, idle: Idle, show: Callable[[Tokens, Limits], None], say: Callable[[str, Tone], None]
    ) -> None:
        """Have estimates shown until more is known.

        Args:
            settings: Name T5's tokenizer file, and how much a trainer reads.
            idle: Counts the loading.
            show: Takes the counters; called on the event loop.
            say: Says one raw line to the person.
        """
        self._settings, self._idle, self._show, self._say = settings, idle, show, say
        self._limits = token_counters.limits(settings)
        show(Tokens(), self._limits)

    async def load(self) -> None:
        """Load them in a thread; where T5's file cannot be used, say so once and go on with estimates of it."""
        with self._idle.working():
            try:
                tokens = await asyncio.to_thread(token_counters.load, self._settings)
            except CutlineError as problem:
                self._say(str(problem), "error")
                tokens = await asyncio.to_thread(token_counters.load_without_t5)
            self._show(tokens, self._limits)
