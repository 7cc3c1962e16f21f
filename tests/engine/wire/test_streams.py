"""Streams that have nothing to say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from engine.wire.protocol import HEARTBEAT_SECONDS, Heartbeat
from tests.engine.odd_models import BLOCKING

if TYPE_CHECKING:
    from tests.engine.engine_room import EngineRoom


@pytest.mark.parametrize("stream", ["results", "events"])
def test_a_silent_stream_beats(room: EngineRoom, stream: str) -> None:
    """While nothing happens each stream says so about every two seconds, well before a client gives up."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png", BLOCKING)]))
    lines = (
        (line for together in client.results(job.id) for line in together) if stream == "results" else client.events()
    )
    beats: list[float] = []
    for line in lines:
        if isinstance(line, Heartbeat):
            beats.append(time.monotonic())
        else:
            beats.clear()
        if len(beats) == 2:
            break
    assert 0.5 * HEARTBEAT_SECONDS < beats[1] - beats[0] < 2 * HEARTBEAT_SECONDS
