"""The counters of tokens that this machine and the settings allow: exact where a vocabulary is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.tokens.tokens import BLOCK, ClipCounter, Limits, Tokens

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.settings import Settings


def check(settings: Settings) -> None:
    """Look at once whether the settings can be followed; reads no vocabulary.

    Raises:
        BadSetting: The tokenizer file of T5 is not there, or nothing installed reads it.
    """
    if settings.tokens.t5:
        from engine.models import t5_tokenizer  # noqa: PLC0415  (most people name no file of T5)

        t5_tokenizer.check(settings.tokens.t5)


def limits(settings: Settings) -> Limits:
    """Return how many tokens the person's trainer reads."""
    return Limits(settings.tokens.clip_blocks * BLOCK, settings.tokens.t5_limit)


def load(settings: Settings) -> Tokens:
    """Load the vocabularies: some 50 ms, and more for a tokenizer file of T5; not for the event loop.

    Raises:
        BadSetting: The tokenizer file of T5 cannot be used; names setting and file.
    """
    t5 = None
    if settings.tokens.t5:
        from engine.models import t5_tokenizer  # noqa: PLC0415  (most people name no file of T5)

        t5 = t5_tokenizer.load(settings.tokens.t5)
    return Tokens(_clip(), t5)


def load_without_t5() -> Tokens:
    """Load CLIP's vocabulary only."""
    return Tokens(_clip())


def guessed(tokens: Tokens, needs: Collection[str]) -> str:
    """Return which counts are an estimate, of those that a filter or an order takes; a few words, empty for none.

    Args:
        tokens: What counted.
        needs: `tokens` for those of CLIP, `t5` for those of T5.
    """
    counters = (("tokens", "CLIP", tokens.clip.exact), ("t5", "T5", tokens.t5.exact))
    names = [name for need, name, exact in counters if need in needs and not exact]
    return f"{' and '.join(names)} tokens are an estimate" if names else ""


def _clip() -> ClipCounter:
    # Here, not above: the first caption waits neither for the vocabulary nor for what finds it.
    from engine.models import clip_vocabulary  # noqa: PLC0415

    return ClipCounter(clip_vocabulary.load())
