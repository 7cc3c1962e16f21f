"""Fixtures of the engine's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.engine_room import EngineRoom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EngineRoom]:
    """Prepare an engine with odd models; `room.start()` starts it."""
    room = EngineRoom(tmp_path)
    yield room
    room.close()
