"""Fixtures of tests of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.jobs.spool import Spool
from engine.wire.protocol import Labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Open a fresh spool that knows one label table."""
    spool = Spool(tmp_path / "spool.db")
    spool.commit((), [Labels("L", ("a",), ("general",))])
    yield spool
    spool.close()
