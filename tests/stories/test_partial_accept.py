"""Taking part of what is proposed: a range, a category, a score, half a sentence, two models at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stories.test_hostile_text import HOSTILE, OBEYED
from tui import commands
from tui.widgets.hunk_editor import HunkEditor

if TYPE_CHECKING:
    from tests.stories.desk import Desk

SCORES = {"sofa": 0.9, "window": 0.8, "lamp": 0.7, "rug": 0.6, "vase": 0.5}


def said(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the last decision said of each candidate: the answer, and the changes taken."""
    return [(verdict.answer, verdict.hunks) for verdict in desk.journal()[-1].verdicts]


async def test_a_range_is_left_out(desk: Desk) -> None:
    """`space` on the first, `R` on the last: all between are left out as well, and taken again the same way."""
    desk.image("1.png", caption="cat,\n")
    desk.proposal("1.png", SCORES)
    async with desk.review() as review:
        await review.press(commands.ChooseRange)
        review.shows("space on its first one")
        await review.press("tab", "space", "tab", "tab", commands.ChooseRange)
        review.shows_hunks(chosen=["+sofa", "+vase"], left=["+window", "+lamp", "+rug"])
        await review.press("space", "shift+tab", commands.ChooseRange)
        review.shows_hunks(chosen=["+sofa", "+lamp", "+rug", "+vase"], left=["+window"])
        assert review.result_line() == "cat, sofa, lamp, rug, vase,↵"
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads("cat, sofa, lamp, rug, vase,\n")
    assert said(desk) == [("partly", ("+sofa", "+lamp", "+rug", "+vase"))]


async def test_all_above_a_score(desk: Desk) -> None:
    """`>` takes what scores as high as the tag under the cursor, and leaves out the rest."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", SCORES)
    async with desk.review() as review:
        await review.press("tab", "tab", commands.ChooseAbove)
        assert review.result_line() == "cat, sofa, window, lamp"
        await review.press(commands.InvertChoice)
        assert review.result_line() == "cat, rug, vase"
        await review.press(commands.ChooseAll)
        assert review.result_line() == "cat, sofa, window, lamp, rug, vase"
        await review.press(commands.ChooseAll)
        review.shows("STAYS AS IT IS")
        await review.press(commands.ChooseAbove, commands.Accept)
    desk.caption_file("1.png").reads("cat, sofa, window, lamp")
    assert said(desk) == [("partly", ("+sofa", "+window", "+lamp"))]


async def test_a_category(desk: Desk) -> None:
    """`C` leaves out all of one kind at once: here everything that would be removed."""
    desk.image("1.png", caption="cat, dog, bird")
    desk.proposal("1.png", {"bird": 0.9, "sofa": 0.8, "cat": 0.7}, merge="replace")
    async with desk.review() as review:
        review.shows_hunks(chosen=["-dog", "↕bird", "+sofa"])
        await review.press(commands.ChooseCategory)
        review.shows_hunks(chosen=["↕bird", "+sofa"], left=["-dog"])
        assert review.result_line() == "bird, sofa, cat, dog"
        await review.press("tab", commands.ChooseCategory)
        review.shows_hunks(chosen=[], left=["-dog", "↕bird", "+sofa"])
        await review.press(commands.ChooseCategory, commands.Accept)
    desk.caption_file("1.png").reads("bird, sofa, cat, dog")
    assert said(desk) == [("partly", ("↕bird", "+sofa"))]


async def test_half_of_a_sentence(desk: Desk) -> None:
    """`p` parts a new sentence at its commas, then at its words; each part is chosen by itself."""
    desk.image("1.png", caption="A cat is here.")
    desk.proposal("1.png", "A cat is here. It sits on a red sofa, near a window.")
    async with desk.review() as review:
        await review.press(commands.SplitHunk)
        review.shows_hunks(chosen=["+It sits on a red sofa,", "+near a window."])
        await review.press(commands.SplitHunk)
        for _ in range(4):
            await review.next_hunk()
        await review.press("space")
        assert review.result_line() == "A cat is here. It sits on a sofa, near a window."
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads("A cat is here. It sits on a sofa, near a window.")
    ((answer, hunks),) = said(desk)
    assert (answer, hunks[-1]) == ("partly", "+near a window.")
    assert "+red" not in hunks


async def test_a_change_is_written_anew(desk: Desk) -> None:
    """`E` opens the text of one change; enter takes it, and the verdict says that it is the person's."""
    desk.image("1.png", caption="A grey cat sits here.\r\n")
    desk.proposal("1.png", "A black cat sits here.")
    async with desk.review() as review:
        await review.press(commands.EditHunk)
        assert review.app.screen.query_one(HunkEditor).display
        await review.press("home", *"very", "space", "enter")
        review.shows_hunks(chosen=["grey → very black (edited)"])
        assert review.result_line() == "A very black cat sits here.↵"
        await review.press(commands.EditHunk, "x", "escape")
        assert review.result_line() == "A very black cat sits here.↵"
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads("A very black cat sits here.\r\n")
    assert said(desk) == [("partly", ("grey → very black (edited)",))]


