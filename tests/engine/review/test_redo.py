"""Redo: what was taken back comes again, step by step, byte for byte, and only while nothing new was done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.review import chosen_steps
from tests.counts import count
from tests.engine.review.shelf import Shelf
from tests.engine.review.test_undo_three_ways import redone, undone

if TYPE_CHECKING:
    import pytest


def test_redo_goes_forward_as_undo_went_back(shelf: Shelf) -> None:
    """Three undos and three redos go through the same texts, there and back, as often as one likes."""
    texts = [b"cat, sofa\n", b"one\n", b"two\n", b"three\n"]
    for text in texts[1:]:
        shelf.desk.edit(shelf.frame("a.png"), text.decode())
    for _ in range(2):
        for text in reversed(texts[:-1]):
            assert not undone(shelf).again
            assert shelf.caption("a.png") == text
        assert shelf.desk.undo_last() is None
        for text in texts[1:]:
            done = redone(shelf)
            assert (done.again, done.kinds, done.written) == (True, ("edit",), 1)
            assert shelf.caption("a.png") == text
        assert shelf.desk.redo_last() is None


def test_redo_brings_the_answer_back(shelf: Shelf) -> None:
    """The candidate of an accept that is redone is answered again, and its undo opens it again."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    states = []
    for turn in (undone, redone, undone, redone):
        turn(shelf)
        states.append(shelf.state("a.png"))
    assert states == ["pending", "accepted", "pending", "accepted"]
    assert [row.kind for row in shelf.desk.history()] == ["accept", "undo", "redo", "undo", "redo"]
    assert [row.undone_by for row in shelf.desk.history()] == [None, 3, None, 5, None]


def test_a_new_step_ends_what_can_be_redone(shelf: Shelf) -> None:
    """After a decision or a mark the undos before it are history; an undo of that step can be redone."""
    shelf.desk.edit(shelf.frame("a.png"), "one")
    undone(shelf)
    shelf.desk.mark(shelf.id("b.png"), "flag")
    assert shelf.desk.redo_last() is None
    undone(shelf)
    assert redone(shelf).kinds == ("flag",)
    assert shelf.desk.redo_last() is None
    assert shelf.desk.entries[shelf.id("b.png")].flagged


def test_redo_of_a_group_is_one_step(shelf: Shelf) -> None:
    """A group comes back whole, in a group of its own, which one undo takes back."""
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.edit(shelf.frame(name), "new", group=group)
    holds = [shelf.caption(name) for name in ("a.png", "b.png", "c.png")]
    back = undone(shelf)
    done = redone(shelf)
    assert (len(done.images), done.written, done.of_group, done.again) == (3, 3, back.group, True)
    assert [shelf.caption(name) for name in ("a.png", "b.png", "c.png")] == holds
    assert undone(shelf).of_group == done.group
    assert shelf.caption("c.png") is None
    assert shelf.desk.undo_last() is None


def test_redo_takes_no_step_of_another_session(shelf: Shelf) -> None:
    """What another process took back is for the history, not for this session's key."""
    step = shelf.desk.edit(shelf.frame("a.png"), "one")
    other = shelf.open()
    other.undo([step.id])
    assert shelf.desk.redo_last() is None
    assert other.redo_last() is not None
    other.close()
    assert shelf.caption("a.png") == b"one\n"


def test_a_step_brought_again_is_taken_back_by_its_own_number(shelf: Shelf) -> None:
    """Naming the decision or its redo takes back the same; naming both does it once."""
    step = shelf.desk.edit(shelf.frame("a.png"), "one")
    undone(shelf)
    redone(shelf)
    for rows in ([step.id], [step.id, 3], [3]):
        done = shelf.desk.undo(rows)
        assert (done.images, done.refused) == ((shelf.id("a.png"),), ())
        assert shelf.caption("a.png") == b"cat, sofa\n"
        redone(shelf)
        assert shelf.caption("a.png") == b"one\n"


