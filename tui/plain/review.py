"""A review in the linear mode, from opening the dataset to closing it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.workspace import Workspace
from tui.plain.conversation import Conversation
from tui.plain.session import Session
from tui.shell import faults

if TYPE_CHECKING:
    from pathlib import Path

    from engine.settings import Settings
    from tui.course.lineup import Lineup
    from tui.shell.output import Output


def run(folder: Path, settings: Settings, out: Output, lineup: Lineup) -> int:
    """Review a dataset until the person leaves or their input ends; return the exit code.

    Args:
        folder: The dataset, or a folder below it.
        settings: Those in force.
        out: Prints lines.
        lineup: The queue, empty yet.

    Raises:
        CutlineError: The dataset cannot be opened.
    """
    threading.excepthook = faults.write_down_of_thread
    workspace = Workspace.open(folder, settings)

    try:
        Session(workspace, settings, lineup, Conversation(out)).run()
    finally:
        workspace.close()
    return 0
