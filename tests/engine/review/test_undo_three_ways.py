"""Undo of a caption that was changed since: what was done outside stays, and what cannot be joined is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.review.undo import Undone
    from tests.engine.review.shelf import Shelf


def undone(shelf: Shelf) -> Undone:
    """Take the last step back; there must be one."""
    done = shelf.desk.undo_last()
    assert done is not None
    return done


def redone(shelf: Shelf) -> Undone:
    """Bring the last undo's steps again; there must be one."""
    done = shelf.desk.redo_last()
    assert done is not None
    return done


def write(shelf: Shelf, name: str, text: bytes) -> None:
    """Change a caption as another program does."""
    (shelf.root / name).write_bytes(text)


def test_a_change_made_outside_stays(shelf: Shelf) -> None:
    """Undo takes out what the step put in, and keeps what somebody added since; so does the redo."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    write(shelf, "a.txt", b"cat, sofa, window, mine\n")
    done = undone(shelf)
    assert (done.merged, done.written, done.refused) == ((shelf.id("a.png"),), 1, ())
    assert shelf.caption("a.png") == b"cat, sofa, mine\n"
    assert shelf.state("a.png") == "pending"
    write(shelf, "a.txt", b"red, cat, sofa, mine\n")
    assert redone(shelf).merged == (shelf.id("a.png"),)
    assert shelf.caption("a.png") == b"red, cat, sofa, window, mine\n"
    assert shelf.state("a.png") == "accepted"


def test_an_undo_whose_work_is_done_writes_nothing(shelf: Shelf) -> None:
    """Where somebody took the tag out by hand, the step is taken back and the file stays the very same."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    write(shelf, "a.txt", b"sofa, cat\n")
    before = (shelf.root / "a.txt").stat()
    done = undone(shelf)
    assert (done.images, done.written) == ((shelf.id("a.png"),), 0)
    assert (shelf.root / "a.txt").stat() == before
    assert shelf.state("a.png") == "pending"


def test_a_group_is_partly_undone_and_the_rest_later(shelf: Shelf) -> None:
    """A conflict stays and is listed, the others are taken back; a second undo of the group takes only the rest."""
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.edit(shelf.frame(name), "trigger, cat", group=group)
    write(shelf, "b.txt", b"Trigger, cat")
    first = undone(shelf)
    assert (len(first.images), first.partly, first.of_group) == (2, True, group)
    (refused,) = first.refused
    assert refused[0] == shelf.id("b.png")
    assert "so was `trigger`" in refused[1]
    assert shelf.caption("b.png") == b"Trigger, cat"
    write(shelf, "b.txt", b"trigger, cat")
    second = undone(shelf)
    assert (second.images, second.refused, second.partly) == ((shelf.id("b.png"),), (), False)
    assert shelf.caption("b.png") == b"A dog runs over a wide green field."


def test_a_created_caption_that_grew_is_not_removed(shelf: Shelf) -> None:
    """Undo of a created caption takes out what the step wrote; the file goes only where nothing is left."""
    shelf.propose("c.png", {"tree": 0.9})
    shelf.accept("c.png")
    write(shelf, "c.txt", b"tree, mine")
    undone(shelf)
    assert shelf.caption("c.png") == b"mine"


def test_a_conflict_keeps_what_stands_beneath_it(shelf: Shelf) -> None:
    """Where the newer of two steps on a caption stays, so does the older, whatever could be merged."""
    first = shelf.desk.edit(shelf.frame("a.png"), "cat, sofa, one")
    second = shelf.desk.edit(shelf.frame("a.png"), "cat, sofa, one, two")
    write(shelf, "a.txt", b"cat, sofa, one, Two\n")
    done = shelf.desk.undo([first.id, second.id])
    assert done.images == ()
    assert [reason.partition(" (")[0] for _, reason in done.refused] == [
        "the caption was changed since, and so was `two`",
        "later decisions on this caption stand",
    ]
    assert shelf.caption("a.png") == b"cat, sofa, one, Two\n"


@pytest.mark.parametrize("left", [b"", b"\xff\xfec\x00a\x00t\x00"])
def test_what_is_no_text_any_more_is_left_alone(shelf: Shelf, left: bytes) -> None:
    """A caption that was emptied, or is in another encoding now, is not merged with anything."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    write(shelf, "a.txt", left)
    assert len(undone(shelf).refused) == 1
    assert shelf.caption("a.png") == left
