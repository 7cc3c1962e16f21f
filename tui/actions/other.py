"""Actions that lead to other screens, and away."""

from __future__ import annotations

from tui.actions.action import Command


class Jobs(Command):
    """Show the engine's jobs."""

    name, group, keys, hint = "jobs", "Other", ("J",), "jobs"
    help = "Show what the engine works on: pause, resume, cancel, ask again about what failed"


class Help(Command):
    """Show all keys."""

    name, group, keys, hint = "help", "Other", ("question_mark",), "help"
    help = "Show this list of keys"


class Quit(Command):
    """Leave."""

    name, group, keys, hint = "quit", "Other", ("q", "ctrl+c", "ctrl+q"), "quit"
    help = "Leave; everything decided is already on disk"
