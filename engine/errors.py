"""Every error a person can meet: what happened to what, and what to do about it.

One class for each thing the person can do; the borders (one job item, one request, the app, the
command line) turn them into one line on stderr, a notice, or a failure record.
"""

from __future__ import annotations


class CutlineError(Exception):
    """The root of all errors shown to a person."""

    exit_code = 1
    """What the command line returns when this ends it."""

    code = "failed"
    """The word for it on the wire and in JSON; stable."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Hold one sentence and one piece of advice.

        Args:
            message: What happened, naming the file or thing; raw text, not yet passed through `show`.
            hint: What to do about it; empty when nothing can be done.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Join message and hint in one line."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class WrongUsage(CutlineError):
    """Call it differently: an unknown option, model, placeholder or image."""

    exit_code = 2
    code = "usage"


class BadSetting(WrongUsage):
    """Correct a line of a settings or catalogue file."""

    code = "setting"


class ChangedOutside(CutlineError):
    """Look again: the caption on disk is not what was read."""

    code = "changed"


class NotWritable(CutlineError):
    """Make room, or give permission: a file or folder cannot be written."""

    code = "not-writable"


class InUse(CutlineError):
    """Close it there, or wait: another host works on the store."""

    code = "in-use"


class Unsafe(CutlineError):
    """Look at what you opened: a path leads outside the dataset, or a store is not what it says."""

    code = "unsafe"


class Unreadable(CutlineError):
    """Replace the file: it is missing, truncated, or not what its name says."""

    code = "unreadable"


class MissingWeights(CutlineError):
    """Download them, or put them there: the weights of a model are not on this machine."""

    code = "missing-weights"


class TooNew(CutlineError):
    """Upgrade: the file or the other process is of a newer cutline."""

    code = "too-new"


class EngineUnreachable(CutlineError):
    """Start the engine again: it cannot be started or does not answer."""

    code = "engine"


class Refused(CutlineError):
    """Decide something else first: the step would undo or overwrite what it must not."""

    code = "refused"
