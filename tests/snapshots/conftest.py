"""A dataset on which every screen has something to show, and a terminal that is always the same."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from tests.colours import all_colours
from tests.snapshots.scene import LONG_AGO, RUNS, SIZES, Album
from tests.tui.kept_jobs import KeptJobs, failed, run_instead

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what the terminal can do, and where on Earth it stands, whatever runs the tests."""
    all_colours(monkeypatch)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    clock = SimpleNamespace(time=lambda: LONG_AGO + 3 * 86_400)
    for shows_times in ("step_list", "step_detail"):
        monkeypatch.setattr(f"tui.widgets.{shows_times}.time", clock)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> KeptJobs:
    """Give an engine that keeps jobs; it is off until a scene wants it."""
    made = KeptJobs()
    made.running = False
    run_instead(made, monkeypatch)
    made.add("wd-swinv2", "/data/other set", "done")
    made.add("joycaption", "/data/photos", failed=(failed("cut.png"),), rate=10.0, warning="runs on cpu, not on cuda:0")
    return made


@pytest.fixture
def album(tmp_path: Path, engine: KeptJobs, request: pytest.FixtureRequest) -> Album:
    """Give an empty album; without the full count each story has another size and theme."""
    runs = RUNS if len(RUNS) > len(SIZES) else (RUNS[crc32(request.node.name.encode()) % len(RUNS)],)
    return Album(tmp_path, engine, runs)
