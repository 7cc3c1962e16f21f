"""Changes in a list: few lines are made, what is left out is told by shape, nothing hostile comes through."""

from __future__ import annotations

from textual.app import App, ComposeResult

from engine.review.decide import Draft
from tests.tui.screens.seen import codes, lines
from tests.tui.trial import HOSTILE
from tui.widgets.change_list import ChangeList, Refusal


class Alone(App[int]):
    """An app of one list."""

    def __init__(self, left_out: set[bytes]) -> None:
        """Keep what is left out."""
        super().__init__()
        self.changes = ChangeList(left_out)

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield self.changes


def draft(name: str, before: str | None, after: str) -> Draft:
    """Return a change of a caption."""
    return Draft("edit", 1, name.encode(), None if before is None else before.encode(), after.encode())


async def test_a_change_is_one_line_and_whole_under_the_cursor() -> None:
    """What goes and comes stands in the line with little round it; under the cursor stands all of it."""
    long = ", ".join(f"tag {n}" for n in range(60))
    rows = [draft("a.txt", long, f"{long}, last"), draft("b.txt", long, long.replace("tag 30, ", ""))]
    app = Alone({b"b.txt"})
    async with app.run_test(size=(80, 20)) as pilot:
        app.changes.show_items([*rows, draft("c.txt", None, "new")], 0, active=True)
        await pilot.pause()
        seen = lines(app)
        assert seen[0].startswith("▌■ a.txt")
        assert any("tag 59, last" in line for line in seen[1:])
        row = next(line for line in seen if "b.txt" in line)
        assert row.startswith(" □ b.txt")
        assert "tag 30, " in row
        app.changes.show_items([*rows, draft("c.txt", None, "new")], 2, active=True)
        await pilot.pause()
        assert any("c.txt (new file)" in line for line in lines(app))


async def test_ten_thousand_changes_are_not_painted() -> None:
    """However many there are, only those in view are compared."""
    rows = [draft(f"{n}.txt", "a, b", "b") for n in range(10_000)]
    app = Alone(set())
    async with app.run_test(size=(80, 20)) as pilot:
        app.changes.show_items(rows, 9_999, active=True)
        await pilot.pause()
        assert any("9999.txt" in line for line in lines(app))
        assert len(app.changes._pieces) <= 3 * 20


async def test_hostile_text_is_shown_as_signs() -> None:
    """Names, captions and reasons reach the terminal as visible signs, in the line and under the cursor."""
    rows: list[Draft | Refusal] = [draft(HOSTILE, HOSTILE, f"x {HOSTILE}"), Refusal(HOSTILE.encode(), HOSTILE)] * 2
    app = Alone(set())
    async with app.run_test(size=(100, 60)) as pilot:
        for place in (0, 1):
            app.changes.show_items(rows, place, active=True)
            await pilot.pause()
            sent = codes(app)
            assert "\x1b]52" not in sent
            assert "\x9b" not in sent
