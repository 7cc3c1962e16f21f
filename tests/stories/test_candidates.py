"""Several models about one image, and sentences beside tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_one_of_two_candidates_is_accepted_and_the_other_compared_anew(desk: Desk) -> None:
    """`2` shows the second candidate, `A` takes it and stays; of the first only what is still new is left."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"sofa": 0.9, "window": 0.8}, source="one")
    desk.proposal("cat.png", {"window": 0.7, "lamp": 0.6}, source="two")
    async with desk.review() as review:
        review.shows_hunks(chosen=["+sofa", "+window"])
        await review.press("2")
        review.shows_hunks(chosen=["+window", "+lamp"])
        await review.press(commands.AcceptCandidate)
        assert review.in_view == "cat.png"
        desk.caption_file("cat.png").reads("a cat, window, lamp")
        review.shows("two ✓ taken", "cat.png: two accepted and written; one is open yet")
        await review.press("1")
        review.shows_hunks(chosen=["+sofa"])
        assert review.counts.pending == 1
        await review.press(commands.ToggleHunk, commands.AcceptCandidate)
        review.shows("cat.png: one accepted as it stands; no candidate is open any more")
        await review.press(commands.Undo, commands.ToggleHunk, commands.AcceptCandidate)
        review.shows("one accepted and written")
    desk.caption_file("cat.png").reads("a cat, window, lamp, sofa")
    assert desk.kinds() == ["accept", "accept", "undo", "accept"]


async def test_accept_takes_what_is_chosen_of_both(desk: Desk) -> None:
    """`a` writes the choices made on every candidate, a tag that both propose once, and answers all of them."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"sofa": 0.9, "window": 0.8}, source="one")
    desk.proposal("cat.png", {"window": 0.7, "lamp": 0.6}, source="two")
    async with desk.review() as review:
        await review.leave_out("+sofa")
        await review.press("2", commands.ToggleHunk)  # leaves out the window here, but not there
        assert review.result_line() == "a cat, window, lamp"
        await review.press(commands.Accept)
    desk.caption_file("cat.png").reads("a cat, window, lamp")
    answers = {verdict.answer for verdict in desk.journal()[0].verdicts}
    assert answers == {"partly"}
    assert desk.states() == {"cat.png": "accepted"}


async def test_the_count_is_of_the_candidate_in_view(desk: Desk) -> None:
    """Never more is chosen than there is: what is chosen of another candidate stands beside that one's name."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"sofa": 0.9, "window": 0.8, "rug": 0.7}, source="one")
    desk.proposal("cat.png", {"lamp": 0.6}, source="two")
    async with desk.review() as review:
        await review.leave_out("+window")
        review.shows("2 of 3 chosen")
        await review.press("2")
        review.shows("one +2", "1 of 1 chosen")
        assert review.result_line() == "a cat, sofa, rug, lamp"
        await review.press(commands.NextBlend)
        review.shows("3 of 4 chosen")


async def test_merged_candidates_keep_what_was_done_to_them(desk: Desk) -> None:
    """`m` after a change was left out and another written anew: both are so in the merge, or it is said that they are not."""
    desk.image("cat.png", caption="a cat")
    desk.proposal("cat.png", {"smile": 0.9, "solo": 0.8, "rug": 0.7}, source="one")
    desk.proposal("cat.png", {"rug": 0.6}, source="two")
    async with desk.review() as review:
        await review.leave_out("+smile")
        await review.press(commands.NextHunk, commands.EditHunk, "ctrl+u")
        await review.write("handmade")
        await review.press("enter", commands.NextBlend)
        review.shows_hunks(chosen=["+handmade (edited)", "+rug"], left=["+smile"])
        assert review.result_line() == "a cat, handmade, rug"
        await review.press(commands.NextBlend)
        review.shows("∩ has no place for what you wrote: +handmade (edited)")
        assert review.result_line() == "a cat, rug"
        await review.press(commands.PreviousCandidate, commands.PreviousCandidate, commands.NextBlend, commands.Accept)
    desk.caption_file("cat.png").reads("a cat, handmade, rug")


