"""Many at once: a selection, the same edit for all of it, looked at first, made, and taken back."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from engine import editing
from tests.counts import count
from tui import commands
from tui.screens import dry_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.review.decide import Step
    from tests.stories.desk import Desk

TAGS = "1girl, long_hair, blurry, solo\n"
MANY = count(1_000, 2_000)


async def test_a_trigger_word_on_every_caption(desk: Desk) -> None:
    """Two keys show it on every caption with the word of the last time, one makes it, one takes it back."""
    desk.images("a.png", "b.png", "c.png", caption=TAGS)
    desk.image("d.png", b"\xef\xbb\xbf1girl\r\n")
    before = desk.files()
    async with desk.review() as review:
        await review.press("b", "t")  # the first time it is asked for
        await review.settle()
        await review.write("ohwx")
        await review.settle()
        review.shows("would change 4 of 4 captions")
        await review.press("enter")
        await review.settle()
        assert desk.files() == before
        await review.press("escape", "escape", "escape")
        await review.settle()
        assert desk.files() == before

        await review.press("b", "t")
        await review.settle()
        review.shows("dry run", "add:ohwx@first", "4 of 4 change", "ohwx, 1girl")
        assert desk.files() == before
        await review.press("enter")
        await review.settle()
        review.shows("4 captions changed; u takes it back", "ohwx, 1girl, long_hair, blurry, solo")
        desk.caption_file("a.png").reads("ohwx, " + TAGS)
        desk.caption_file("d.png").reads(b"\xef\xbb\xbfohwx, 1girl\r\n")
        await review.press(commands.Undo)
        assert desk.files() == before
    async with desk.review() as review:  # the word is known in the next sitting, too
        await review.press("b", "t")
        await review.settle()
        review.shows("dry run", "add:ohwx@first")


async def test_a_range_is_selected_and_loses_a_tag(desk: Desk) -> None:
    """`v` here, `V` there, and the tag is gone from these and no others; the rows are marked by a sign."""
    desk.images(*(f"{n}.png" for n in range(6)), caption=TAGS)
    async with desk.review((80, 24)) as review:
        await review.press("j", commands.Select, "j", commands.SelectRange)
        review.shows("◆ 3", "3 selected", "◆ 1.png", "◆ 3.png")
        review.shows_not("◆ 4.png")
        await review.press("b", "d")
        await review.settle()
        await review.write("blur*")
        await review.settle()
        review.shows("[selected (3)]", "would change 3 of 3 captions")
        await review.press("enter")
        await review.settle()
        await review.press("a")
        await review.settle()
        for n in range(6):
            desk.caption_file(f"{n}.png").reads(TAGS.replace(", blurry", "") if n in (1, 2, 3) else TAGS)
        await review.press(commands.ClearSelection)
        review.shows("3 let go")
        review.shows_not("◆")
        await review.press(commands.ClearSelection)
        review.shows("nothing is selected; v selects this image")


async def test_what_a_filter_found_is_renamed(desk: Desk) -> None:
    """With a filter on an edit is meant for what it found, unless one chooses otherwise with tab."""
    desk.images("a.png", "b.png", caption=TAGS)
    desk.images("c.png", "d.png", caption="2girls, long_hair")
    async with desk.review() as review:
        await review.press("slash")
        await review.write("2girls")
        await review.press("enter")
        await review.settle()
        await review.press("b", "r")
        await review.settle()
        await review.write("long")
        await review.press("underscore", "h", "a", "i", "r", "equals_sign", "b", "o", "b")
        await review.settle()
        review.shows("[filtered (2)]", "would change 2 of 2 captions")
        await review.press("escape", "tab", "r")
        await review.settle()
        review.shows("[all (4)]")
        await review.press("escape", "shift+tab", "r")
        await review.write("long hair")
        await review.press("equals_sign", "b", "o", "b", "enter")
        await review.settle()
        review.shows("rename:long hair=bob", "2 of 2 change")
        await review.press("enter")
        await review.settle()
        desk.caption_file("a.png").reads(TAGS)
        desk.caption_file("c.png").reads("2girls, bob")


async def test_one_file_is_left_out(desk: Desk) -> None:
    """`space` leaves a file out, a search finds files, and what is left out is as it was; the rest is one step."""
    desk.images("a.png", "b.png", "c.png", caption=TAGS)
    desk.image("odd.png", "a dog, blurry")
    async with desk.review((80, 24)) as review:
        await review.press("b", "d")
        await review.settle()
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        await review.press("j", "space")
        review.shows("1 left out", "□ b.txt")
        await review.press("slash")
        await review.write("DOG")
        await review.press("enter")
        await review.settle()
        review.shows("odd.txt")
        review.shows_not("a.txt")
        await review.press("asterisk", "slash", *["backspace"] * 3, "enter")
        await review.settle()
        review.shows("2 left out", "□ odd.txt")
        await review.press("a")
        await review.settle()
        short = TAGS.replace(", blurry", "")
        for name, text in (("a", short), ("b", TAGS), ("c", short), ("odd", "a dog, blurry")):
            desk.caption_file(f"{name}.png").reads(text)
        assert len({row.group for row in desk.journal()}) == 1


async def test_a_key_behind_a_search_of_changes_is_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a search found does not cover up why the key behind it did nothing."""
    desk.images("a.png", "b.png", caption=TAGS)
    goes_on = threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> Any:
        goes_on.wait()
        return holding(*args, **kwargs)

    holding = dry_run._holding
    monkeypatch.setattr(dry_run, "_holding", slowly)
    async with desk.review() as review:
        await review.press("b", "d")
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        for text in ("a", ""):
            goes_on.clear()
            await review.press_amid_work("slash", "ctrl+u", *text, "enter", "k")
            await review.comes_to_show("! this is the first row")
            goes_on.set()
            await review.settle()
            review.shows("! this is the first row")


