"""Finding images: filters that are typed, kept and highlighted, and orders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from engine import paths, settings, settings_change
from engine.finding.language import Order, parse
from tests.tui.screens.seen import codes
from tui import commands
from tui.course.lineup import Lineup

if TYPE_CHECKING:
    from tests.stories.desk import Desk
    from tests.stories.sitting import Sitting


@pytest.fixture
def zoo(desk: Desk) -> Desk:
    """Give five images with captions, each with something proposed."""
    captions = {
        "a.png": "cat, sofa",
        "b.png": "dog, sofa",
        "c.png": "cat, outdoors",
        "d.png": "bird",
        "e.png": "black cat, dog",
    }
    for name, caption in captions.items():
        desk.image(name, caption=caption)
        desk.proposal(name, {"window": 0.9})
    return desk


def queue_of(review: Sitting) -> list[str]:
    """Return the names in the queue, in order."""
    entries = review.app.turns.workspace.entries
    return [entries[image].key.decode() for image in review.app.turns.lineup.ids]


async def filter_by(review: Sitting, text: str) -> None:
    """Put a filter in place of the one in the line, and apply it."""
    await review.press(commands.Filter, "ctrl+u")
    await review.paste(text)
    await review.press("enter")


async def test_filtering_by_a_tag_with_not(zoo: Desk) -> None:
    """While a filter is typed it is said how many fit; applied, the queue holds those; an empty line ends it."""
    async with zoo.review() as review:
        await review.press(commands.Filter)
        await review.write("tag:cat")
        review.shows("2 images fit", "enter apply")
        await review.write(" -outdoors")
        review.shows("1 image fits")
        await review.press("enter")
        assert queue_of(review) == ["a.png"]
        review.shows("/ tag:cat -outdoors", "1/1 of 5")
        await filter_by(review, "")
        assert len(queue_of(review)) == 5
        review.shows_not("tag:cat")
    assert zoo.kinds() == []  # nothing of what was typed was taken for a key of the screen


async def test_decisions_stay_within_the_filter(zoo: Desk) -> None:
    """Accepting goes on to the next image that fits; rows stay where they are, and the end says what is in force."""
    async with zoo.review() as review:
        await filter_by(review, "tag:*cat pending")
        assert queue_of(review) == ["a.png", "c.png", "e.png"]
        await review.press(commands.Accept, commands.Accept)
        assert review.in_view == "e.png"
        await review.press(commands.Accept)
        review.shows("nothing else that fits tag:*cat pending waits")
        assert queue_of(review) == ["a.png", "c.png", "e.png"]
        await review.press(commands.Undo)
        assert review.in_view == "e.png"
    assert zoo.states() == {
        "a.png": "accepted",
        "b.png": "pending",
        "c.png": "accepted",
        "d.png": "pending",
        "e.png": "pending",
    }


async def test_what_is_wrong_is_said_at_its_place(zoo: Desk) -> None:
    """A word that means nothing is named and underlined while it is typed; enter leaves the line open."""
    async with zoo.review() as review:
        await review.press(commands.Filter)
        await review.paste("cat widht>512")
        review.shows("widht", "at character 5", "width")
        assert underlined(review) == {"widht"}
        await review.press("enter")
        review.shows("at character 5", "enter apply")
        await review.press("escape")
        assert len(queue_of(review)) == 5
        review.shows_not("enter apply", "at character")


async def test_completing_what_is_typed(zoo: Desk) -> None:
    """Words of the language and the dataset's own tags are offered; tab puts one in."""
    async with zoo.review() as review:
        await review.press(commands.Filter)
        await review.write("fol")
        review.shows("folder:")
        await review.press("tab")
        assert review.typed == "folder:"
        await review.press("ctrl+u")
        await review.paste("tag:so")
        review.shows("sofa")
        await review.press("tab", "enter")
        assert queue_of(review) == ["a.png", "b.png"]


async def test_going_through_the_list(zoo: Desk) -> None:
    """ctrl+n goes down the list, and enter there takes what is under the cursor instead of applying."""
    async with zoo.review() as review:
        await review.press(commands.Filter)
        await review.paste("tag:")
        await review.press("ctrl+n", "ctrl+n", "enter")
        assert review.typed.startswith("tag:")
        assert len(review.typed) > len("tag:")
        assert len(queue_of(review)) == 5


