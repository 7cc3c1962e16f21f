"""Actions that lead to other screens, and away."""

from __future__ import annotations

from tui.actions.action import Command


class Jobs(Command):
    """Show the engine's jobs."""

    name, group, keys, hint = "jobs", "Other", ("J",), "jobs"
    hands_over = True
    help = "Show what the engine works on: pause, resume, cancel, ask again about what failed"


class History(Command):
    """Show what was done."""

    name, group, keys = "history", "Other", ("H",)
    hands_over = True
    help = "List every step anybody took, before and after: search, undo from any point, redo"


class Palette(Command):
    """Find an action by its name."""

    name, group, keys = "palette", "Other", ("ctrl+p",)
    hands_over = True
    help = "List every action, and find one by a few letters of its name or help"


class Theme(Command):
    """Put on another theme."""

    name, group, keys = "theme", "Other", ("ctrl+t",)
    help = "Put on the next theme, and keep it for the next time"


class Help(Command):
    """Show all keys."""

    name, group, keys, hint = "help", "Other", ("question_mark",), "help"
    hands_over = True
    help = "Show this list of keys"


class Quit(Command):
    """Leave."""

    name, group, keys, hint = "quit", "Other", ("q", "ctrl+c", "ctrl+q"), "quit"
    hands_over = True
    help = "Leave; everything decided is already on disk"