async def test_what_a_search_hides_is_seen_before_it_is_written(desk: Desk) -> None:
    """`enter` on a part of the list brings the rest back into sight; only the next one writes, and all of it."""
    desk.images("a.png", "b.png", caption=TAGS)
    async with desk.review((80, 24)) as review:
        await review.press("b", "d")
        await review.settle()
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        await review.press("slash")
        await review.write("a.txt")
        await review.press("enter")
        await review.settle()
        review.shows_not("b.txt")
        await review.press("enter")
        await review.settle()
        review.shows("b.txt", "1 change was out of sight, and is listed again: enter makes all")
        desk.caption_file("a.png").reads(TAGS)
        await review.press("enter")
        await review.settle()
        for name in ("a.png", "b.png"):
            desk.caption_file(name).reads(TAGS.replace(", blurry", ""))


async def test_a_caption_changed_meanwhile_is_refused_and_named(desk: Desk) -> None:
    """What an editor wrote between the dry run and the change stays, and the file is listed with the reason."""
    desk.images("a.png", "b.png", caption=TAGS)
    desk.image("utf16.png", "cat, dog".encode("utf-16"))
    async with desk.review() as review:
        await review.press("b", "d")
        await review.settle()
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        review.shows("2 of 2 change · 1 refused", "utf16.txt is not text that can be edited", "make the changes")
        desk.caption_file("b.png").write("mine now, blurry")
        await review.press("a")
        await review.settle()
        review.shows("1 caption changed, 1 refused", "1 changed · 1 refused", "b.png", "q back")
        review.shows_not("make the changes", "1/1")
        await review.press("space")
        review.shows("the changes are made; what is listed was refused")
        await review.press("q")
        await review.settle()
        review.shows("1 caption changed, 1 refused", "u takes it back")
        desk.caption_file("a.png").reads(TAGS.replace(", blurry", ""))
        desk.caption_file("b.png").reads("mine now, blurry")

        await review.press("b", "d")
        await review.settle()
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        desk.caption_file("b.png").write("mine again, blurry")
        await review.press("a")
        await review.settle()
        review.shows_not("make the changes")
        review.shows("0 changed · 1 refused")
        await review.press("a")
        review.shows("no change was made; what is listed was refused")
        await review.press("q")
        await review.settle()
        (desk.root / "b.txt").unlink()
        await review.press("b", "d")
        await review.settle()
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        review.shows_not("make the changes")
        await review.press("a")
        review.shows("nothing would change; what is listed was refused")


