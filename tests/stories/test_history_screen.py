"""The history screen: every step by whoever took it, before and after; undo from any point, and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.review import journal
from engine.settings import Settings
from engine.workspace import Workspace
from tests.stories.test_redo import bulk
from tests.tui.trial import HOSTILE
from tui import commands, long_work
from tui.actions import past
from tui.actions.listing import Back, First, Last, Next
from tui.screens.history import HistoryScreen

if TYPE_CHECKING:
    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting


async def _edit(review: Sitting, text: str) -> None:
    """Put a text behind the caption in view, by hand."""
    await review.press(commands.Edit)
    await review.write(text)
    await review.press("ctrl+s")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_undo_from_the_middle(desk: Desk, size: tuple[int, int]) -> None:
    """A step under a later one is refused with that one named, and goes with it by a second key; redo brings it again."""
    desk.images("a.png", "b.png", caption="cat")
    async with desk.review(size) as review:
        await _edit(review, ", one")
        await review.press(commands.Next, commands.Flag, commands.Previous)
        await _edit(review, ", two")
        desk.caption_file("a.png").reads("cat, one, two")
        await review.press(commands.History)
        review.shows("history", "edited by hand · a.png", "flagged · b.png", "just now", "1/3", "this session")
        review.shows("cat, one, two")
        await review.press(Last, past.TakeBack)
        review.shows("not taken back: a later decision stands; y takes that back, too", "step 3: edited by hand a.png")
        desk.caption_file("a.png").reads("cat, one, two")
        await review.press(Next)
        review.shows("this is the last row")
        review.shows_not("step 3:")
        await review.press(past.Yes)
        review.shows("nothing is asked")
        await review.press(past.TakeBack, past.Yes)
        review.shows("undone: edit")
        desk.caption_file("a.png").reads("cat")
        await review.press(past.TakeBack)
        review.shows("this step is taken back already; ctrl+r brings it again")
        await review.press(past.BringAgain)
        review.shows("done again: edit")
        desk.caption_file("a.png").reads("cat, one")
        await review.press(past.GoThere)
        assert review.in_view == "a.png"
        review.shows("cat, one")
    assert desk.kinds() == ["edit", "flag", "edit", "undo", "undo", "redo"]


async def test_everything_since_a_step(desk: Desk) -> None:
    """`U` asks, and takes back the step and what was done after it, to other images, too."""
    desk.images("a.png", "b.png", caption="cat")
    async with desk.review((80, 24)) as review:
        await _edit(review, ", one")
        await review.press(commands.Next)
        await _edit(review, ", two")
        await review.press(commands.Flag, commands.History, Last, past.TakeBackSince)
        review.shows("take back 3 decisions: this step and all since? y does it")
        await review.press(past.Yes)
        review.shows("undone: ")
        await review.press(Back)
        assert review.counts.flagged == 0
    desk.caption_file("a.png").reads("cat")
    desk.caption_file("b.png").reads("cat")


async def test_a_group_is_one_row(desk: Desk) -> None:
    """A bulk edit is named by what it was asked to do, lists its files, and is taken back and brought again as one."""
    desk.images("a.png", "b.png", "c.png", caption="sofa, cat")
    async with desk.review((80, 24)) as review:
        bulk(review.app.turns.workspace, "drop:sofa", "add:new")
        await review.press(commands.History)
        review.shows("drop sofa, add new · 3 images", "1/1", "b.png")
        await review.press(past.GoThere, Next)
        review.shows("2/3", "− sofa, cat", "+ cat, new")
        await review.press(Back, past.TakeBack)
        review.shows("undone: drop sofa, add new on 3 images", "taken back")
        desk.caption_file("c.png").reads("sofa, cat")
        await review.press(First)
        review.shows("taken back: drop sofa, add new · 3 images")
        await review.press(past.TakeBack)
        review.shows("done again: drop sofa, add new on 3 images")
        desk.caption_file("c.png").reads("cat, new")
        await review.press(Last, past.GoThere, Next, past.GoToFile)
        assert review.in_view == "b.png"
        await _edit(review, ", mine")
        await review.press(commands.History, Last, past.TakeBack, past.Yes)
        review.shows("undone: edit, drop sofa, add new on 3 images")
        desk.caption_file("b.png").reads("sofa, cat")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_long_caption_is_seen_before_and_after(desk: Desk, size: tuple[int, int]) -> None:
    """Where both do not fit, what is beside the change is shown of each; in the list of files, too."""
    desk.images("a.png", "b.png", caption="tag, " * 300)
    async with desk.review(size) as review:
        bulk(review.app.turns.workspace, "add:new")
        await review.press(commands.History, past.GoThere)
        before, after = (next(line for line in review.text.splitlines() if line[:2] == sign) for sign in ("− ", "+ "))
        assert before.startswith("− …")
        assert after.startswith("+ …")
        review.shows("tag, new,")
        review.shows_not("more line", "reading")


async def test_a_caption_that_was_written_anew_is_read_to_its_end(desk: Desk) -> None:
    """What was and what came share the room, and are scrolled by keys and wheel."""
    desk.image("a.png", caption=", ".join(f"old tag {number}" for number in range(100)))
    async with desk.review((80, 24)) as review:
        bulk(review.app.turns.workspace, "replace:old tag=a wholly new thing")
        await review.press(commands.History)
        review.shows("− old tag 0, old tag 1", "+ a wholly new thing 0")
        review.shows_not("old tag 99", "new thing 99")
        lines = review.text.splitlines()
        below = next(at for at, line in enumerate(lines) if line.startswith("+ a wholly"))
        await review.wheel(10, below, 40)
        review.shows("thing 99", "− old tag 0")
        while "there is no more of it below" not in review.text:
            await review.press(past.ReadOn)
        review.shows("old tag 99", "thing 99")
        while "there is no more of it above" not in review.text:
            await review.press(past.ReadBack)
        review.shows("− old tag 0", "+ a wholly new thing 0")


async def test_steps_of_another_session(desk: Desk) -> None:
    """What another process does while the history is open comes by itself, and can be taken back from here."""
    desk.images("a.png", caption="cat")
    async with desk.review() as review:
        await review.press(commands.History)
        review.shows("nothing was decided here yet")
        assert desk.cutline("edit", ".", "add:dog", "--apply").code == 0
        await review.comes_to_show("add dog · a.png", "another session")
        await review.press(past.TakeBack)
        review.shows("undone: add dog on 1 image")
        desk.caption_file("a.png").reads("cat")
    assert desk.kinds() == ["edit", "undo"]


async def test_a_threshold_in_words(desk: Desk) -> None:
    """A view that was changed says from where to where, and goes back."""
    desk.images("a.png", caption="cat")
    desk.proposal("a.png", {"dog": 0.9}, source="wd")
    async with desk.review() as review:
        await review.press(commands.ThresholdUp, commands.Flag, commands.ThresholdUp, commands.History)
        review.shows("view of wd", "threshold of wd 0.36 → 0.37")
        await review.press(past.TakeBack)
        review.shows("undone: view of wd")


async def test_text_of_another_program(desk: Desk) -> None:
    """Bytes that were kept are shown, and one key writes them as an edit."""
    desk.images("a.png", caption="cat")
    with desk.workspace() as workspace, workspace.store.transaction() as db:
        image = workspace.entry_of(b"a.png").id
        journal.append(db, "offered", session="x", image=image, source="found while writing step 1", data=b"theirs")
    async with desk.review((80, 24)) as review:
        await review.press(commands.History, past.TakeBack)
        review.shows("cutline found this out by itself", "text of another program kept", "theirs")
        await review.press(past.PutBack)
        review.shows("written as an edit; undo takes it back")
        await review.press(First, past.PutBack)
        review.shows("this step kept no text of another program")
    desk.caption_file("a.png").reads("theirs")


async def test_searching(desk: Desk) -> None:
    """Steps are found by what was done and by the name of any of their images; an empty search lists all again."""
    desk.images("fox.png", "cat.png", "dog.png", caption="x")
    async with desk.review((80, 24)) as review:
        await review.press(commands.Flag, commands.Next)
        await _edit(review, ", y")
        bulk(review.app.turns.workspace, "prefix:z ")
        await review.press(commands.History)
        for text, count in (("HAND", 1), ("dog", 2), ("zzz", 0)):
            await review.press(past.Search, "ctrl+u")
            await review.write(text)
            await review.press("enter")
            assert isinstance(review.app.screen, HistoryScreen)
            assert review.app.screen.length == count, text
            review.shows_not("looking for")
        review.shows("no step holds “zzz”; / and an empty line list all")
        review.shows_not("nothing was decided here yet")
        await review.press(past.Search, "ctrl+u", "enter")
        review.shows("1/3")


async def test_what_is_said_of_reading_goes_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far reading has come is told until it is there, and never in place of what came of a step."""
    monkeypatch.setattr(long_work, "TELL_SECONDS", 0.0)
    desk.images("a.png", "b.png", caption="sofa, cat")
    async with desk.review((80, 24)) as review:
        bulk(review.app.turns.workspace, "drop:sofa")
        await review.press(commands.History)
        review.shows("1/1")
        review.shows_not("reading")
        await review.press(past.GoThere)
        review.shows("1/2")
        review.shows_not("reading")
        await review.press(Back, past.TakeBack)
        review.shows("undone: drop sofa on 2 images", "2/2")


