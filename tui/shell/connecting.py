"""Reaching the engine from a command: started if need be, and the person told when it is of another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.wire import lifecycle
from engine.wire.lifecycle import OtherVersion
from tui.shell.questions import can_ask, says_yes

if TYPE_CHECKING:
    from engine.wire.client import EngineClient
    from engine.wire.lifecycle import Difference
    from tui.shell.output import Output


def connect(out: Output) -> EngineClient:
    """Return a client of the engine; one of another version that has no job may be restarted first.

    Raises:
        OtherVersion: The engine and this program do not understand each other, and it was not restarted.
        EngineUnreachable: It cannot be started, or hangs.
    """
    try:
        client = lifecycle.find_or_start()
    except OtherVersion as other:
        if not _restarts(out, other.difference):
            raise
        return _again()
    difference = lifecycle.difference(client.status(), lifecycle.program_version())
    if difference is None:
        return client
    if _restarts(out, difference):
        client.close()
        return _again()
    if not (can_ask(out) and not difference.busy):  # who was asked knows it
        out.note(f"{difference.message} (to run this one: cutline engine stop)")
    return client


def _restarts(out: Output, difference: Difference) -> bool:
    """Offer to restart an engine, where somebody is there to answer and no job would be held up."""
    return not difference.busy and can_ask(out) and says_yes(out, f"{difference.message}; restart it now?")


def _again() -> EngineClient:
    lifecycle.stop()
    return lifecycle.find_or_start()