async def test_stopped_in_the_middle_and_taken_back(desk: Desk) -> None:
    """What is done when one stops stays, as one step; undone, every byte is as it was."""
    desk.image("0.png", TAGS)
    picture = (desk.root / "0.png").read_bytes()
    for number in range(1, MANY):
        (desk.root / f"{number}.png").write_bytes(picture + b"%d" % number)
        (desk.root / f"{number}.txt").write_bytes(b"tag %d, blurry\n" % number)
    before = desk.files()
    async with desk.review() as review:
        await review.press("b", "s")
        await review.settle()
        await review.write("blurry")
        await review.press("equals_sign", "b", "enter")
        await review.settle()
        review.shows(f"{MANY:,} of {MANY:,} change")
        review.app.post_message(events.Key("a", "a"))
        await review.comes_to_show("making the changes: ", "/s", "left; q stops here")
        review.app.post_message(events.Key("escape", None))
        await review.settle()
        review.shows("captions changed, stopped there; u takes it back")
        now = desk.files()
        changed = sum(now[name] != raw for name, raw in before.items())
        assert 0 < changed < MANY
        await review.press(commands.Undo)
        await review.settle()
        assert desk.files() == before
    assert sum(row.kind == "edit" for row in desk.journal()) == changed


async def test_a_key_that_comes_before_the_dry_run_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one burst a change is not made that nobody saw; why not is still said when it can be seen."""
    desk.images("a.png", "b.png", caption=TAGS)
    before = desk.files()
    goes_on = threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> editing.Plan:
        goes_on.wait()
        return plan(*args, **kwargs)

    plan = editing.plan
    monkeypatch.setattr(editing, "plan", slowly)
    async with desk.review() as review:
        for key in ("b", "t", *"ohwx", "enter", "enter"):
            review.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await review.comes_to_show("dry run", "! not before it is known what would change")
        goes_on.set()
        await review.settle()
        review.shows("2 of 2 change", "! not before it is known what would change")
        assert desk.files() == before
        await review.press("j")
        review.shows_not("not before it is known what would change")
        await review.press("enter")
        review.shows("2 captions changed")


async def test_how_far_the_dry_run_is_ends_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it looks it says how far it is, and no longer than that."""
    desk.images("a.png", "b.png", caption=TAGS)
    goes_on = threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> editing.Plan:
        kwargs["on_progress"](2, 2)
        goes_on.wait()
        return plan(*args, **kwargs)

    plan = editing.plan
    monkeypatch.setattr(editing, "plan", slowly)
    async with desk.review() as review:
        for key in ("b", "u"):
            review.app.post_message(events.Key(key, key))
        await review.comes_to_show("looking what would change: 2 of 2")
        goes_on.set()
        await review.settle()
        review.shows("nothing would change in 2 captions")
        review.shows_not("looking what would change")


