"""Many decisions: as many at a time as the lock may be held for, so that a key in another process waits only a moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.review.decide import Draft, Intent, Made, Step, decide_at_once, intended

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

HELD_SECONDS = 0.04
"""For how long the lock is held at a time, as far as that can be foreseen."""
BREATH_SECONDS = 0.001
"""Between two batches: whoever waits for the lock is woken, and has it."""
FIRST, LARGEST = 8, 128
"""Decisions in a batch: as long as nobody knows how fast the disk is, and at most."""


def decide_many(
    store: Store,
    files: CaptionFiles,
    drafts: Sequence[Draft],
    still_right: Callable[[sqlite3.Connection, Draft], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Step | CutlineError]:
    """Make many decisions; a refused one touches no other, and each caption may come several times.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        drafts: What was decided.
        still_right: Called inside the transaction before a row is made; raises a `CutlineError` to refuse.
        on_progress: Called after each batch with how many are done, and of how many.
        stop: Asked between batches whether to leave the rest.

    Returns:
        For each draft, same order: the decision, or why there is none; shorter where it was stopped.
    """

    def intent(draft: Draft) -> Intent:
        return intended(draft, None if still_right is None else lambda db: still_right(db, draft))

    results: list[Step | CutlineError] = []
    for made in in_batches(store, files, [intent(draft) for draft in drafts], stop):
        results += made
        if on_progress is not None:
            on_progress(len(results), len(drafts))
    return results


def in_batches(
    store: Store, files: CaptionFiles, intents: Sequence[Intent], stop: Callable[[], bool] | None = None
) -> Iterator[list[Step | CutlineError]]:
    """Carry out intents in their order; yield what came of them, batch after batch, while nothing is held.

    Where the store cannot be written any more, all that is left is refused for that reason.
    """
    at, size = 0, FIRST
    while at < len(intents) and not (stop is not None and stop()):
        batch = _without_repeats(intents[at : at + size])
        try:
            made = decide_at_once(store, files, batch, patience=HELD_SECONDS / 2)
        except CutlineError as failure:
            yield [failure] * (len(intents) - at)
            return
        at += len(made.results)
        size = _next_size(size, made)
        yield made.results
        if at < len(intents):
            time.sleep(BREATH_SECONDS)


def _without_repeats(intents: Sequence[Intent]) -> Sequence[Intent]:
    """Return the intents up to the first whose caption came before: the file has to be written in between."""
    seen: set[bytes] = set()
    for place, intent in enumerate(intents):
        if intent.caption in seen:
            return intents[:place]
        seen.add(intent.caption)
    return intents


def _next_size(size: int, made: Made) -> int:
    """Return how many fit into the time, going by the last batch; growing no faster than twofold."""
    each = made.held_seconds / len(made.results)
    return max(1, min(int(HELD_SECONDS / each), 2 * size, LARGEST))
