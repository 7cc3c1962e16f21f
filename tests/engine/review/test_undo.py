"""Undo: of single steps, of groups, across sessions, and where it must not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.view import View
from engine.review import chosen_steps

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_undo_brings_back_the_bytes_and_the_candidate(shelf: Shelf) -> None:
    """Taking back an accept restores the file byte for byte and makes the candidate pending."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    done = shelf.desk.undo_last()
    assert done is not None
    assert (done.images, done.written, done.refused) == ((shelf.id("a.png"),), 1, ())
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.state("a.png") == "pending"
    assert shelf.desk.undo_last() is None


def test_undo_of_a_created_caption_removes_it(shelf: Shelf) -> None:
    """A caption that was absent before is absent again."""
    shelf.propose("c.png", {"tree": 0.9})
    shelf.accept("c.png")
    shelf.desk.undo_last()
    assert shelf.caption("c.png") is None
    assert sorted(p.name for p in shelf.root.iterdir() if p.name.startswith(".cutline-")) == []


def test_undo_survives_a_restart(shelf: Shelf) -> None:
    """The last step of an earlier session can be taken back tomorrow."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert shelf.desk.undo_last() is None  # not this session's step
    done = shelf.desk.undo(chosen_steps.newest_steps(shelf.desk.store.db, 1))
    assert done.written == 1
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_undo_refuses_a_caption_changed_since(shelf: Shelf) -> None:
    """A conflict is listed and the file stays untouched; it can be tried again."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    (shelf.root / "a.txt").write_bytes(b"mine\n")
    done = shelf.desk.undo_last()
    assert done is not None
    assert [image for image, _ in done.refused] == [shelf.id("a.png")]
    assert shelf.caption("a.png") == b"mine\n"
    assert shelf.state("a.png") == "accepted"
    (shelf.root / "a.txt").write_bytes(b"cat, sofa, window\n")
    shelf.desk.undo_last()
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_group_is_one_step_and_undone_per_file(shelf: Shelf) -> None:
    """Undoing a group takes back what it can; what it cannot is refused and can be retried."""
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
    (shelf.root / "b.txt").write_bytes(b"someone else")
    done = shelf.desk.undo_last()
    assert done is not None
    assert len(done.images) == 2
    assert [image for image, _ in done.refused] == [shelf.id("b.png")]
    assert (shelf.caption("a.png"), shelf.caption("b.png"), shelf.caption("c.png")) == (
        b"cat, sofa\n",
        b"someone else",
        None,
    )
    (shelf.root / "b.txt").write_bytes(b"new")
    again = shelf.desk.undo_last()
    assert again is not None
    assert again.images == (shelf.id("b.png"),)


def test_undoing_from_the_middle_needs_the_later_ones(shelf: Shelf) -> None:
    """A step under a later decision on the same caption is refused unless that one goes too."""
    first = shelf.desk.edit(shelf.frame("a.png"), "one")
    second = shelf.desk.edit(shelf.frame("a.png"), "two")
    refused = shelf.desk.undo([first.id]).refused
    assert refused[0][1].endswith("(undo those first, or with it)")
    (shelf.root / "a.txt").write_bytes(b"two\n")
    done = shelf.desk.undo([first.id, second.id])
    assert done.refused == ()
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_marks_are_undone_too(shelf: Shelf) -> None:
    """`u` takes back a flag like any other step."""
    image = shelf.id("a.png")
    shelf.desk.mark(image, "flag")
    shelf.desk.undo_last()
    assert not shelf.desk.entries[image].flagged


def test_newest_steps_count_groups_once(shelf: Shelf) -> None:
    """`--steps 2` with a group on top means the group and the step before it."""
    single = shelf.desk.edit(shelf.frame("a.png"), "one")
    group = shelf.desk.new_group()
    rows = [shelf.desk.edit(shelf.frame(name), "two", group=group).id for name in ("a.png", "b.png")]
    db = shelf.desk.store.db
    assert sorted(chosen_steps.newest_steps(db, 1)) == rows
    assert sorted(chosen_steps.newest_steps(db, 2)) == [single.id, *rows]
    assert chosen_steps.rows_since(db, rows[0]) == rows


def test_undo_by_two_is_done_once(shelf: Shelf) -> None:
    """A step another process took back meanwhile is passed over."""
    step = shelf.desk.edit(shelf.frame("a.png"), "one")
    other = shelf.open()
    other.undo([step.id])
    assert shelf.desk.undo([step.id]).images == ()
    assert shelf.caption("a.png") == b"cat, sofa\n"
    other.close()


def views(shelf: Shelf) -> list[float]:
    """Return the threshold in force, here and as another process finds it."""
    other = shelf.open()
    found = [desk.view_of("tagger").threshold for desk in (shelf.desk, other)]
    other.close()
    return found


def test_a_view_is_taken_back_like_any_step(shelf: Shelf) -> None:
    """`u` goes back to the view before, and then to the step before that; nothing is written."""
    shelf.desk.edit(shelf.frame("a.png"), "one")
    for threshold in (0.5, 0.6):
        shelf.desk.change_view("tagger", partial(msgspec.structs.replace, threshold=threshold))
    for left in (0.5, View().threshold):
        done = shelf.desk.undo_last()
        assert done is not None
        assert (done.sources, done.kinds, done.images, done.written) == (("tagger",), ("view",), (), 0)
        assert views(shelf) == [left, left]
    done = shelf.desk.undo_last()
    assert done is not None
    assert done.images == (shelf.id("a.png"),)
    assert shelf.desk.undo_last() is None


def test_a_view_taken_back_by_two_is_taken_back_once(shelf: Shelf) -> None:
    """A view that another process took back meanwhile is passed over."""
    for threshold in (0.5, 0.6):
        shelf.desk.change_view("tagger", partial(msgspec.structs.replace, threshold=threshold))
    (row,) = chosen_steps.newest_steps(shelf.desk.store.db, 1)
    other = shelf.open()
    assert other.undo([row]).sources == ("tagger",)
    other.close()
    assert shelf.desk.undo([row]).sources == ()
    assert views(shelf) == [0.5, 0.5]


def test_the_first_view_of_a_source_is_no_step_by_number(shelf: Shelf) -> None:
    """`cutline undo` after `cutline tag` does not forget the model's own threshold; `--to` may."""
    shelf.desk.change_view("tagger", lambda _: View(threshold=0.5))
    db = shelf.desk.store.db
    assert chosen_steps.newest_steps(db, 5) == []
    shelf.desk.change_view("tagger", lambda _: View(threshold=0.6))
    first, second = chosen_steps.rows_since(db, 1)
    assert chosen_steps.newest_steps(db, 5) == [second]
    shelf.desk.undo([first, second])
    assert views(shelf) == [View().threshold] * 2
