"""What every test starts from: a home of its own and, where asked for, a folder of pictures."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import rest
from tests.counts import FULL
from tests.pictures import make_dataset
from tui import patience

if TYPE_CHECKING:
    from collections.abc import Iterator


settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.register_profile("something new each time", deadline=None)
settings.load_profile("something new each time" if FULL else "the same each time")
rest.install()
gc.disable()  # while tests are collected: what is made then stays


def pytest_collection_finish() -> None:
    """Let garbage collections pass over all that the tests are made of: walking it took 0.4 s, several times a story."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give HOME and the XDG folders places of their own, for this process and those it starts."""
    home = tmp_path / "home"
    home.mkdir()
    # Not below tmp_path: with a long test name a socket's path would pass the 107 bytes it may have.
    runtime = Path(tempfile.mkdtemp(prefix="cl-", dir="/tmp"))
    for name in [name for name in os.environ if name.startswith("CUTLINE_") and name != "CUTLINE_TEST_FULL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local/state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield home
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is typed wait as long as a busy machine takes."""
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Make a folder of small pictures, three of them with a caption (see `tests.pictures`)."""
    return make_dataset(tmp_path / "dataset")