async def test_what_was_typed_and_not_taken_is_there_again(desk: Desk) -> None:
    """Escape takes nothing and loses nothing; pasted escape sequences are only shown."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9})
    async with desk.review() as review:
        await review.press(commands.EditHunk, "s", "escape")
        assert review.result_line() == "cat, sofa"
        review.shows("not taken")
        await review.press(commands.EditHunk, "enter", commands.Accept)
    desk.caption_file("1.png").reads("cat, sofas")


async def test_what_was_done_on_an_image_is_there_when_one_comes_back(desk: Desk) -> None:
    """Moving away keeps what was left out, split, written and typed; so does a decision that is taken back."""
    desk.images("1.png", "2.png", caption="A cat is here.")
    desk.proposal("1.png", SCORES)
    desk.proposal("1.png", "A cat is here. It sits on a red sofa, near a window.")
    async with desk.review() as review:
        await review.leave_out("+window")
        await review.press(commands.NextHunk, commands.EditHunk, "ctrl+u", "b", "e", "d", "enter")
        await review.press(commands.NextHunk, commands.EditHunk, "s", "escape")
        await review.press("2", commands.SplitHunk, commands.ToggleHunk)
        result = review.result_line()
        assert result == "sofa, bed, rug, vase, A cat is here. near a window."
        for keys in (
            (commands.Next, commands.Previous),
            (commands.Select, commands.Previous),
            (commands.Accept, commands.Undo),
            (commands.AcceptCandidate, commands.Undo),
            (commands.Flag, commands.Undo),
        ):
            await review.press(*keys)
            assert (review.in_view, review.result_line()) == ("1.png", result)
        await review.press("1", "tab", "tab", "tab", commands.EditHunk)
        assert review.app.screen.query_one(HunkEditor).text == "rugs"


async def test_text_written_into_changes_is_a_draft_after_leaving(desk: Desk) -> None:
    """Taken or in the line that is still open: it waits in the next sitting, and it is said so; what was decided does not."""
    desk.images("1.png", "2.png", "3.png", "4.png", caption="cat")
    for name in ("1.png", "2.png", "3.png", "4.png"):
        desk.proposal(name, {"sofa": 0.9, "lamp": 0.8})
    async with desk.review() as review:
        await review.press(commands.EditHunk, "s", "enter", commands.Accept)
        await review.press(commands.EditHunk, "s", "enter", commands.NextHunk, commands.ToggleHunk, commands.Next)
        await review.press(commands.EditHunk, "escape", commands.Next)
        await review.press(commands.NextHunk, commands.EditHunk, "s", "ctrl+q")
        told = str(review.app._exit_renderables[0])
        assert told.startswith("2 drafts are kept and not written, with what you wrote into changes and did not accept")
    desk.caption_file("1.png").reads("cat, sofas, lamp")
    async with desk.review() as review:
        assert review.in_view == "2.png"
        review.shows("✎ draft", "2 drafts are waiting")
        await review.press(commands.Edit, "ctrl+s")
        await review.press(commands.Next, commands.Next, commands.Edit, "ctrl+s")
    desk.caption_file("2.png").reads("cat, sofas")
    desk.caption_file("4.png").reads("cat, sofa, lamps")


async def test_text_written_into_a_change_stands_below_a_draft_that_waits(desk: Desk) -> None:
    """Neither takes the place of the other; leaving again keeps both once."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9})
    async with desk.review() as review:
        await review.press(commands.Edit, "s", "escape", "escape", commands.EditHunk, "s", "enter", commands.Quit)
    async with desk.review() as review:
        await review.press(commands.EditHunk, "s", "enter", commands.Edit, "escape", commands.Quit)
    with desk.workspace() as workspace:
        assert [draft.text for draft in workspace.drafts_kept().values()] == ["cats\ncat, sofas"]


