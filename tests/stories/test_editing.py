"""Editing captions by hand: completion, drafts that nothing ends but the person, and one story of undo."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.settings_change import change
from tests.bench.pty_app import PtyApp
from tests.stories.desk import CUTLINE, REPOSITORY
from tui import commands
from tui.typing import drafts
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting

BOORU = 'long_hair,0,4300000,"longhair,/lh"\nhatsune_miku,4,90000,miku\nlooking_at_viewer,0,3300000,\nbroken,0,line\n'
PATIENCE_SECONDS = 60.0


@pytest.fixture
def _booru() -> None:
    """Put a list of known tags where cutline looks for them."""
    folder = paths.config_dir() / "vocabularies"
    folder.mkdir(parents=True)
    (folder / "booru.csv").write_text(BOORU)


def _editor(review: Sitting) -> str:
    return review.app.screen.query_one(TagEditor).text


@pytest.mark.usefixtures("_booru")
async def test_a_beginning_an_alias_and_a_slip_are_completed(desk: Desk) -> None:
    """What is typed is completed to a tag of this dataset or a list, and written without the separator left over."""
    desk.image("1.png", caption="1girl, solo")
    desk.image("2.png", caption="holding sword")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.comes_to_show("booru.csv: left out line 4: no name,category,count")
        await review.write(", hol")
        review.shows("holding sword", "×1")
        await review.press("tab")
        await review.write("/l")
        review.shows("/lh → long hair", "general 4.3M")
        await review.press("down", "enter")
        await review.write("lokoing")
        review.shows("looking at viewer")
        await review.press("tab")
        assert _editor(review) == "1girl, solo, holding sword, long hair, looking at viewer, "
        review.shows_not("4.3M")
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads("1girl, solo, holding sword, long hair, looking at viewer")


async def test_what_is_completed_follows_what_was_written(desk: Desk) -> None:
    """A tag renamed everywhere is suggested by its new name and count, undone by its old one; accepted tags count, too."""
    desk.images("1.png", "2.png", "3.png", caption="zebra")
    desk.proposal("1.png", {"zebu": 0.9})
    async with desk.review() as review:
        await review.press(commands.Edit, "escape", commands.BulkEdit, "r")
        await review.write("zebra=quagga")
        await review.press("enter", "enter")
        await review.press(commands.Edit)
        await review.write(", z")
        review.shows_not("zebra")
        await review.press("backspace", "q")
        review.shows("quagga", "×3")
        await review.press(*["backspace"] * 3, "escape", "escape", commands.Undo, commands.Accept)
        desk.caption_file("1.png").reads("zebra, zebu")
        await review.press(commands.Edit)
        await review.write(", z")
        review.shows("zebra", "×3", "zebu", "×1")
        review.shows_not("quagga")


@pytest.mark.usefixtures("_booru")
async def test_the_list_leaves_keys_to_the_text(desk: Desk) -> None:
    """Escape closes the list first, and enter is a new line until somebody goes into the list."""
    desk.image("1.png", caption="solo")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write(", long")
        review.shows("4.3M")
        await review.press("escape")
        review.shows_not("4.3M", "kept as a draft")
        await review.write(" ")
        review.shows("4.3M")
        await review.press("enter")
        assert _editor(review) == "solo, long \n"


@pytest.mark.usefixtures("_booru")
async def test_a_comma_typed_by_habit_behind_a_completed_tag_is_no_second_one(desk: Desk) -> None:
    """Completing has put the separator already: whoever types it, with a blank, goes on with the next tag."""
    desk.image("1.png", caption="solo")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write(", long")
        await review.press("tab")
        await review.write(", hat,, x")
        assert _editor(review) == "solo, long hair, hat,, x"


@pytest.mark.usefixtures("_booru")
async def test_prose_is_left_alone(desk: Desk) -> None:
    """In a sentence no list opens by itself; asked for, it completes the word under the cursor."""
    desk.image("1.png", caption="A girl looks at a hat. She is hat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        review.shows_not("hatsune")
        await review.press("ctrl+@")
        review.shows("hatsune miku")
        await review.press("tab")
        assert _editor(review) == "A girl looks at a hat. She is hatsune miku"


async def test_tags_are_moved_deleted_and_told_when_they_stand_twice(desk: Desk) -> None:
    """A tag goes with its weight; each of these is one step that ctrl+z takes back and ctrl+y makes again."""
    desk.image("1.png", caption="long hair, (solo:1.2), Long_Hair")
    async with desk.review() as review:
        await review.press(commands.Edit)
        review.shows("EDIT · ", "/75 · T5 ~", "/512 · twice: long hair")
        await review.press("alt+d")
        review.shows_not("twice")
        assert _editor(review) == "long hair, (solo:1.2)"
        await review.press("alt+left")
        assert _editor(review) == "(solo:1.2), long hair"
        await review.press("alt+left")
        review.shows("there is no tag here with a neighbour on that side")
        await review.press("ctrl+z", "ctrl+z")
        assert _editor(review) == "long hair, (solo:1.2), Long_Hair"
        await review.press("ctrl+z")
        review.shows("nothing typed here is left to undo")
        await review.press("ctrl+y", "ctrl+y")
        assert _editor(review) == "(solo:1.2), long hair"
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads("(solo:1.2), long hair")


@pytest.mark.usefixtures("_booru")
async def test_weights_stay_while_tags_are_completed_and_moved(desk: Desk) -> None:
    """A weight can be typed right behind a completed tag; tags of one bracket are passed together."""
    desk.image("1.png", caption="(looking:1.1)")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write(", (long")
        await review.press("tab")
        await review.write(":1.2), (x, y:1.3), z")
        assert _editor(review) == "(looking:1.1), (long hair:1.2), (x, y:1.3), z"
        await review.press(*["left"] * 18)
        await review.press("alt+right", "alt+right")
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads("(looking:1.1), (x, y:1.3), z, (long hair:1.2)")


async def test_tokens_are_counted_while_they_are_typed(desk: Desk) -> None:
    """The frame counts what would be written, says where a block ends, and the text shows it."""
    desk.image("1.png", caption="cat " * 72 + "dog")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.comes_to_show("EDIT · 73/75 · T5 ~")
        await review.write(" sits there")
        review.shows("EDIT · 75/75 · T5 ~91/512")
        await review.write(" now")
        review.shows("EDIT · 76/75! · T5 ~92/512 · 75 ends after “there”")
        editor = review.app.screen.query_one(TagEditor)
        ((first, end, _),) = editor._account.styled
        assert editor.text[:end].endswith("ther" + editor.text[first:end])
        await review.press("ctrl+z", "ctrl+z")
        review.shows("73/75")


async def test_undo_goes_on_where_the_editor_ends(desk: Desk) -> None:
    """Typing is taken back in the editor, writing outside it; the caption is as it was."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("!?")
        await review.press("ctrl+z")
        assert _editor(review) == "a cat"
        await review.press("ctrl+y", "ctrl+s")
        desk.caption_file("1.png").reads("a cat!?")
        await review.press(commands.Undo)
        review.shows("undone: edit")
    desk.caption_file("1.png").reads("a cat")


