"""What stands in the way of an undo, what took steps back, and how a view changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.view import View
from engine.review.undo import Part

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_later_decisions_on_the_same_caption_are_in_the_way(shelf: Shelf) -> None:
    """Only those in force, only those that wrote the same file, and not those that go, too."""
    first = shelf.desk.edit(shelf.frame("a.png"), "one").id
    shelf.desk.edit(shelf.frame("b.png"), "other")
    shelf.desk.mark(shelf.id("a.png"), "flag")
    second = shelf.desk.edit(shelf.frame("a.png"), "two").id
    third = shelf.desk.edit(shelf.frame("a.png"), "three").id
    assert shelf.desk.later_decisions([first]) == [second, third]
    assert shelf.desk.later_decisions([first, third]) == [second]
    shelf.desk.undo([third])
    assert shelf.desk.later_decisions([first]) == [second]
    assert shelf.desk.later_decisions([second]) == []
    done = shelf.desk.undo([first, *shelf.desk.later_decisions([first])])
    assert not done.refused
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_what_came_again_is_in_the_way_by_what_brought_it(shelf: Shelf) -> None:
    """A later step that was undone and redone goes by taking the redo back."""
    first = shelf.desk.edit(shelf.frame("a.png"), "one").id
    second = shelf.desk.edit(shelf.frame("a.png"), "two").id
    shelf.desk.undo([second])
    shelf.desk.redo_last()
    also = shelf.desk.later_decisions([first])
    assert [row.kind for row in shelf.desk.rows_named(also)] == ["redo"]
    assert not shelf.desk.undo([first, *also]).refused
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_step_comes_again_by_what_took_it_back(shelf: Shelf) -> None:
    """Whatever else was done since; one that stands has nothing to bring again."""
    shelf.desk.edit(shelf.frame("a.png"), "one")
    (step,) = shelf.desk.steps(1)
    assert shelf.desk.rows_to_redo(step) == []
    shelf.desk.undo([step.id])
    shelf.desk.mark(shelf.id("b.png"), "flag")
    assert shelf.desk.undo(shelf.desk.rows_to_redo(step)).again
    assert shelf.caption("a.png") == b"one\n"


def test_a_view_changed_from_what_was_in_force_then(shelf: Shelf) -> None:
    """One that was taken back before counts no more; the first had none before it."""

    def put(threshold: float) -> None:
        shelf.desk.change_view("wd", lambda view: msgspec.structs.replace(view, threshold=threshold))

    put(0.4)
    put(0.5)
    shelf.desk.undo([shelf.desk.steps(1)[0].id])
    put(0.6)
    newest, *_, first = shelf.desk.steps(10)
    change = shelf.desk.view_change(newest)
    assert change is not None
    assert [view.threshold for view in change if view is not None] == [0.4, 0.6]
    assert shelf.desk.view_change(first) == (None, View(threshold=0.4))
    shelf.desk.mark(shelf.id("a.png"), "flag")
    assert shelf.desk.view_change(shelf.desk.steps(1)[0]) is None


def test_a_group_is_called_what_it_was_asked_to_do(shelf: Shelf) -> None:
    """Its undo and that one's redo are called the same; a group of which nobody said anything has no name."""
    group = shelf.desk.new_group("drop:sofa")
    for name in ("a.png", "b.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
    undone = shelf.desk.undo_last()
    assert undone is not None
    assert undone.told == "drop:sofa"
    redone = shelf.desk.redo_last()
    assert redone is not None
    assert redone.told == "drop:sofa"
    assert [step.told for step in shelf.desk.steps(3)] == ["drop:sofa"] * 3
    assert shelf.desk.store.told_of(shelf.desk.new_group()) == ""


def test_what_is_taken_back_together_keeps_its_names(shelf: Shelf) -> None:
    """A bulk step is called what was asked although a later decision goes with it, and that one is called by its kind."""
    group = shelf.desk.new_group("drop:sofa")
    for name in ("a.png", "b.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
    shelf.desk.edit(shelf.frame("b.png"), "mine")
    shelf.desk.mark(shelf.id("a.png"), "flag")
    undone = shelf.desk.undo_to(1)
    assert undone.parts == (Part("flag", "", 1), Part("edit", "", 1), Part("", "drop:sofa", 2))
    assert (undone.told, undone.kinds) == ("", ("flag", "edit"))