async def test_help_while_changes_are_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The changes end help, list and edits: the review shows what was made, and takes the next keys."""
    desk.images("a.png", "b.png", caption=TAGS)
    goes_on = threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> editing.Applied:
        goes_on.wait()
        return apply(*args, **kwargs)

    apply = editing.apply
    monkeypatch.setattr(editing, "apply", slowly)
    async with desk.review() as review:
        await review.press(commands.BulkEdit, "d")
        await review.write("blurry")
        await review.press("enter")
        await review.settle()
        await review.press_amid_work("enter", "question_mark")
        review.shows("keys in force")
        goes_on.set()
        await review.settle()
        review.shows("2 captions changed; u takes it back", "1girl, long_hair, solo")
        await review.press(commands.Undo)
        desk.caption_file("a.png").reads(TAGS)


async def test_what_can_not_be_done_is_said(desk: Desk) -> None:
    """A line that says nothing, an edit that changes nothing, and a pattern that cannot be read: each has its reason."""
    desk.images("a.png", "b.png", caption=TAGS)
    async with desk.review((80, 24)) as review:
        await review.press(commands.SelectRange)
        review.shows("a range begins where v was pressed last")
        await review.press("b", "T")
        await review.settle()
        review.shows("no trigger word was used yet")
        await review.press("x")
        await review.write("a")
        await review.press("left_parenthesis", "equals_sign", "enter")
        await review.settle()
        review.shows("cannot read the pattern a(")
        await review.press("escape", "u")
        await review.settle()
        review.shows("nothing would change in 2 captions")
        await review.press("a")
        review.shows("! nothing would change")


async def test_tags_are_completed_while_they_are_typed(desk: Desk) -> None:
    """Tab takes the first suggestion, and a click on a row of the list of edits takes that edit."""
    desk.images("a.png", "b.png", caption=TAGS)
    async with desk.review((80, 24)) as review:
        await review.press("b")
        await review.settle()
        await review.click(4, next(at for at, line in enumerate(review.text.splitlines()) if "  drop " in line))
        await review.settle()
        review.shows("drop TAG")
        await review.until(lambda: review.app._review._many._completing.complete("lo"), "vocabularies are loaded")
        await review.write("lon")
        await review.settle()
        review.shows("long_hair", "×2")
        await review.press("tab")
        await review.settle()
        review.shows("drop TAG, TA* long_hair", "would change 2 of 2 captions")


@pytest.mark.parametrize(
    "opening",
    [
        commands.BulkEdit,
        commands.Tags,
        commands.History,
        commands.Jobs,
        commands.Palette,
        commands.Sort,
        commands.Help,
    ],
)
async def test_a_key_held_down_opens_one_screen(desk: Desk, opening: type[commands.Command]) -> None:
    """However often a key repeats before its screen is there, one escape leads back."""
    desk.images("a.png", "b.png", caption=TAGS)
    async with desk.review() as review:
        first = review.app._review
        for _ in range(3):
            first.action_turn(opening.name)
        await review.settle()
        assert review.app.screen is not first
        await review.press("escape")
        await review.settle()
        assert review.app.screen is first


async def test_rows_are_selected_with_the_mouse(desk: Desk) -> None:
    """Ctrl and a click selects a row, shift and a click all rows to it; what vanishes is selected no longer."""
    desk.images(*(f"{n}.png" for n in range(5)), caption=TAGS)
    async with desk.review() as review:
        queue = review.app.screen.query_one("#queue").region
        await review.click(queue.x + 5, queue.y + 1, control=True)
        await review.click(queue.x + 5, queue.y + 3, shift=True)
        review.shows("◆ 3 selected", "◆ 1.png", "◆ 2.png", "◆ 3.png")
        await review.press("g", "j", commands.SetAside)
        review.shows("◆ 2 selected")
        await review.press(commands.InvertSelection)
        review.shows("◆ 2 selected", "◆ 0.png", "◆ 4.png")
        await review.press(commands.SelectAll)
        review.shows("2 more: 4 selected")


async def test_a_click_is_for_the_image_that_was_clicked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for before the click may arrange the queue anew: the same image is meant all the same."""
    desk.images(*(f"{n}.png" for n in range(5)), caption=TAGS)
    async with desk.review() as review:
        turns, queue = review.app.turns, review.app.screen.query_one("#queue").region
        goes_on, set_aside = threading.Event(), turns.workspace.set_aside

        def slowly(image: int) -> Step:
            goes_on.wait()
            return set_aside(image)

        monkeypatch.setattr(turns.workspace, "set_aside", slowly)
        monkeypatch.setattr(review.app._review._news, "ask", lambda _: None)  # else more than the click waits
        for control in (True, False):
            goes_on.clear()
            await review.press_amid_work(commands.SetAside)
            click = asyncio.create_task(review.click(queue.x + 5, queue.y + 2, control=control))
            await review.until(lambda: turns.waiting, "the click waits")
            goes_on.set()
            await click
        review.shows("◆ 1 selected", "◆ 2.png")
        assert review.in_view == "3.png"


async def test_a_decision_does_not_look_through_the_selection(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many images are selected, a key costs the same; one of them that is set aside is let go of all the same."""

    class NeverRead(set[int]):
        """A selection that nobody goes through, image by image."""

        def __iter__(self) -> Iterator[int]:
            raise AssertionError("every selected image was looked at")

    desk.images(*(f"{n}.png" for n in range(5)), caption=TAGS)
    async with desk.review() as review:
        await review.press(commands.SelectAll)
        selection = review.app.turns.selection
        monkeypatch.setattr(
            review.app._review._news, "ask", lambda _: None
        )  # news are taken in by a thread, all at once
        selection.images = NeverRead(selection.images)
        await review.press(commands.Accept, commands.Flag, commands.Undo, commands.SetAside)
        review.shows("◆ 4 selected")
        selection.images = set()
