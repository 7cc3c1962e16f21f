"""Finding never stands in the way of a key."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.tui.screens.seen import text
from tui.finding.seeking import Seeker

if TYPE_CHECKING:
    import pytest

    from engine.finding.language import Order, Query
    from engine.review.records import ImageId
    from tests.tui.trial import Trial


async def test_keys_work_while_a_filter_is_looked_for(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typing, moving and deciding go on while the images that fit are still looked for; then they are the queue."""
    for name in "abcdef":
        trial.image(f"{name}.png", "cat" if name in "ace" else "dog")
    go_on, find = threading.Event(), Seeker._find

    def slow(self: Seeker, query: Query | None, order: Order, is_stale: object) -> list[ImageId] | None:
        go_on.wait()
        return find(self, query, order, is_stale)  # type: ignore[arg-type]  # as it was given

    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.until_idle()
        monkeypatch.setattr(Seeker, "_find", slow)
        try:
            await pilot.press("slash", *"tag:cat")
            await pilot.pause()
            assert "tag:cat" in text(app)
            await pilot.press("enter", "j")
            while app.turns.place != 1:
                await pilot.pause()
            await pilot.press("a")
            while app.turns.counts.accepted != 1:
                await pilot.pause()
            assert app.turns.length == 6
        finally:
            go_on.set()
        await app.until_idle()
        assert app.turns.length == 3