async def test_earlier_filters(zoo: Desk) -> None:
    """Up brings earlier filters back, down what was typed."""
    async with zoo.review() as review:
        await filter_by(review, "dog")
        await filter_by(review, "cat")
        await review.press(commands.Filter, "ctrl+u")
        await review.write("bi")
        await review.press("up")
        assert review.typed == "cat"
        await review.press("up", "up")
        assert review.typed == "dog"
        await review.press("down", "down")
        assert review.typed == "bi"
        await review.press("escape")
        assert queue_of(review) == ["a.png", "c.png", "e.png"]


async def test_nothing_fits(zoo: Desk) -> None:
    """An empty queue says which filter it is, how to leave it, and what there is instead; the key for that works there."""
    zoo.proposal("d.png", {"moon": 0.9}, source="some/other-model")
    async with zoo.review() as review:
        await filter_by(review, "tag:zebra")
        review.shows("No image fits tag:zebra", "/ changes the filter")
        await review.press(commands.Accept)
        review.shows("there is no image here")
        await review.press(commands.Filter, "ctrl+u")
        await review.paste("source:other")
        review.shows("no image fits; there is source:some/other-model")
        await review.press("enter")
        review.shows(
            "No image fits source:other; there is source:some/other-model.", "/ changes the filter, an empty line ends"
        )
        await filter_by(review, "")
        assert len(queue_of(review)) == 5
    assert zoo.kinds() == []


async def test_a_broken_picture_is_found_once_it_was_seen(zoo: Desk) -> None:
    """No model needs to have met it: the screen that shows no picture knows that there is none to be read."""
    (zoo.root / "c.png").write_bytes(b"not a png...")
    async with zoo.review() as review:
        await filter_by(review, "error:any")
        review.shows("No image fits error:any")
        await filter_by(review, "")
        await review.press(commands.First, commands.Next, commands.Next)
        assert review.in_view == "c.png"
        review.shows("! unreadable")
        await filter_by(review, "error:any")
        assert queue_of(review) == ["c.png"]
    assert zoo.cutline("stats", ".", "--json").json["unreadable"] == 1


async def test_a_filter_kept_under_a_name(zoo: Desk) -> None:
    """ctrl+s keeps a filter in the settings; @name brings it back, also after a restart and among other terms."""
    async with zoo.review() as review:
        await review.press(commands.Filter)
        await review.paste("tag:cat OR dog")
        await review.press("ctrl+s")
        await review.write("pets")
        await review.press("enter")
        review.shows("kept as @pets", "/ @pets")
    assert settings.load().filters == {"pets": "tag:cat OR dog"}
    async with zoo.review() as review:
        await filter_by(review, "@pets -sofa")
        assert queue_of(review) == ["c.png", "e.png"]
        await review.press(commands.Filter, "ctrl+u", "@")
        review.shows("@pets", "tag:cat OR dog")
        await review.paste("pats ")
        review.shows("no filter is kept as @pats", "did you mean pets?")


async def test_a_kept_filter_that_is_replaced_can_be_had_again(zoo: Desk) -> None:
    """Keeping another filter under a name says which one it was before; it is the one that `↑` brings first."""
    settings_change.change("filters.pets", "tag:cat")

    async def keep(review: Sitting) -> None:
        await review.press(commands.Filter, "ctrl+u")
        await review.paste("tag:dog")
        await review.press("ctrl+s")
        await review.write("pets")
        await review.press("enter")

    async with zoo.review() as review:
        await keep(review)
        review.shows("kept as @pets instead of tag:cat ·")
        await review.press(commands.Filter, "up")
        assert review.typed == "tag:cat"
        await review.press("escape")
        await keep(review)
        review.shows("kept as @pets ·")
    assert settings.load().filters == {"pets": "tag:dog"}


async def test_a_kept_filter_that_is_broken_is_said(zoo: Desk) -> None:
    """Filters in the settings that cannot be understood are named at the start."""
    file = paths.config_dir() / settings.FILE_NAME
    file.parent.mkdir(parents=True)
    file.write_text('[filters]\nsmall = "widht<512"\n')
    async with zoo.review() as review:
        review.shows("the filter small in cutline.toml", "widht")


async def test_matches_are_marked(zoo: Desk) -> None:
    """What was looked for is underlined in the caption and in the names of the queue."""
    async with zoo.review() as review:
        await filter_by(review, "sofa OR b.p")
        assert underlined(review) == {"sofa", "b.p"}
        await filter_by(review, "tag:cat")
        assert underlined(review) == {"cat"}
        await filter_by(review, "")
        assert underlined(review) == set()


def underlined(review: Sitting) -> set[str]:
    """Return the texts that are bold and underlined, but for the candidate and the change in view."""
    found = re.findall(r"\x1b\[1;4(?:;[\d;]*)?m([^\x1b]*)", codes(review.app))
    return set(found) - {"tagger", "window"}


