"""Cards that were left: only those that something was done on, and no more than there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.course.test_card import card_of
from tui.course import cards_left
from tui.course.cards_left import CardsLeft

if TYPE_CHECKING:
    import pytest

    from tests.tui.trial import Trial


def test_the_first_without_text_go_where_there_are_too_many(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody touched is not kept; of the others those with text of the person stay longest."""
    monkeypatch.setattr(cards_left, "MOST", 2)
    names = ("1.png", "2.png", "3.png", "4.png")
    for name in names:
        trial.image(name, "cat")
    for name in names:
        trial.tags(name, sofa=0.9)
    left = CardsLeft()
    cards = [card_of(trial, name) for name in names]
    left.keep(None)
    left.keep(cards[0])
    assert left.of(cards[0].image) is None
    cards[0].work("red sofa")
    for card in cards[1:]:
        card.toggle()
    for card in cards:
        left.keep(card)
    assert [left.of(card.image) is card for card in cards] == [True, False, False, True]
    assert left.with_text() == [cards[0]]
    left.forget(cards[0].image)
    assert left.of(cards[0].image) is None
