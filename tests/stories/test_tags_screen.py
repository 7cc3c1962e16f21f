"""The tags screen: counts, and what is done to a tag wherever it stands."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from engine.finding.finder import Finder
from tui import commands, patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stories.desk import Desk

SLOW_SECONDS = 0.2
"""So long tags are counted where that is to be slower than a burst of keys."""


def _hold_up(monkeypatch: pytest.MonkeyPatch, wait: Callable[[], object]) -> None:
    """Let tags be counted only after a wait in the thread that counts."""
    tag_uses = Finder.tag_uses

    def late(*args: Any, **kwargs: Any) -> list[Any]:
        wait()
        return tag_uses(*args, **kwargs)

    monkeypatch.setattr(Finder, "tag_uses", late)


async def test_tags_are_counted_and_merged(desk: Desk) -> None:
    """Selected tags get one name, in any spelling and of any weight, after a dry run; undo brings them back."""
    desk.image("a.png", "1girl, Long_Hair, smile")
    desk.image("b.png", "1girl, (very long hair:1.2), long hair")
    desk.image("c.png", "1girl, smile")
    before = desk.files()
    async with desk.review((80, 24)) as review:
        await review.press(commands.Tags)
        await review.settle()
        review.shows("tags  of all (3)", "1girl", "Long_Hair", "very long hair", "smile", "1/4")
        await review.press("slash")
        await review.write("long")
        review.shows_not("smile")
        await review.press("enter", "v", "v", "m")
        await review.settle()
        review.shows("2 selected", "one name for 2 tags Long_Hair")
        await review.press("enter")
        await review.settle()
        review.shows("dry run", "1 of 3 change", "(very long hair:1.2)")
        assert desk.files() == before
        await review.press("enter")
        await review.settle()
        review.shows("1 caption changed; u in the review takes it back", "1/1")
        desk.caption_file("a.png").reads("1girl, Long_Hair, smile")
        await review.press("q")
        await review.settle()
        await review.press(commands.Undo)
        assert desk.files() == before


async def test_a_tag_is_dropped_everywhere_and_another_renamed(desk: Desk) -> None:
    """`d` takes the tag under the cursor out of every caption, `r` gives it another name."""
    desk.images("a.png", "b.png", caption="cat, blurry")
    async with desk.review() as review:
        await review.press(commands.Tags)
        await review.settle()
        await review.press("o", "g", "d")  # by name: blurry comes first
        await review.settle()
        await review.press("a")
        await review.settle()
        review.shows_not("blurry")
        await review.press("r", *["backspace"] * 3, "d", "o", "g", "enter")
        await review.settle()
        await review.press("enter")
        await review.settle()
        review.shows("dog")
        for name in ("a.png", "b.png"):
            desk.caption_file(name).reads("dog")
        await review.press("q")
        await review.settle()
        review.shows("dog")


async def test_a_tag_is_added_to_what_is_filtered(desk: Desk) -> None:
    """With a filter on `a` adds to what it found, and counts are given of those and of all."""
    desk.images("a.png", "b.png", caption="cat, sofa")
    desk.images("c.png", "d.png", caption="dog, sofa")
    async with desk.review() as review:
        await review.press("slash")
        await review.write("dog")
        await review.press("enter")
        await review.settle()
        await review.press(commands.Tags, "tab")
        await review.settle()
        review.shows("of filtered (2)", "50%", "100%")
        review.shows_not("cat")
        await review.press("a", *["backspace"] * 4)
        await review.write("indoors")
        await review.press("enter")
        await review.settle()
        review.shows("on filtered (2)", "2 of 2 change")
        await review.press("enter")
        await review.settle()
        review.shows("indoors")
        desk.caption_file("a.png").reads("cat, sofa")
        desk.caption_file("c.png").reads("dog, sofa, indoors")


async def test_enter_filters_the_review_by_a_tag(desk: Desk) -> None:
    """The review shows only images with the tag, weighted or not; a tag with signs of the language is quoted."""
    desk.image("a.png", "cat, (red:1.3)")
    desk.image("b.png", 'cat, what? "yes" *, red')
    desk.image("c.png", "dog")
    async with desk.review() as review:
        await review.press(commands.Tags)
        await review.settle()
        await review.press("slash")
        await review.write("red")
        await review.press("enter", "enter")
        await review.settle()
        assert review.counted_in_queue == 2, review.text
        await review.press(commands.Tags)
        await review.settle()
        await review.press("slash")
        await review.write("what")
        await review.press("enter", "enter")
        await review.settle()
        assert review.counted_in_queue == 1
        assert review.in_view == "b.png"


async def test_tags_selected_elsewhere_are_let_go(desk: Desk) -> None:
    """Tags that no image of the other choice has are selected no longer, which is said; an edit is for none of them."""
    desk.image("a.png", "cat, sofa")
    desk.image("b.png", "dog, sofa")
    async with desk.review() as review:
        await review.press("slash")
        await review.write("tag:dog")
        await review.press("enter")
        await review.settle()
        await review.press(commands.Tags, "o", "g", "v", "v")  # by name: cat, dog, sofa
        review.shows("2 selected")
        await review.press("tab")
        await review.settle()
        review.shows("1 let go: in no image of filtered (1)", "1 selected")
        await review.press("m")
        review.shows("merging needs two selected tags or more")


@pytest.mark.parametrize("way", ["press", "at_once"])
@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (("j", "d"), ("dry run", "drop:cat", "2 of 3 change")),
        (("j", "v", "v", "m"), ("2 selected", "one name for 2 tags")),
        (("r",), ("rename sofa to",)),
        (("j", "enter"), ('tag:"cat"',)),
    ],
)
async def test_keys_behind_the_one_that_opens_the_tags(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], shown: tuple[str, ...], way: str
) -> None:
    """In one burst they do what they do typed slowly: they wait until there are tags to do it with."""
    desk.images("a.png", "b.png", caption="sofa, cat, red")
    desk.image("c.png", "sofa")
    _hold_up(monkeypatch, lambda: threading.Event().wait(SLOW_SECONDS))
    async with desk.review() as review:
        await getattr(review, way)(commands.Tags.keys[0], *keys)
        await review.settle()
        review.shows(*shown)


async def test_keys_that_waited_long_enough_say_why_they_do_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where counting takes longer than anybody waits, each key is answered; the answer outlasts the counting."""
    desk.images("a.png", "b.png", caption="sofa, cat")
    before = desk.files()
    goes_on = threading.Event()
    _hold_up(monkeypatch, goes_on.wait)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", SLOW_SECONDS)
    async with desk.review() as review:
        for key in (commands.Tags.keys[0], "j", "d"):
            review.app.post_message(events.Key(key, key))
        await review.comes_to_show("! not before the tags are counted", "counting tags …")
        goes_on.set()
        await review.settle()
        review.shows("! not before the tags are counted", "1/2")
        await review.press("j")
        review.shows("2/2")
        review.shows_not("not before the tags are counted")
    assert desk.files() == before


async def test_counting_is_told_while_it_lasts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """That tags are counted is said where it takes a while, and no longer than that."""
    desk.images("a.png", "b.png", caption="sofa, cat")
    goes_on = threading.Event()
    _hold_up(monkeypatch, goes_on.wait)
    async with desk.review() as review:
        await review.press_amid_work(commands.Tags)
        await review.comes_to_show("counting the tags of all captions …")
        goes_on.set()
        await review.settle()
        review.shows_not("counting")
        review.shows("1/2")


async def test_a_dry_run_that_comes_before_the_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag can be added while all are counted; left without a change, the screen counts what was given up for it."""
    desk.images("a.png", "b.png", caption="sofa, cat")
    goes_on = threading.Event()
    _hold_up(monkeypatch, goes_on.wait)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.0)
    async with desk.review() as review:
        await review.press_amid_work(commands.Tags)
        await review.comes_to_show("counting tags …")
        await review.press_amid_work("a", *"red", "enter")
        await review.comes_to_show("looking what would change …")
        goes_on.set()
        await review.settle()
        review.shows("2 of 2 change")
        await review.press("escape")
        await review.settle()
        review.shows("1/2")