async def test_a_draft_waits_for_the_next_sitting(desk: Desk) -> None:
    """Leaving asks nothing and loses nothing; the next time the image is marked, beside other news, and editing goes on."""
    desk.images("1.png", "2.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("ctrl+q")
        assert "1 draft is kept" in str(review.app._exit_renderables[0])
    change("screen.theme", "nonesuch")
    async with desk.review() as review:
        review.shows("✎ draft", "1 draft is waiting from an earlier sitting", "there is no theme 'nonesuch'")
        await review.press(commands.Edit)
        assert _editor(review) == "a cats"
        await review.press("ctrl+s")
        review.shows_not("✎ draft")
    desk.caption_file("1.png").reads("a cats")
    async with desk.review() as review:
        review.shows_not("✎ draft", "earlier sitting")


async def test_a_draft_that_says_what_the_caption_says_is_none(desk: Desk) -> None:
    """Taking back all that was typed, or writing the same text elsewhere, ends a draft."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape", "escape")
        review.shows("✎ draft")
        await review.press(commands.Edit, "backspace", "escape")
        review.shows_not("✎ draft", "kept as a draft")
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape", "escape")
        desk.caption_file("1.png").write("a cats")
        await review.until(lambda: "✎ draft" not in review.text, "the draft says nothing else than the caption")


async def test_a_caption_that_changed_since_the_draft_was_begun(desk: Desk) -> None:
    """Opening the draft says so; the caption that is there now is shown, and is written over only by ctrl+s."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.write("s")
        await review.press("escape", "escape")
    desk.caption_file("1.png").write("a dog")
    async with desk.review() as review:
        await review.press(commands.Edit)
        review.shows("the caption was changed since you began this draft", "a dog", "a cats")
        await review.press("escape")
    desk.caption_file("1.png").reads("a dog")


async def test_writing_what_the_caption_says_writes_nothing(desk: Desk) -> None:
    """`ctrl+s` without a change says so, and is no step of the journal."""
    desk.image("1.png", caption="a cat\n")
    async with desk.review() as review:
        await review.press(commands.Edit, "ctrl+s")
        review.shows("nothing was changed here: nothing was written")
        await review.press(commands.Edit, "s", "backspace", "ctrl+s")
        review.shows_not("edited and written", "✎ draft")
    assert desk.kinds() == []


def test_a_draft_outlives_a_killed_process(desk: Desk) -> None:
    """A second after the last key a kill -9 takes nothing that was typed; the editor was never left."""
    desk.image("1.png", caption="a cat")
    command = ("env", f"PYTHONPATH={REPOSITORY}", *CUTLINE, "review", "--preview", "none", str(desk.root))
    with PtyApp(command) as app:
        app.wait_for("a cat")
        app.press("e")
        app.wait_for("EDIT")
        app.press(" on a mat")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (typed := _drafts(desk)) or typed[-1] != "a cat on a mat":
            app.read(0.01)
            assert time.monotonic() < deadline
    with PtyApp(command) as app:
        app.wait_for("draft")
        app.press("e")
        app.wait_for("a cat on a mat")
    desk.caption_file("1.png").reads("a cat")


def _drafts(desk: Desk) -> list[str]:
    with desk.workspace() as workspace:
        return [draft.text for draft in workspace.drafts_kept().values()]


async def test_pasted_lines_end_as_the_file_has_it(desk: Desk) -> None:
    """A terminal pastes line ends as carriage returns; none of them reaches the file."""
    desk.image("1.png", caption="a cat")
    async with desk.review() as review:
        await review.press(commands.Edit)
        await review.paste("\reins\r\nzwei\ndrei")
        await review.press("ctrl+s")
    desk.caption_file("1.png").reads("a cat\neins\nzwei\ndrei")


@pytest.mark.parametrize("kept_after", [drafts.KEPT_AFTER_SECONDS, 0.0])
async def test_two_screens_type_for_one_image(desk: Desk, monkeypatch: pytest.MonkeyPatch, kept_after: float) -> None:
    """The second is told that the first keeps a draft, which stays; leaving the same text once more replaces it.

    Whoever types slowly is told while they type, too; that does not count.
    """
    monkeypatch.setattr(drafts, "KEPT_AFTER_SECONDS", kept_after)
    desk.image("1.png", caption="a cat")
    async with desk.review(size=(200, 40)) as first, desk.review(size=(200, 40)) as second:
        for review, typed in ((first, "s"), (second, " two")):
            await review.press(commands.Edit)
            await review.write(typed)
            await review.press("escape", "escape")
        await second.comes_to_show("another screen keeps a draft of 1.png")
        assert _drafts(desk) == ["a cats"]
        await second.press("ctrl+q")
        second.shows("what you typed could not be kept (another screen keeps a draft of 1.png)")
        assert _drafts(desk) == ["a cats"]
        await second.press(commands.Edit, "escape")
        second.shows_not("another screen")
        assert _drafts(desk) == ["a cat two"]
        await first.press(commands.Edit)
        await first.write("!")
        await first.comes_to_show("another screen keeps a draft of 1.png")
        await first.press("ctrl+s")
        assert _drafts(desk) == ["a cat two"]
    desk.caption_file("1.png").reads("a cats!")