async def test_hostile_names_and_captions(desk: Desk) -> None:
    """Nothing of a name, a caption or a kept text can reach the terminal as it is."""
    name = b"evil \x1b[31m\xff.png"
    desk.image(name, HOSTILE)
    async with desk.review() as review:
        bulk(review.app.turns.workspace, "add:" + HOSTILE.replace(",", "").replace("*", ""))
        await review.press(commands.Flag, commands.History)
        assert "\x1b[31mx" not in review.sent
        for bad in ("\x1b]52", "\x9b", "\x1b[2J", "\u202e", "\x7f"):
            assert bad not in review.sent
        await review.press(Last)
        for bad in ("\x1b]52", "\x9b", "\x1b[2J", "\u202e", "\x7f"):
            assert bad not in review.sent


async def test_a_long_journal(desk: Desk) -> None:
    """Of thousands of steps only the first page is read at once; the end comes when it is asked for."""
    desk.images("a.png", "b.png")
    workspace = Workspace.open(desk.root, Settings())
    workspace.scan()
    with workspace.store.transaction() as db:
        for number in range(3_000):
            journal.append(db, ("flag", "unflag")[number % 2], session="x", image=1 + number % 2)
    workspace.close()
    async with desk.review((80, 24)) as review:
        await review.press(commands.History)
        screen = review.app.screen
        assert isinstance(screen, HistoryScreen)
        assert screen.length == 200
        review.shows("1/200+", "step 3000")
        for _ in range(20):
            await review.press("pagedown")
        assert 300 <= screen.length <= 600
        await review.press(Last)
        review.shows("3,000/3,000", "step 1 ")


async def test_what_took_part_of_a_long_step_back(desk: Desk) -> None:
    """It is named also where it is about none of the files that are listed first."""
    desk.images(*(f"{n:02}.png" for n in range(60)), caption="sofa, cat")
    async with desk.review() as review:
        workspace = review.app.turns.workspace
        bulk(workspace, "drop:sofa")
        (step,) = workspace.steps(1)
        workspace.undo(workspace.rows_of(step)[-1:])
        (undo, _) = workspace.steps(2)
        await review.press(commands.History, Last)
        review.shows(f"partly taken back by step {undo.id}")
