"""Keys that arrive in one go, as over a line that lags: each goes to what the one before it opened, closed or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from engine.finding.language import parse
from engine.settings_change import change
from tui import commands
from tui.course.lineup import Lineup
from tui.screens.jobs import JobsScreen
from tui.screens.review import ReviewScreen
from tui.terminal_input import TerminalInput
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from textual.message import Message

    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting

LEFT_OUT = "what was typed behind it is left out"
DECIDING = ("a", "x", "d", "s", "f")


def _is_with_review(review: Sitting) -> bool:
    """Tell whether keys go to the review, not to a line on it or to another screen."""
    return review.app.focused is None and isinstance(review.app.screen, ReviewScreen)


def _three(desk: Desk) -> None:
    for name in ("1.png", "2.png", "3.png"):
        desk.image(name, caption="a cat")
        desk.proposal(name, {"window": 0.9})


@pytest.mark.parametrize("door", ["b", "T", "H", "J", "o", "ctrl+p", "question_mark", "slash", "B"])
async def test_a_key_behind_one_that_opens_something_decides_nothing(desk: Desk, door: str) -> None:
    """Whatever opens, the image below stays as it is: no decision, no move, no step in the journal."""
    _three(desk)
    before = desk.files()
    async with desk.review() as review:
        for key in DECIDING:
            await review.at_once(door, key)
            assert review.in_view == "1.png"
            assert (review.counts.pending, review.counts.flagged) == (3, 0)
            while not _is_with_review(review):
                await review.press("escape")
    assert desk.files() == before
    assert desk.kinds() == []


async def test_keys_behind_decisions_and_a_key_that_opens(desk: Desk) -> None:
    """Of `a` `a` `b` `d` two images are accepted, and the list of edits asks which tag is to go."""
    _three(desk)
    async with desk.review() as review:
        await review.at_once("a", "a", "b", "d", *"cat")
        review.shows("bulk edit", "drop TAG")
        assert review.typed == "cat"
    assert desk.kinds() == ["accept", "accept"]
    desk.caption_file("3.png").reads("a cat")


async def test_a_trigger_word_typed_in_one_go(desk: Desk) -> None:
    """From screen to screen no key is lost and none comes twice; the dry run is seen before it is made so."""
    _three(desk)
    async with desk.review() as review:
        await review.at_once("b", "t", *"ohwq", "backspace", "x", "enter")
        review.shows("dry run", "add:ohwx@first", "3 of 3 change")
        await review.at_once("space", "enter", "a")
        await review.settle()
        assert isinstance(review.app.screen, ReviewScreen)
    desk.caption_file("1.png").reads("a cat")
    desk.caption_file("2.png").reads("ohwx, a cat")


@pytest.mark.parametrize("door", ["b", "T", "H", "J", "o", "question_mark"])
@pytest.mark.parametrize("out", ["escape", "q"])
async def test_a_key_behind_one_that_closes_a_screen_is_for_the_review(desk: Desk, door: str, out: str) -> None:
    """`escape` and `x` in one go reject the image in view, and not the next one, too."""
    _three(desk)
    async with desk.review() as review:
        await review.at_once(door, out, "x", "j", "a")
        assert isinstance(review.app.screen, ReviewScreen)
    assert desk.states() == {"1.png": "rejected", "2.png": "pending", "3.png": "accepted"}
    assert len(desk.journal()) == 2


async def _burst(review: Sitting, *keys: Message) -> None:
    """Send keys as they come from a terminal, where escape and a letter in one go are alt and the letter."""
    for key in keys:
        review.app.post_message(key)
    await review.settle()


def _alt(letter: str) -> events.Key:
    return events.Key(f"alt+{letter}", letter)


async def test_escape_and_a_letter_that_a_terminal_sends_as_one_key(desk: Desk) -> None:
    """They leave a screen and reject; on the review, where escape leaves nothing, nothing is decided."""
    _three(desk)
    async with desk.review() as review:
        await _burst(review, _alt("x"))
        assert review.counts.pending == 3
        await review.press("b")
        await _burst(review, _alt("x"))
        assert _is_with_review(review)
    assert desk.states()["1.png"] == "rejected"
    assert len(desk.journal()) == 1


async def test_escape_and_letters_amid_a_caption(desk: Desk) -> None:
    """They leave the editor with a draft and go on: the next image is accepted, and no letter is in the draft."""
    _three(desk)
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s and a dog")
        await _burst(review, _alt("j"), events.Key("a", "a"))
        assert _is_with_review(review)
        assert review.in_view == "3.png"
        await review.press("k", "k", "k", commands.Edit)
        assert review.app.screen.query_one(TagEditor).text == "a cats and a dog"
    assert desk.states() == {"1.png": "pending", "2.png": "accepted", "3.png": "pending"}


@pytest.mark.parametrize("sign", ["J", "1", "é"])
async def test_escape_and_a_letter_amid_a_filter(desk: Desk, sign: str) -> None:
    """The line is closed, the letter is for the review as it would be without the escape, and nothing is decided."""
    _three(desk)
    async with desk.review() as review:
        await review.at_once("slash", *"cat")
        await _burst(review, *TerminalInput().feed(f"\x1b{sign}"))
        assert review.app.focused is None
        assert review.app.turns.lineup.query is None
        assert isinstance(review.app.screen, JobsScreen) == (sign == "J")
        assert review.counts.pending == 3
    assert desk.kinds() == []


async def test_escape_and_b_are_a_macs_option_and_arrow_amid_a_text_alone(desk: Desk) -> None:
    """In the editor the cursor goes back a word; over a list the list is left, and the letter is for the review."""
    _three(desk)
    async with desk.review() as review:
        await review.press(commands.Edit)
        await _burst(review, *TerminalInput().feed("\x1bb"), events.Key("s", "s"))
        assert review.app.screen.query_one(TagEditor).text == "a scat"
        await review.press("escape", "escape", commands.Tags)
        await _burst(review, *TerminalInput().feed("\x1bb"))
        review.shows("bulk edit")
    assert desk.kinds() == []


async def test_alt_that_is_bound_stays_alt(desk: Desk) -> None:
    """In the editor `alt+d` takes a tag out, `alt+right` moves one, and `alt+x` does what the settings say."""
    change("keys.undo_typing", "alt+x")
    desk.image("1.png", caption="a cat, a dog, a bird")
    async with desk.review() as review:
        await review.press(commands.Edit)
        editor = review.app.screen.query_one(TagEditor)
        await _burst(review, _alt("d"))
        assert editor.text == "a cat, a dog"
        await _burst(review, events.Key("alt+left", None))
        assert editor.text == "a dog, a cat"
        await _burst(review, _alt("x"))
        assert editor.text == "a cat, a dog"
        assert not _is_with_review(review)
    assert desk.kinds() == []


async def test_a_key_behind_one_that_goes_to_another_image(desk: Desk) -> None:
    """From the history `enter` goes to the image of a step; what follows is done there."""
    _three(desk)
    async with desk.review() as review:
        await review.press(commands.Accept)
        await review.at_once("H")
        await review.comes_to_show("accept")
        await review.at_once("enter", "u", "x")
    assert desk.states() == {"1.png": "rejected", "2.png": "pending", "3.png": "pending"}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (("slash", "ctrl+u", "enter", "slash", *"name:bro", "enter"), "name:bro"),
        (("slash", *["backspace"] * 3, *"dog", "enter"), "tag:dog"),
        (("slash", "home", *"NOT", "space", "enter"), "NOT tag:cat"),
        (("slash", "ctrl+u", "enter"), None),
        (("slash", "x", "escape"), "tag:cat"),
    ],
)
async def test_a_filter_typed_in_one_go(desk: Desk, keys: tuple[str, ...], wanted: str | None) -> None:
    """Keys with names change the line as letters do, and enter puts in force what stands there."""
    desk.image("brown.png", caption="a cat")
    async with desk.review(lineup=Lineup(parse("tag:cat"))) as review:
        await review.at_once(*(" " if key == "space" else key for key in keys))
        await review.settle()
        query = review.app.turns.lineup.query
        assert (query and query.text) == wanted
        assert review.app.focused is None


async def test_what_is_pasted_amid_keys_comes_in_its_place(desk: Desk) -> None:
    """A filter typed and pasted in one go is whole, and what follows its enter is for the review."""
    _three(desk)
    async with desk.review() as review:
        for event in (events.Key("slash", "/"), events.Key("n", "n"), events.Paste("ame:"), events.Key("1", "1")):
            review.app.post_message(event)
        await review.at_once("asterisk", "enter")
        query = review.app.turns.lineup.query
        assert query is not None
        assert query.text == "name:1"


async def test_a_session_typed_in_one_go(desk: Desk) -> None:
    """The number offered is replaced as if it was typed slowly."""
    _three(desk)
    async with desk.review() as review:
        await review.at_once("B", "backspace", "2", "enter")
        await review.settle()
        assert review.counted_in_queue == 2


async def test_keys_behind_one_that_opens_nothing_are_left_out(desk: Desk) -> None:
    """Where there is no change to write anew, what was meant for it decides nothing, and that is said with the reason."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    before = desk.files()
    async with desk.review() as review:
        await review.at_once("E", *"jdog")
        assert review.in_view == "1.png"
        review.shows("nothing is proposed", LEFT_OUT)
        await review.at_once("j", "a")
        assert review.counts.accepted == 1
        review.shows_not(LEFT_OUT)
    assert desk.files() == before


