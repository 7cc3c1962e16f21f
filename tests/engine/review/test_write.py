"""What a person is told where even taking a decision back cannot be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import NotWritable
from engine.review import write

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_a_withdrawal_that_cannot_be_stored_is_finished_later(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caption stays, the message names it and what will happen; the next start finishes the step."""
    (shelf.root / "a.txt").chmod(0o444)

    def full(*_: object) -> None:
        raise NotWritable("review.db cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(write, "mark", full)
        with pytest.raises(NotWritable, match=r"a\.txt is write-protected.*finished at the next start"):
            shelf.desk.edit(shelf.frame("a.png"), "kitten")
    assert shelf.caption("a.png") == b"cat, sofa\n"
    (shelf.root / "a.txt").chmod(0o644)
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert shelf.caption("a.png") == b"kitten\n"
    assert shelf.state("a.png") == "accepted"
