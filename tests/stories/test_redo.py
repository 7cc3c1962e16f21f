"""Redo on the review screen: what was taken back comes again, decisions and bulk steps alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import editing
from engine.captions.editing.edits import parse_edit
from tui import commands

if TYPE_CHECKING:
    from engine.workspace import Workspace
    from tests.stories.desk import Desk


def bulk(workspace: Workspace, *edits: str) -> editing.Applied:
    """Edit all captions as one step, as the bulk screen does."""
    asked = [parse_edit(edit, ",") for edit in edits]
    changes = editing.plan(workspace, list(workspace.entries), asked).changes
    return editing.apply(workspace, changes, edits=asked)


async def test_an_undo_is_taken_back(desk: Desk) -> None:
    """`ctrl+r` goes to the image and makes the decision stand again, once for each undo; then it says why it does nothing."""
    desk.images("a.png", "b.png", caption="cat")
    desk.proposal("a.png", {"dog": 0.9})
    async with desk.review() as review:
        await review.press(commands.Redo)
        review.shows("there is nothing to redo")
        await review.press(commands.Accept)
        desk.caption_file("a.png").reads("cat, dog")
        made = review.counts.accepted
        await review.press(commands.Undo)
        desk.caption_file("a.png").reads("cat")
        assert review.counts.accepted == made - 1
        await review.press(commands.Next, commands.Redo)
        review.shows("done again: accept")
        assert review.in_view == "a.png"
        assert review.counts.accepted == made
        desk.caption_file("a.png").reads("cat, dog")
        await review.press(commands.Redo)
        review.shows("there is nothing to redo")
    assert desk.kinds() == ["accept", "undo", "redo"]


async def test_a_new_step_ends_what_could_come_again(desk: Desk) -> None:
    """After another decision nothing is redone over it."""
    desk.images("a.png", "b.png", caption="cat")
    async with desk.review() as review:
        await review.press(commands.Flag, commands.Undo, commands.Next, commands.Flag, commands.Redo)
        review.shows("there is nothing to redo")
    assert desk.kinds() == ["flag", "undo", "flag"]


async def test_a_bulk_step_goes_and_comes_as_one(desk: Desk) -> None:
    """It is named by what it was asked to do; what is refused is named, stays, and is tried again by the same key.

    The person stays where they are, and sees it there; what is tried again on one image is shown at that.
    """
    desk.images("a.png", "b.png", "c.png", caption="sofa, cat")
    async with desk.review() as review:
        bulk(review.app.turns.workspace, "drop:sofa")
        await review.press(commands.Undo)
        review.shows("undone: drop sofa on 3 images", "sofa, cat")
        assert review.in_view == "a.png"
        await review.press(commands.Next, commands.Next, commands.Redo)
        review.shows("done again: drop sofa on 3 images")
        review.shows_not("sofa, cat")
        assert review.in_view == "c.png"
        desk.caption_file("b.png").reads("cat")
        desk.caption_file("b.png").write("tiger")
        await review.press(commands.Undo)
        review.shows("undone: drop sofa on 2 images; not undone: b.png")
        assert review.in_view == "c.png"
        desk.caption_file("a.png").reads("sofa, cat")
        desk.caption_file("b.png").reads("tiger")
        desk.caption_file("b.png").write("cat")
        await review.press(commands.Undo)
        review.shows("undone: drop sofa on 1 image")
        assert review.in_view == "b.png"
        desk.caption_file("b.png").reads("sofa, cat")
        await review.press(commands.Redo)
        review.shows("done again: drop sofa on 1 image")
        desk.caption_file("b.png").reads("cat")


async def test_what_is_set_aside_goes_and_comes(desk: Desk) -> None:
    """Undo puts an image back where it stood in the queue; redo takes it out again and goes where the first time led."""
    desk.images("a.png", "b.png", "c.png", "d.png", caption="cat")
    async with desk.review() as review:
        await review.press(commands.Next, commands.Next, commands.Accept, commands.First, commands.Next)
        assert review.in_view == "b.png"
        await review.press(commands.SetAside)
        assert (review.in_view, review.counts.images) == ("d.png", 3)
        await review.press(commands.Undo)
        assert (review.in_view, review.app.turns.place) == ("b.png", 1)
        await review.press(commands.Redo)
        review.shows("done again: aside")
        assert (review.in_view, review.counts.images, review.counts.aside) == ("d.png", 3, 1)
        assert (review.app.turns.place, review.app.turns.length) == (2, 3)
        await review.press(commands.Undo, commands.First, commands.Redo)
        assert (review.in_view, review.app.turns.length) == ("a.png", 3)
        await review.press(commands.Undo)
        assert (review.in_view, review.app.turns.place) == ("b.png", 1)
