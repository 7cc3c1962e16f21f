"""Asking the built-in tagger about a folder through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stories.prints import PRINTS
from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


def test_tagging_names_what_is_to_be_seen_and_changes_no_file(desk: Desk) -> None:
    """Every image gets its candidate with what was drawn into it; outside `.cutline/` not one byte changes."""
    for kind in PRINTS:
        desk.image(f"{kind}.png", picture=kind, caption="mine" if kind == "dark" else None)
    before = desk.files()
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--json")
    assert (said.code, said.json["images"], said.json["proposed"], said.json["failed"]) == (0, 6, 6, 0)
    assert desk.files() == before
    wanted = {"dark": "dark", "red": "red theme", "blurry": "blurry", "bordered": "border", "large": "highres"}
    for picture, tag in wanted.items():
        (proposal,) = desk.cutline("show", ".", f"{picture}.png", "--json").json["proposals"]
        assert tag in [seen["tag"] for seen in proposal["tags"] if seen["in_view"]]
        others = {*wanted.values()} - {tag}
        assert not others & {seen["tag"] for seen in proposal["tags"] if seen["in_view"]}


def test_accepting_at_once_and_taking_it_back(desk: Desk) -> None:
    """`tag --accept` writes captions as one group; `undo` restores every byte, and removes the files it made."""
    desk.image("1.png", picture="dark", caption=b"\xef\xbb\xbfmine,\r\n")
    desk.image("2.png", picture="red")
    desk.image("3.png", picture="blurry", caption="")
    before = desk.files()
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--accept", "--json").json
    assert said["written"] == 3
    after = desk.files()
    assert after["1.txt"].startswith(b"\xef\xbb\xbfmine, dark")
    assert after["1.txt"].endswith(b",\r\n")
    assert b"red theme" in after["2.txt"]
    undone = desk.cutline("undo", ".", "--json").json
    assert (undone["images"], undone["written"], undone["refused"]) == (3, 3, [])
    assert desk.files() == before
    assert set(desk.states().values()) == {"pending"}


def test_moving_the_threshold_asks_nothing_again(desk: Desk) -> None:
    """Another threshold changes what is proposed, not what was asked: the engine gets no job."""
    desk.image("1.png", picture="dark")
    desk.cutline("tag", ".", "--model", "pixel_stats", "--json")
    (low,) = desk.cutline("show", ".", "1.png", "--json").json["proposals"]
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--threshold", "0.99", "--json").json
    assert (said["job"], said["proposed"], said["unchanged"]) == (None, 0, 1)
    (high,) = desk.cutline("show", ".", "1.png", "--json").json["proposals"]
    assert high["id"] == low["id"]
    assert len(high["text"]) < len(low["text"])
    assert [tag["score"] for tag in high["tags"]] == [tag["score"] for tag in low["tags"]]
    assert all(tag["in_view"] == (tag["score"] >= 0.99) for tag in high["tags"])
    assert len(desk.cutline("jobs", "list", "--json").json["jobs"]) == 1
    below = desk.cutline("tag", ".", "--model", "pixel_stats", "--threshold", "0.01")
    assert below.code == 2
    assert "--again" in below.err


def test_asking_again(desk: Desk) -> None:
    """`--again` asks about images that have an answer; the newer proposal takes the older one's place."""
    desk.images("1.png", "2.png")
    desk.cutline("tag", ".", "--model", "pixel_stats")
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--again", "--json").json
    assert (said["proposed"], said["unchanged"]) == (2, 0)
    assert desk.proposals() == {"1.png": 2, "2.png": 2}
    assert desk.counts().pending == 2
    assert desk.cutline("accept", ".", "--json").json["images"] == 2


def test_a_changed_picture_is_asked_about_again(desk: Desk) -> None:
    """Answers belong to a picture's content: another picture under the same name is tagged anew, the rest is not."""
    desk.images("1.png", "2.png")
    desk.cutline("tag", ".", "--model", "pixel_stats")
    desk.image("1.png", picture="red")
    said = desk.cutline("tag", ".", "--model", "pixel_stats", "--json").json
    assert (said["proposed"], said["unchanged"]) == (1, 1)


async def test_candidates_arrive_while_the_screen_is_open(desk: Desk) -> None:
    """What another process asks of the engine is seen on the screen: the job, its counts, then the candidates."""
    for number in range(20):
        desk.image(f"{number:02}.jpg", picture="large" if number else "red")
    async with desk.review(size=(160, 40)) as review:
        review.shows("Nothing is proposed for this image", "20 untouched")
        tagging = desk.begin("tag", ".", "--model", "pixel_stats", "--json")
        await review.comes_to_show("/20")
        await review.comes_to_show("20 pending", "+ red theme")
        await review.until(lambda: tagging.poll() is not None, "the command ends")
        assert tagging.returncode == 0
        await review.press(commands.Accept)
        assert (review.counts.accepted, review.counts.pending) == (1, 19)
    assert b"red theme" in desk.caption_file("00.jpg").path.read_bytes()
    assert set(desk.proposals().values()) == {1}


async def test_the_screen_collects_the_job_of_a_command_that_died(desk: Desk) -> None:
    """A job whose command is gone is collected by the next screen; nothing is proposed twice."""
    for number in range(12):
        desk.image(f"{number:02}.jpg", picture="large")
    tagging = desk.begin("tag", ".", "--model", "pixel_stats")
    async with desk.review(size=(160, 40)) as review:
        await review.until(lambda: review.counts.pending, "the first candidate is there")
        tagging.kill()
        tagging.wait()
        await review.until(lambda: review.counts.pending == 12, "the screen collects the rest")
    assert set(desk.proposals().values()) == {1}
    assert len(desk.proposals()) == 12