async def test_choices_are_taken_back_and_brought_again(desk: Desk) -> None:
    """`z` is the way back to what was proposed, which `u` names; once more brings all of it again."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", SCORES)
    async with desk.review() as review:
        await review.press(commands.AsProposed)
        review.shows("nothing was chosen, split or written here")
        await review.press(commands.EditHunk, "s", "enter", "tab", commands.ToggleHunk, commands.Undo)
        review.shows("nothing of this session is left to undo; z puts the changes of this image back")
        await review.press(commands.AsProposed)
        assert review.result_line() == "cat, sofa, window, lamp, rug, vase"
        review.shows("z again brings back what you chose and wrote")
        await review.press(commands.AsProposed)
        assert review.result_line() == "cat, sofas, lamp, rug, vase"
        await review.press(commands.AsProposed, commands.Accept)
    desk.caption_file("1.png").reads("cat, sofa, window, lamp, rug, vase")


async def test_two_models_and_a_sentence(desk: Desk) -> None:
    """`m` shows candidates as one: all tags, those both agree on, the tags of one with the sentence of another."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9, "window": 0.8}, source="one")
    desk.proposal("1.png", {"window": 0.7, "lamp": 0.6}, source="two")
    desk.proposal("1.png", "A cat sits here.", merge="fill")
    async with desk.review(size=(200, 60)) as review:
        review.shows("2/2")
        await review.press(commands.NextBlend)
        assert review.result_line() == "cat, sofa, window, lamp"
        review.shows("0.80  0.70")
        await review.press(commands.NextBlend)
        assert review.result_line() == "cat, window"
        await review.press(commands.NextBlend, commands.NextBlend)
        assert review.result_line() == "cat, window, lamp, A cat sits here."
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads("cat, window, lamp, A cat sits here.")
    assert said(desk) == [("left", ()), ("taken", ("+window", "+lamp")), ("partly", ("+A cat sits here.",))]


async def test_the_tenth_candidate_can_be_reached(desk: Desk) -> None:
    """`(` goes back from the first candidate to the last, `)` on to the first again."""
    desk.image("1.png", caption="cat")
    for number in range(10):
        desk.proposal("1.png", {f"tag{number}": 0.9}, source=f"model{number}")
    async with desk.review() as review:
        await review.press(commands.PreviousCandidate)
        assert review.result_line() == "cat, tag9"
        review.shows("10 model9")
        await review.press(commands.NextCandidate)
        assert review.result_line() == "cat, tag0"
        review.shows("1 model0")
        await review.press(commands.PreviousCandidate, commands.AcceptCandidate)
    desk.caption_file("1.png").reads("cat, tag9")


async def test_tags_that_stay_are_shown_with_their_scores(desk: Desk) -> None:
    """What the caption and the model both say is no change, and yet its score is there."""
    desk.image("1.png", caption="long_hair, cat")
    desk.proposal("1.png", {"long hair": 0.93, "sofa": 0.9})
    async with desk.review() as review:
        review.shows_hunks(chosen=["+sofa"])
        review.shows("kept  long_hair\u00a00.93")


async def test_a_change_of_white_space_can_be_seen(desk: Desk) -> None:
    """A line that ends elsewhere and a blank too many are shown by signs, so that they can be decided on."""
    desk.image("1.png", caption="A cat  sits on a mat. It looks up.")
    desk.proposal("1.png", "A cat sits on a mat.\nIt looks up.", merge="replace")
    async with desk.review() as review:
        review.shows_hunks(chosen=["-·", "· → ↵"])
        review.shows("− ·", "~ · → ↵")
        await review.press(commands.ToggleHunk, commands.Accept)
    desk.caption_file("1.png").reads("A cat  sits on a mat.\nIt looks up.")


async def test_hostile_text_in_every_way_to_look_at_it(desk: Desk) -> None:
    """Split, written anew, merged, kept: what a model says is shown as text, and written byte for byte."""
    text = "".join(text for text, _ in HOSTILE.values())
    desk.image("1.png", caption=f"cat, {HOSTILE['clear'][0]}")
    desk.proposal("1.png", {HOSTILE["clear"][0]: 0.9, HOSTILE["clipboard"][0]: 0.8}, source="one")
    desk.proposal("1.png", {HOSTILE["bidi"][0]: 0.8}, source="two")
    desk.proposal("1.png", f"A cat sits here. {text}", merge="append")
    async with desk.review() as review:
        keys = (commands.NextBlend, commands.NextBlend, "3", commands.SplitHunk, commands.EditHunk, "escape", "1")
        for key in (*keys, commands.EditHunk, "home", "x", "enter"):
            await review.press(key)
            assert not OBEYED.search(review.sent)
        review.shows("kept")
        await review.press(commands.AcceptCandidate)
    desk.caption_file("1.png").reads(f"cat, {HOSTILE['clear'][0]}, x{HOSTILE['clipboard'][0]}")
