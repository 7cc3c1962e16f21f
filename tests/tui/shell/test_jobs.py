"""`cutline jobs`: which job is meant. What the engine says of jobs is told in the stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.wire import lifecycle

if TYPE_CHECKING:
    from tests.tui.shell.terminal import Terminal


@pytest.mark.parametrize("command", ["show", "follow"])
def test_an_empty_id_names_no_job(cutline: Terminal, command: str) -> None:
    """A variable that was never set is wrong usage, not the only job there is; no engine is started for it."""
    said = cutline("jobs", command, "")
    assert (said.code, said.out) == (2, "")
    assert said.err == "cutline: the job's id is empty (see: cutline jobs list)\n"
    assert lifecycle.find() is None
