"""The real `cutline` in a real terminal: keys typed into tmux, the screen read back from it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.real.tmux import Tmux, cutline
from tests.stories.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

LOG = "log: \x1b[31mxaaad red\x1b[0m"
HOSTILE = "cat\x1b]2;owned\x07 [/] b\x1b[2J\x9b31m"


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    """Give a terminal."""
    with Tmux() as terminal:
        yield terminal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty desk."""
    desk = Desk(tmp_path / "photos")
    yield desk
    desk.clear()


def test_reviewing_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """Typed keys accept, edit, flag and undo; the screen follows, also when it is resized; leaving restores the shell."""
    desk.image("1.png", caption="a cat")
    desk.image("2.png", caption="a dog")
    desk.proposal("1.png", {"window": 0.9, "sofa": 0.8})
    desk.proposal("2.png", {"grass": 0.7})
    tmux.enter(cutline("review", str(desk.root)))
    tmux.comes_to_show("1.png", "+ window", "a cat, window, sofa", "2 pending", "a accept")
    tmux.type("Tab", "Space")
    tmux.comes_to_show("1 of 2 chosen")
    tmux.type("a")
    tmux.comes_to_show("1.png: accepted and written", "+ grass")
    desk.caption_file("1.png").reads("a cat, window")
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("!", "C-s")
    tmux.comes_to_show("edited and written")
    desk.caption_file("2.png").reads("a dog!")
    tmux.type("u")
    tmux.comes_to_show("undone: edit")
    desk.caption_file("2.png").reads("a dog")
    tmux.resize(80, 24)
    tmux.until(lambda screen: max(map(len, screen.splitlines())) <= 80 and "2.png" in screen, "the smaller screen")
    tmux.type("?")
    tmux.comes_to_show("Decide")
    tmux.type("Escape")
    tmux.until(lambda screen: "grass" in screen, "the review is there again")
    tmux.type("q")
    tmux.until(lambda screen: "grass" not in screen and "$" in screen, "the shell is there again")
    tmux.enter("echo $((40 + 2)) is the answer")
    tmux.comes_to_show("42 is the answer")
    assert desk.kinds() == ["accept", "edit", "undo"]


def test_a_held_key_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """Sixty `a` typed at once decide sixty images, each once."""
    names = [f"{number:03}.png" for number in range(61)]
    desk.images(*names)
    with desk.workspace():  # so that the first frame has all of them
        pass
    tmux.enter(cutline("review", "--preview", "none", str(desk.root)))
    tmux.comes_to_show("1/61", "61 untouched")
    tmux.hold("a", 60)
    tmux.comes_to_show("60 accepted", "61/61")
    tmux.type("q")
    tmux.until(lambda screen: "accepted" not in screen, "the app ended")
    assert desk.kinds() == ["approve"] * 60


def test_hostile_text_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """A caption full of terminal commands is on the screen as text: no title is set, nothing is cleared."""
    desk.image("1.png", caption=HOSTILE)
    desk.proposal("1.png", {"[red]window[/red]": 0.9})
    before = tmux.title
    tmux.enter(cutline(str(desk.root)))
    tmux.comes_to_show("cat␛]2;owned␇ [/] b␛[2J", r"\x9b31m", "+ [red]window[/red]")
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("Escape")
    tmux.until(lambda screen: "ctrl+s" not in screen, "the editor is closed")
    tmux.type("a")
    tmux.comes_to_show("accepted and written")
    assert tmux.title == before
    tmux.type("q")
    tmux.until(lambda screen: "accepted" not in screen, "the app ended")
    tmux.enter(cutline("show", str(desk.root), "1.png"))
    tmux.comes_to_show("cat␛]2;owned␇")
    assert tmux.title == before
    desk.caption_file("1.png").reads(HOSTILE + ", [red]window[/red]")