async def test_order_by_doubt(desk: Desk) -> None:
    """The list of orders puts first what is closest to the threshold; the person stays at the same image."""
    for name, score in {"a.png": 0.99, "b.png": 0.52, "c.png": 0.7}.items():
        desk.image(name)
        desk.proposal(name, {"window": score})
    async with desk.review() as review:
        await review.press(commands.Last, commands.Sort)
        review.shows("● queue", "closest to its threshold")
        await order_by(review, "doubt")
        assert queue_of(review)[0] == "b.png"
        assert review.in_view == "c.png"
        review.shows("by doubt")
        await review.press(commands.Sort, "r", "enter")
        review.shows("by -doubt")
        assert queue_of(review) == ["a.png", "c.png", "b.png"]


async def order_by(review: Sitting, name: str) -> None:
    """Choose an order in the list of them."""
    at = next(at for at, line in enumerate(review.text.splitlines()) if f"  {name} " in line)
    present = f"● {review.app.turns.lineup.order.text} "
    now = next(at for at, line in enumerate(review.text.splitlines()) if present in line)
    await review.press(*["j"] * (at - now), "enter")


async def test_random_order_is_stable_and_shuffles_again(desk: Desk) -> None:
    """Random has a seed that gives the same order again; chosen once more it has another one."""
    desk.images(*[f"{number:02}.png" for number in range(30)])
    async with desk.review() as review:
        await review.press(commands.Sort)
        await order_by(review, "random")
        first, seed = queue_of(review), review.app.turns.lineup.order
        await review.press(commands.Sort, "enter")
        assert review.app.turns.lineup.order != seed
        assert queue_of(review) != first
    async with desk.review(lineup=Lineup(None, seed)) as review:
        assert queue_of(review) == first


async def test_a_filter_from_the_command_line(zoo: Desk) -> None:
    """A review that begins with a filter needing an index shows nothing else, and begins at the first that fits."""
    async with zoo.review(lineup=Lineup(parse("tag:dog"), Order("path", is_reversed=True))) as review:
        assert queue_of(review) == ["e.png", "b.png"]
        assert review.in_view == "e.png"
        review.shows("/ tag:dog by -path")


async def test_results_that_stream_in_join_the_filtered_queue(zoo: Desk) -> None:
    """Images that come to fit while a filter is in force stand at its end, without a key."""
    async with zoo.review() as review:
        await filter_by(review, "proposed:moon")
        review.shows("No image fits proposed:moon")
        zoo.proposal("d.png", {"moon": 0.9}, source="other")
        await review.until(lambda: queue_of(review) == ["d.png"], "the image joins")
        zoo.proposal("b.png", {"moon": 0.9}, source="other")
        await review.until(lambda: queue_of(review) == ["d.png", "b.png"], "the other joins behind it")
        await review.settle()
        assert review.in_view == "d.png"


async def test_only_what_is_selected(zoo: Desk) -> None:
    """The selection becomes the queue with a key, and all others come back with the same one."""
    async with zoo.review() as review:
        await review.press(commands.OnlySelected)
        review.shows("nothing is selected")
        await review.press(commands.Select, commands.Next, commands.Select, commands.OnlySelected)
        assert queue_of(review) == ["a.png", "c.png"]
        review.shows("/ selected")
        await review.press(commands.OnlySelected)
        assert len(queue_of(review)) == 5


async def test_going_to_what_waits(zoo: Desk) -> None:
    """`w` and `W` go to the next and the previous image that waits, deciding nothing."""
    async with zoo.review() as review:
        await review.press(commands.Next, commands.Accept, commands.First, commands.NextWaiting)
        assert review.in_view == "c.png"
        await review.press(commands.PreviousWaiting)
        assert review.in_view == "a.png"
    assert zoo.kinds() == ["accept"]


async def test_filtering_at_80_by_24(zoo: Desk) -> None:
    """On a small terminal line, list, title and status are all there."""
    async with zoo.review(size=(80, 24)) as review:
        await review.press(commands.Filter)
        await review.paste("tag:c")
        review.shows("filter tag:c", "no image fits")
        await review.write("at")
        review.shows("2 images fit")
        await review.press("enter")
        review.shows("/ tag:cat", "1/2 of 5")
        await filter_by(review, "tag:zebra OR tag:elephant OR tag:rhinoceros OR tag:crocodile")
        panel = " ".join(" ".join(review.caption_panel).split())
        assert "tag:rhinoceros OR tag:crocodile. / changes the filter, an empty line ends it." in panel
