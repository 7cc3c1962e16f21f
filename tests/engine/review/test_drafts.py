"""Drafts in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.review.drafts import KeptElsewhere, Unwritten

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


@pytest.mark.parametrize("text", ["", "a cat", "caf\udce9 \ud800 \x1b[2J\n\n", "x" * 100_000])
@pytest.mark.parametrize("before", [None, b"", b"caf\xe9\r\n"])
def test_a_draft_comes_back_as_it_was_typed(shelf: Shelf, text: str, before: bytes | None) -> None:
    """Text and the caption it began with are found by another process, whatever they hold."""
    shelf.desk.keep_draft(shelf.id("a.png"), Unwritten("older", b"x"))
    shelf.desk.keep_draft(shelf.id("a.png"), Unwritten(text, before))
    other = shelf.open()
    assert other.drafts_kept() == {shelf.id("a.png"): Unwritten(text, before)}
    other.close()


def test_a_draft_ends_when_it_is_dropped(shelf: Shelf) -> None:
    """Dropping one leaves the others, and dropping what is not there does nothing."""
    one, two = Unwritten("one", None), Unwritten("two", None)
    shelf.desk.keep_draft(shelf.id("a.png"), one)
    shelf.desk.keep_draft(shelf.id("b.png"), two)
    shelf.desk.keep_draft(shelf.id("a.png"), None)
    shelf.desk.keep_draft(shelf.id("c.png"), None)
    assert shelf.desk.drafts_kept() == {shelf.id("b.png"): two}


def test_a_draft_is_no_decision(shelf: Shelf) -> None:
    """It touches no file and no state, and is nothing that undo takes back."""
    before = shelf.caption("a.png"), shelf.state("a.png")
    shelf.desk.keep_draft(shelf.id("a.png"), Unwritten("another", b"cat, sofa\n"))
    assert (shelf.caption("a.png"), shelf.state("a.png")) == before
    assert shelf.desk.undo_last() is None


def test_a_draft_of_somebody_else_is_neither_replaced_nor_dropped(shelf: Shelf) -> None:
    """Only the texts that were named give way, and the refusal holds what is there."""
    image, theirs = shelf.id("a.png"), Unwritten("theirs", None)
    shelf.desk.keep_draft(image, theirs)
    with pytest.raises(KeptElsewhere) as refused:
        shelf.desk.keep_draft(image, Unwritten("ours", None), over=["older"])
    shelf.desk.keep_draft(image, None, over=["older"])
    assert (refused.value.found, shelf.desk.drafts_kept()) == ("theirs", {image: theirs})
    shelf.desk.keep_draft(image, Unwritten("ours", None), over=["theirs"])
    shelf.desk.keep_draft(image, None, over=["ours"])
    assert shelf.desk.drafts_kept() == {}