def test_a_picture_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """The picture beside the caption is drawn in cells."""
    desk.image("1.png", picture="red")
    tmux.enter(cutline("review", "--preview", "symbols", str(desk.root)))
    tmux.until(lambda screen: sum(screen.count(sign) for sign in "▀▄█▌▐🬀🬁🬂🬃") > 50, "the picture is drawn")
    tmux.type("q")
    tmux.until(lambda screen: "1.png" not in screen.replace("review", ""), "the app ended")


def test_keys_in_one_burst_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """A burst decides what was to be decided, and nothing below a screen, an editor or a line that it opens."""
    names = [f"{number}.png" for number in range(6)]
    desk.images(*names, caption="a cat")
    for name in names:
        desk.proposal(name, {"window": 0.9})
    tmux.enter(cutline("review", "--preview", "none", str(desk.root)))
    tmux.comes_to_show("6 pending")
    tmux.type("a", "a", "b", "d", *"a*")
    tmux.comes_to_show("drop TAG, TA* a*", "would change 6 of 6")
    tmux.type("Escape")
    tmux.until(lambda screen: "drop TAG, TA* a*" not in screen, "the line is closed")
    tmux.type("q", "x", "T", "a")
    tmux.comes_to_show("tags", "add to all")
    tmux.until(lambda _: len(desk.kinds()) == 3, "the decision before it is made")
    tmux.type("Escape")
    tmux.until(lambda screen: "add to all" not in screen, "the line is closed")
    tmux.type("q", "e", "!", "C-s", "x")
    tmux.comes_to_show("2 accepted", "2 rejected")
    tmux.type("/", *"name:9", "BSpace", "5", "Enter", "q")
    tmux.until(lambda screen: "rejected" not in screen, "the shell is there again")
    assert desk.kinds() == ["accept", "accept", "reject", "edit", "reject"]


def test_a_log_pasted_into_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """With its colours it decides nothing on the review; in the editor and the filter it stands whole, in one place."""
    desk.images("1.png", "2.png", "3.png", caption="a cat")
    tmux.enter(cutline("review", "--preview", "none", str(desk.root)))
    tmux.comes_to_show("3 untouched")
    tmux.paste(LOG)
    tmux.type("j")
    tmux.comes_to_show("2/3")
    tmux.paste(LOG)
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("Home")
    tmux.paste(LOG)
    tmux.type(*"!!")
    tmux.comes_to_show("log: xaaad red!!a cat")
    tmux.type("C-s")
    tmux.comes_to_show("edited and written")
    tmux.type("/", "(")
    tmux.paste(LOG)
    tmux.type(")")
    tmux.comes_to_show("(log: xaaad red)")
    tmux.type("Escape")
    tmux.until(lambda screen: "(log" not in screen, "the line is closed")
    tmux.type("q")
    tmux.until(lambda screen: "untouched" not in screen, "the app ended")
    assert desk.kinds() == ["edit"]
    desk.caption_file("2.png").reads("log: xaaad red!!a cat")


def test_escape_and_more_in_one_burst_in_a_terminal(desk: Desk, tmux: Tmux) -> None:
    """Amid a caption it leaves with a draft, and what follows is for the review; a sign or enter behind it is itself."""
    desk.images("1.png", "2.png", "3.png", "4.png", caption="a cat")
    tmux.enter(cutline("review", "--preview", "none", str(desk.root)))
    tmux.comes_to_show("4 untouched")
    tmux.type("e")
    tmux.comes_to_show("ctrl+s")
    tmux.type("!", "Escape", "j", "a")
    tmux.comes_to_show("1 accepted", "3/4")
    tmux.type("e", "?", "Escape", "/", *"name:4", "Escape", "Enter", "j")
    tmux.comes_to_show("4/4")
    tmux.type("e", "C-End", "!", "C-s")
    tmux.comes_to_show("edited and written")
    tmux.type("q")
    tmux.until(lambda screen: "accepted" not in screen, "the app ended")
    assert desk.kinds() == ["approve", "edit"]
    desk.caption_file("4.png").reads("a cat!")
    with desk.workspace() as workspace:
        assert sorted(draft.text for draft in workspace.drafts_kept().values()) == ["a cat!", "a cat?"]
