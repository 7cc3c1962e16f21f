"""The terminal that tests run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what the terminal can do, whatever runs the tests."""
    for name in ("NO_COLOR", "XTERM_VERSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