async def test_there_is_no_third_of_two(desk: Desk) -> None:
    """A number without a candidate says so and changes nothing."""
    desk.image("cat.png")
    desk.proposal("cat.png", {"sofa": 0.9})
    async with desk.review() as review:
        await review.press("3")
        review.shows("there is no candidate 3 here")
        review.shows_hunks(chosen=["+sofa"])


async def test_prose_is_changed_word_by_word(desk: Desk) -> None:
    """A sentence that replaces another is shown as runs of words, and each run is taken or left by itself."""
    desk.image("cat.png", caption="A grey cat sits on a sofa near the window.\n")
    desk.proposal("cat.png", "A black cat sits on a sofa near the open window.")
    async with desk.review() as review:
        review.shows_hunks(chosen=["grey → black", "+open"])
        await review.leave_out("grey → black")
        assert review.result_line() == "A grey cat sits on a sofa near the open window.↵"
        await review.press(commands.Accept)
    desk.caption_file("cat.png").reads("A grey cat sits on a sofa near the open window.\n")


async def test_a_captioner_fills_what_is_empty_and_offers_elsewhere(desk: Desk) -> None:
    """With merge `fill` a blank caption is written; where there is one, the text is offered with nothing chosen."""
    sentence = "A black cat sleeps on a red sofa."
    desk.image("1.png")
    desk.image("2.png", caption="cat, sofa")
    for name in ("1.png", "2.png"):
        desk.proposal(name, sentence, merge="fill")
    async with desk.review() as review:
        assert review.result_line() == sentence
        await review.press(commands.Accept)
        review.shows_hunks(chosen=[], left=["-cat, sofa", f"+{sentence}"])
        assert review.result_line() == ""
        review.shows("STAYS AS IT IS")
        await review.press(commands.NextHunk, commands.ToggleHunk)
        assert review.result_line() == f"cat, sofa, {sentence}"
        await review.press(commands.Accept)
    desk.caption_file("1.png").reads(sentence)
    desk.caption_file("2.png").reads(f"cat, sofa, {sentence}")


async def test_a_picture_that_changed_makes_its_candidate_stale(desk: Desk) -> None:
    """A candidate made for another picture says so, has nothing chosen, and no bulk step accepts it."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", {"window": 0.9})
    desk.image("1.png", picture="red")
    assert desk.cutline("accept", ".", "--json").json["images"] == 0
    async with desk.review() as review:
        review.shows("! stale")
        review.shows_hunks(chosen=[], left=["+window"])
    desk.caption_file("1.png").reads("a cat")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 24), (40, 24)], ids=str)
async def test_merged_candidates_keep_their_names(desk: Desk, size: tuple[int, int]) -> None:
    """Over the columns of a blend it stands which number is which model, the names as short as they have to be."""
    desk.image("cat.png", caption="a cat")
    for number, source in enumerate(("wd-vit-tagger-v3", "swinv2-tagger", "pixel_stats")):
        desk.proposal("cat.png", {"sofa": 0.9, f"only {number}": 0.8}, source)
    async with desk.review(size, "symbols") as review:
        review.shows("1 wd-vit-tagger-v3 ")
        await review.press(commands.NextBlend)
        (tabs,) = (line for line in review.caption_panel if "m ∪ ∩2 ∩" in line)
        assert re.search(r"1 wd\S+ +2 sw\S+ +3 pi\S+ +m", tabs)


@pytest.mark.parametrize("models", [2, 3, 4, 8])
async def test_names_take_the_room_there_is(desk: Desk, models: int) -> None:
    """However many candidates there are, no number is missing; where they have room, names leave less than a cell each."""
    desk.image("cat.png", caption="a cat")
    for number in range(models):
        desk.proposal("cat.png", {"sofa": 0.9, f"only {number}": 0.8}, f"model-{number}-with-a-long-name")
    async with desk.review((120, 40), "symbols") as review:
        await review.press(commands.NextBlend)
        (tabs,) = (line for line in review.caption_panel if "m ∪ ∩" in line)
        assert [number for number in range(models) if not re.search(rf"\b{number + 1}\b", tabs)] == []
        spare = len(tabs) - len(re.sub(r" +(?=\d+/\d+$)", "", tabs))
        assert ("1 mo" in tabs) == (models < 8)
        assert spare <= models + 1 or models == 8
