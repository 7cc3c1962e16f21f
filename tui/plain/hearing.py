"""What the person heard last of a card, and what of a card is news to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.plain import speak

if TYPE_CHECKING:
    from engine.captions.changes.hunks import Hunk
    from engine.review.frames import Frame
    from engine.review.states import Entry
    from tui.course.card import Card


class Heard(NamedTuple):
    """A card as it was read out: cards themselves change as changes are chosen."""

    visit: int
    """Which coming-to-this-image it was."""
    frame: Frame
    problem: str
    in_view: int
    hunks: tuple[Hunk, ...]
    chosen: frozenset[int]
    cursor: int
    result: bytes | None
    marks: tuple[str, ...]
    """State, and what else the image is marked with."""


def heard(card: Card, entry: Entry | None) -> Heard:
    """Return what there is to hear of a card.

    Args:
        card: What is shown.
        entry: State and marks of its image.
    """
    chosen = card.chosen(card.shown) if card.hunks else frozenset()
    marks = tuple(speak.marks(entry))
    return Heard(
        card.visit, card.frame, card.problem, card.shown, card.hunks, chosen, card.cursor, card.result(), marks
    )


def is_new(before: Heard | None, card: Card) -> bool:
    """Say whether it is another image than the one heard of, or the person came to it anew."""
    return before is None or (before.frame.image.id, before.visit) != (card.image, card.visit)


def is_changed(before: Heard | None, card: Card) -> bool:
    """Say whether the image is another one, or its caption, its candidates or their answers are."""
    return before is None or (before.frame, before.problem) != (card.frame, card.problem)


def news(before: Heard, card: Card, entry: Entry | None) -> list[str]:
    """Return what is to be said of an image that was read out before: as little as tells what is different.

    A long result is not read again for each change that is chosen; who wants to hear it asks.

    Args:
        before: What was heard of it.
        card: What is shown.
        entry: State and marks of its image.
    """
    now = heard(card, entry)
    if (now.problem, now.frame.raw) != (before.problem, before.frame.raw):
        return speak.body(card)
    marks = [f"Now {', '.join(now.marks)}."] if now.marks != before.marks else []
    return marks + _changed(before, now, card)


def _changed(before: Heard, now: Heard, card: Card) -> list[str]:
    """Return what is to be said of candidates, changes and result."""
    lines: list[str] = []
    stands = _standing(now) == _standing(before)
    if now.hunks != before.hunks or now.in_view != before.in_view or not stands:
        lines = [*speak.candidates(card, others=not stands), *speak.changes(card)]
    elif now.chosen != before.chosen:
        lines = speak.listed(card, now.chosen ^ before.chosen)
    elif now.cursor != before.cursor:
        return [speak.change(card, card.cursor)]
    if not lines and now.result == before.result:
        return []
    return [*lines, *speak.result(card, long=now.hunks != before.hunks)]


def _standing(one: Heard) -> list[tuple[object, ...]]:
    """Return what is said of each candidate besides its changes."""
    return [(shown.proposal.id, shown.answer, shown.stale, len(shown.hunks)) for shown in one.frame.candidates]
