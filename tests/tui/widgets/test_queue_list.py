"""The queue list: rows in view only, whatever the length."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from engine.review.states import Entry
from tests.tui.screens.seen import codes, lines
from tests.tui.trial import HOSTILE
from tui.widgets.queue_list import QueueList


class Alone(App[int]):
    """An app of one list."""

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield QueueList()


class Counting(dict[int, Entry]):
    """Counts how many entries are looked at."""

    looked = 0

    def get(self, key: int, _: object = None) -> Entry | None:  # type: ignore[override]
        """Count a look."""
        self.looked += 1
        return super().get(key)


def entries(count: int) -> Counting:
    """Return that many untouched images."""
    return Counting({i: Entry(i, b"10_cat house/%06d.png" % i, 1, 1) for i in range(count)})


@pytest.mark.parametrize("place", [0, 50_000, 99_999])
async def test_only_rows_in_view_are_made(place: int) -> None:
    """At 100,000 images a move looks at about as many entries as there are rows, and shows the place."""
    images = entries(100_000)
    ids = list(images)
    app = Alone()
    async with app.run_test(size=(40, 20)) as pilot:
        queue = app.query_one(QueueList)
        queue.show_queue(ids, images, 0)
        await pilot.pause()
        images.looked = 0
        queue.show_queue(ids, images, place)
        await pilot.pause()
        assert images.looked <= 5 * 20
        seen = lines(app)
    row = next(line for line in seen if f"{place:06}.png" in line)
    assert row.startswith("▌○")
    assert "×10 cat house" in row
    assert sum(line.startswith("▌") for line in seen) == 1


async def test_every_state_has_a_sign() -> None:
    """State, flag, skip and unreadable are told by shape."""
    images = {i: Entry(i, b"%d.png" % i, 1, 1) for i in range(6)}
    images[0].open_candidates = 1
    images[1].decided, images[2].decided = "accepted", "rejected"
    images[3].skipped = images[4].flagged = True
    images[5].unreadable = "cut off"
    app = Alone()
    async with app.run_test(size=(30, 8)) as pilot:
        app.query_one(QueueList).show_queue(list(images), images, 0)
        await pilot.pause()
        seen = [line.lstrip("▌ ") for line in lines(app)]
    assert [line[0] for line in seen[:6]] == ["●", "✓", "✗", "»", "○", "!"]
    assert "⚑" in seen[4]


async def test_hostile_names_stay_on_one_line() -> None:
    """A name with newlines and escape sequences is one row, shown and not obeyed."""
    images = {1: Entry(1, f"{HOSTILE.replace('/', '')}\n.png".encode(), 1, 1), 2: Entry(2, b"\xff/\n\xfe.png", 1, 1)}
    app = Alone()
    async with app.run_test(size=(120, 6)) as pilot:
        app.query_one(QueueList).show_queue([1, 2], images, 0)
        await pilot.pause()
        seen = lines(app)
        assert "\x1b]" not in codes(app)
    assert "a [] b [red]x[red]" in seen[0]
    assert "↵\\xfe.png" in seen[1]