def test_an_undo_out_of_order_is_not_redone_over_what_came_later(shelf: Shelf) -> None:
    """A redo under a later decision on the same caption is refused, and says which."""
    first = shelf.desk.edit(shelf.frame("a.png"), "one")
    shelf.desk.undo([first.id])
    second = shelf.desk.edit(shelf.frame("a.png"), "two")
    (refused,) = shelf.desk.undo([2]).refused
    assert f"(step {second.id})" in refused[1]
    assert shelf.caption("a.png") == b"two\n"


def test_a_view_comes_again(shelf: Shelf) -> None:
    """A threshold that was taken back is in force again after the redo."""
    for threshold in (0.5, 0.6):
        shelf.desk.change_view("tagger", partial(msgspec.structs.replace, threshold=threshold))
    undone(shelf)
    assert redone(shelf).sources == ("tagger",)
    assert shelf.desk.view_of("tagger").threshold == 0.6


def test_undo_to_goes_back_to_how_it_was(shelf: Shelf) -> None:
    """Everything since a step is taken back, undos of earlier steps among it; what cancels out is left alone."""
    first = shelf.desk.edit(shelf.frame("a.png"), "one")
    second = shelf.desk.edit(shelf.frame("b.png"), "two")
    shelf.desk.undo([first.id])
    third = shelf.desk.edit(shelf.frame("b.png"), "three")
    shelf.desk.undo([third.id])
    done = shelf.desk.undo_to(second.id)
    assert shelf.caption("a.png") == b"one\n"
    assert shelf.caption("b.png") == b"A dog runs over a wide green field."
    assert len(done.images) == 2
    assert shelf.desk.undo_to(first.id).images == (shelf.id("a.png"),)
    assert shelf.caption("a.png") == b"cat, sofa\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=count(6, 200), deadline=None)
@given(moves=st.lists(st.sampled_from(["edit a", "edit b", "group", "undo", "redo", "to"]), max_size=12))
def test_any_course_is_that_of_a_stack(tmp_path_factory: pytest.TempPathFactory, moves: list[str]) -> None:
    """Whatever is done, undone, redone and gone back to, the captions are what a stack of their bytes says."""
    shelf = Shelf(tmp_path_factory.mktemp("stack") / "set", {"a.png": b"a\n", "b.png": None})
    at = [[shelf.caption("a.png"), shelf.caption("b.png")]]
    undos: list[list[bytes | None]] = []
    for number, move in enumerate(moves):
        if move == "undo":
            assert (shelf.desk.undo_last() is not None) == (len(at) > 1)
            if len(at) > 1:
                undos.append(at.pop())
        elif move == "redo":
            assert (shelf.desk.redo_last() is not None) == bool(undos)
            if undos:
                at.append(undos.pop())
        elif move == "to":
            shelf.desk.undo_to(1)
            del at[1:]
            undos = []
            assert chosen_steps.last_step(shelf.desk.store.db, shelf.desk.store.session) == []
            break
        else:
            group = shelf.desk.new_group() if move == "group" else None
            names = ["a.png", "b.png"] if move == "group" else [f"{move[-1]}.png"]
            for name in names:
                shelf.desk.edit(shelf.frame(name), f"text {number}", group=group)
            at.append([shelf.caption("a.png"), shelf.caption("b.png")])
            undos = []
        assert [shelf.caption("a.png"), shelf.caption("b.png")] == at[-1]
    shelf.desk.close()


def test_an_image_set_aside_goes_and_comes_with_undo_and_redo(shelf: Shelf) -> None:
    """What is set aside comes back, goes again and comes back again; each time it is counted where it is."""
    shelf.desk.set_aside(shelf.id("b.png"))
    for _ in range(2):
        assert len(undone(shelf).images) == 1
        assert (shelf.root / "b.png").exists()
        assert (shelf.desk.counts().images, shelf.desk.counts().aside) == (3, 0)
        assert redone(shelf).again
        assert not (shelf.root / "b.png").exists()
        assert shelf.desk.counts().images == 2
