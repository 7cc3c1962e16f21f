"""Notices: several stand side by side, and none outlives what is said after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.notices import Notices

if TYPE_CHECKING:
    from tui.stage import Tone


def test_notices_join_those_that_are_still_read() -> None:
    """A later notice stands beside an earlier one, once each; after another word only what is new is told."""
    said = [""]

    def say(text: str, tone: Tone) -> None:
        assert tone == "warning"
        said.append(text)

    notices = Notices(lambda: said[-1], say)
    notices.tell("there is no theme `x`")
    notices.tell()
    notices.tell("1 draft is waiting", "there is no theme `x`")
    assert said[1:] == ["there is no theme `x`", "there is no theme `x` · 1 draft is waiting"]
    said.append("accepted")
    notices.tell("a folder cannot be read")
    assert said[-1] == "a folder cannot be read"