async def test_keys_behind_a_write_that_fails_are_left_out(desk: Desk) -> None:
    """The editor stays open with what was to be written, and nothing more is typed into it."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        desk.caption_file("1.png").write("a dog")
        await review.at_once("x", "ctrl+s", "j", "d")
        review.shows(LEFT_OUT)
        assert review.app.screen.query_one(TagEditor).text == "a catx"
    desk.caption_file("1.png").reads("a dog")


@pytest.mark.parametrize("way_out", ["q", "ctrl+c"])
async def test_keys_behind_the_one_that_leaves_are_for_the_shell(desk: Desk, way_out: str) -> None:
    """They decide nothing any more."""
    _three(desk)
    async with desk.review() as review:
        for key in (way_out, "d", "a"):
            review.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await review.until(lambda: review.app._exit, "leaving")
    assert desk.kinds() == []


async def test_every_command_that_gives_the_keys_away_says_so(desk: Desk) -> None:
    """What is typed behind a command can wait only if the command says so; behind others nothing waits."""
    for number in range(12):
        desk.image(f"{number:02}.png", caption="a cat")
        desk.proposal(f"{number:02}.png", {"window": 0.9})
    async with desk.review() as review:
        for command in commands.ALL:
            if command is commands.Quit or command.numbered:
                continue
            await review.press_at_once(command)
            if command is commands.OnlySelected:
                continue  # what is typed behind it is meant for the queue it shows
            assert command.hands_over != _is_with_review(review), command.name
            if command.hands_over:
                await review.press("escape")
