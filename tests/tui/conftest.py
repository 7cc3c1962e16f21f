"""What tests of the terminal side share: a terminal with all colours, and a small dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.colours import all_colours
from tests.tui.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what the terminal can do, whatever runs the tests."""
    all_colours(monkeypatch)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """Give an empty dataset folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    made = Trial(folder)
    yield made
    made.close()
