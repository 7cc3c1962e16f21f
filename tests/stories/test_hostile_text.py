"""Captions, names and tags that would like to be obeyed: they are text, and are shown as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk

HOSTILE = {
    "title": ("a cat\x1b]2;owned\x07", "a cat␛]2;owned␇"),
    "clipboard": ("a cat\x1b]52;c;b3duZWQ=\x1b\\", "a cat␛]52;c;b3duZWQ=␛\\"),
    "clear": ("a cat\x1b[2J\x1b[H", "a cat␛[2J␛[H"),
    "c1": ("a cat\x9b31m red", r"a cat\x9b31m red"),
    "markup": ("a [/] b, [red]c[/red], [@click=app.quit]d[/]", "a [/] b, [red]c[/red], [@click=app.quit]d[/]"),
    "bidi": ("a \u202ecat", r"a \u202ecat"),
    "marks": ("a\u200bcat\ufeff", r"a\u200bcat\ufeff"),
}
"""What stands in a caption, and how it is to be shown."""
OBEYED = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, but for colours and line ends."""


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_caption_is_shown_and_kept(desk: Desk, kind: str) -> None:
    """A caption that holds commands for a terminal reaches it as visible signs only, and its file keeps every byte."""
    text, shown = HOSTILE[kind]
    desk.image("1.png", caption=text)
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        review.shows(shown)
        for keys in ((), (commands.Edit,), ("escape",), (commands.Accept,), (commands.Help,)):
            await review.press(*keys)
            assert not OBEYED.search(review.sent)
    desk.caption_file("1.png").reads(text + ", window")


async def test_a_hostile_caption_survives_the_editor(desk: Desk) -> None:
    """What is dangerous in a caption is kept byte for byte by a hand edit beside it."""
    text = "".join(text for text, _ in HOSTILE.values())
    desk.image("1.png", caption=text)
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("!")
        assert not OBEYED.search(review.sent)
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads(text + "!")


async def test_the_editor_shows_which_control_character_it_is(desk: Desk) -> None:
    """Each has a sign of its own, or is named under the cursor; none of the signs is written."""
    desk.image("1.png", caption="a\x1b \x07b\u202e")
    async with desk.review() as review:
        await review.press(commands.Edit)
        review.shows("│ a␛ ␇b\ufffd ")
        await review.press("home", "right")
        review.shows("under the cursor: ␛")
        await review.press("end", "left")
        review.shows("under the cursor: \\u202e")
        await review.press("left")
        review.shows("ctrl+s write")
        await review.write("!")
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads("a\x1b \x07!b\u202e")


async def test_what_a_model_says_is_not_obeyed(desk: Desk) -> None:
    """Tags, sentences and layer names out of a model are shown as text, too, and written as they are."""
    desk.image("1.png")
    desk.proposal("1.png", {"\x1b[2Jtag": 0.9, "[b]bold[/b]": 0.8}, source="\x1b]2;owned\x07[/]")
    async with desk.review() as review:
        review.shows("␛[2Jtag", "[b]bold[/b]", "␛]2;owned␇[/]")
        assert not OBEYED.search(review.sent)
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads("\x1b[2Jtag, [b]bold[/b]")


def test_commands_print_hostile_text_as_text(desk: Desk) -> None:
    """Commands for people print names and captions with visible signs; in JSON they are escaped."""
    name = "\x1b]2;owned\x07[/].png"
    desk.image(name, caption="a \x1b[2J \u202ecat")
    for words in (("show", ".", name), ("edit", ".", "add:dog"), ("history", "."), ("stats", ".")):
        for json in ((), ("--json",)):
            said = desk.cutline(*words, *json)
            assert said.code == 0, said.err
            assert not OBEYED.search(said.out + said.err)
            assert "\x1b" not in said.out + said.err
