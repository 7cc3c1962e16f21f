"""The desk on which stories happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.colours import all_colours
from tests.stories.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what the terminal can do, whatever runs the tests."""
    all_colours(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty desk; what was started on it is stopped at the end, and nothing may be left."""
    desk = Desk(tmp_path / "photos")
    yield desk
    desk.clear()
