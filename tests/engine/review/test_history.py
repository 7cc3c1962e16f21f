"""The journal as people read it: pages of steps, a group as one of them, and its rows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from engine.review import chosen_steps, history, journal
from tests.engine.review.test_undo_three_ways import redone, undone

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


@pytest.fixture
def course(shelf: Shelf) -> Shelf:
    """Rows 1: an edit; 2 to 4: a group; 5: a flag; 6 to 8: the group taken back, after the flag was."""
    shelf.desk.edit(shelf.frame("a.png"), "one")
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
    shelf.desk.mark(shelf.id("b.png"), "flag")
    shelf.desk.undo(chosen_steps.rows_of_group(shelf.desk.store.db, group))
    return shelf


def test_a_group_is_one_step(course: Shelf) -> None:
    """Steps come newest first, with what they did to how many images, and whether they stand."""
    found = [
        (step.id, step.kinds, step.of, step.images, step.standing, step.undone, step.can_be_taken_back)
        for step in course.desk.steps(10)
    ]
    assert found == [
        (8, ("undo",), ("edit",), 3, 3, False, True),
        (5, ("flag",), (), 1, 1, False, True),
        (4, ("edit",), (), 3, 0, True, False),
        (1, ("edit",), (), 1, 1, False, True),
    ]
    assert [step.image_key for step in course.desk.steps(10)] == [b"c.png", b"b.png", b"a.png", b"a.png"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_every_step_once(course: Shelf, size: int) -> None:
    """Going on behind the last step of each page gives what one page of all gives."""
    course.desk.undo([5])
    pages: list[int] = []
    before = None
    while page := course.desk.steps(size, before):
        assert len(page) <= size
        pages += [step.id for step in page]
        before = page[-1].id
    assert pages == [step.id for step in course.desk.steps(99)]
    assert len(pages) == 5


def test_a_group_in_pieces_comes_once(shelf: Shelf) -> None:
    """A group whose rows lie between others stands where its newest row is."""
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
        shelf.desk.mark(shelf.id(name), "flag")
    assert [step.id for step in shelf.desk.steps(10)] == [6, 5, 4, 2]
    assert [step.id for step in shelf.desk.steps(10, before=5)] == [4, 2]


def test_a_group_partly_taken_back_says_so(course: Shelf) -> None:
    """What stands of a group is counted, also where some of it was brought again."""
    db = course.desk.store.db
    course.desk.undo(chosen_steps.newest_undos(db, 1))
    group = next(step for step in course.desk.steps(9) if step.id == 4)
    assert (group.standing, group.undone, group.partly_undone) == (3, False, False)
    course.desk.undo([3])
    group = next(step for step in course.desk.steps(9) if step.id == 4)
    assert (group.standing, group.undone, group.partly_undone) == (2, False, True)


def test_the_rows_of_a_step_are_its_files(course: Shelf) -> None:
    """Each row of a group has the bytes before and after; a page of them at a time."""
    group = next(step for step in course.desk.steps(9) if step.id == 4)
    rows = course.desk.step_rows(group)
    assert [(row.id, row.image_key, row.before, row.after, row.undone_by) for row in rows] == [
        (2, b"a.png", b"one\n", b"new\n", 8),
        (3, b"b.png", b"A dog runs over a wide green field.", b"new", 7),
        (4, b"c.png", None, b"new", 6),
    ]
    first = course.desk.step_rows(group, limit=2)
    assert [row.id for row in [*first, *course.desk.step_rows(group, limit=2, after=first[-1].id)]] == [2, 3, 4]
    (single,) = course.desk.step_rows(course.desk.steps(9)[-1])
    assert single.id == 1


def test_history_is_read_in_pages(course: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows come once and in order, whatever the page; `newest` gives the end of them, `after` what came since."""
    whole = list(course.desk.history())
    monkeypatch.setattr(history, "PAGE", 3)
    assert list(course.desk.history()) == whole
    assert [row.id for row in whole] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [row.undone_by for row in whole] == [None, 8, 7, 6, None, None, None, None]
    assert [row.id for row in course.desk.history(newest=2)] == [7, 8]
    assert [row.id for row in course.desk.history(after=3)] == [4, 5, 6, 7, 8]
    assert [row.id for row in course.desk.history(newest=4, after=6)] == [7, 8]
    assert [row.id for row in course.desk.history(course.id("b.png"), newest=2)] == [5, 7]


def test_a_step_that_came_to_nothing_is_not_undone(shelf: Shelf) -> None:
    """A caption that could not be written is counted as that: there is nothing to take back."""
    (shelf.root / "a.txt").chmod(0o444)
    with pytest.raises(Exception, match="write-protected"):
        shelf.desk.edit(shelf.frame("a.png"), "one")
    (step,) = shelf.desk.steps(9)
    assert (step.failed, step.standing, step.undone, step.can_be_taken_back) == (1, 0, False, False)
    assert shelf.desk.undo_last() is None


def test_a_long_journal_costs_no_more(shelf: Shelf) -> None:
    """With 100,000 older rows the last step, a page of history and an undo look at few of them."""
    image = shelf.id("b.png")
    with shelf.desk.store.transaction() as db:
        group = shelf.desk.store.new_group(db)
        for number in range(100_000):
            of = None if number % 2 else group if number < 50_000 else None
            journal.append(db, "flag", session="another", image=image, group=of, when=1.0)
    shelf.desk.close()
    shelf.desk = shelf.open()
    shelf.desk.edit(shelf.frame("a.png"), "one")
    opcodes = [0]

    def count() -> int:
        opcodes[0] += 1
        return 0

    shelf.desk.store.db.set_progress_handler(count, 1_000)
    began = time.process_time()
    undone(shelf)
    redone(shelf)
    assert len(shelf.desk.steps(50)) == 50
    shelf.desk.store.db.set_progress_handler(None, 0)
    assert opcodes[0] < 1_000, f"{opcodes[0]:,} thousand steps of SQLite's, {time.process_time() - began:.3f} s"
