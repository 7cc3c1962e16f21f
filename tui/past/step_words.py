"""Steps of the journal in words: what was done, to which images, when."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from tui.ages import age

if TYPE_CHECKING:
    from engine.captions.viewing.view import View
    from engine.review.history import HistoryStep

KINDS = {
    "accept": "accepted",
    "approve": "approved as it stood",
    "edit": "edited by hand",
    "reject": "rejected",
    "skip": "skipped",
    "flag": "flagged",
    "unflag": "flag taken off",
    "aside": "set aside",
    "moved": "moved",
    "extension": "what captions end in",
    "offered": "text of another program kept",
    "view": "view",
    "undo": "taken back",
    "redo": "brought again",
}
"""What a person did, by the journal's kinds."""
BULK = {**KINDS, "edit": "edited"}
"""The same in a bulk step."""


def asked(told: str) -> str:
    """Return what a bulk step was asked to do, one edit a line, as words: `drop sofa, add cat`."""
    return ", ".join(line.replace(":", " ", 1) for line in told.split("\n"))


def what(step: HistoryStep) -> str:
    """Say what a step did; raw text in one line."""
    words = BULK if step.rows > 1 else KINDS
    done = asked(step.told) if step.told else ", ".join(words.get(kind, kind) for kind in step.of or step.kinds)
    if step.note and "view" in (step.of or step.kinds):
        done = f"view of {step.note}"
    elif step.note and "view" not in step.kinds and step.kinds[0] in ("moved", "offered"):
        done = f"{done} ({step.note})"
    if step.of:
        return f"{KINDS[step.kinds[0]] if len(step.kinds) == 1 else 'taken back or brought again'}: {done}"
    return done


def which(step: HistoryStep) -> str:
    """Say which images a step is about: the name of one, the number of several; raw, empty for the whole dataset."""
    if step.images > 1:
        return f"{step.images:,} images"
    return os.fsdecode(step.image_key) if step.image_key is not None else ""


def standing(step: HistoryStep) -> str:
    """Say what became of a step since; empty where all of it stands."""
    if step.failed == step.rows:
        return "came to nothing"
    if step.undone:
        return "taken back"
    return "partly taken back" if step.partly_undone else ""


def when(moment: float, now: float) -> tuple[str, str]:
    """Return a time as people say it: the hour of today, else the day; and how long ago that was.

    Args:
        moment: Seconds since the epoch.
        now: Likewise.
    """
    then, today = time.localtime(moment), time.localtime(now)
    form = "%H:%M:%S" if then[:3] == today[:3] else "%m-%d %H:%M" if then[0] == today[0] else "%Y-%m-%d"
    return time.strftime(form, then), age(now - moment)


def view_words(source: str, before: View | None, after: View) -> str:
    """Say how a view changed; raw text in one line."""
    if before is None:
        return f"view of {source} set for the first time"
    changed = [name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    if changed == ["threshold"]:
        return f"threshold of {source} {before.threshold:g} → {after.threshold:g}"
    parts = [f"{name.replace('_', ' ')} {_short(getattr(before, name), getattr(after, name))}" for name in changed]
    return f"view of {source}: {', '.join(parts)}" if parts else f"view of {source}, unchanged"


def _short(before: object, after: object) -> str:
    """Say how one setting changed: of tables and lists only what differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(name for name in {**before, **after} if before.get(name) != after.get(name))
        return ", ".join(f"{name} {_value(before.get(name))} → {_value(after.get(name))}" for name in names)
    return f"{_value(before)} → {_value(after)}"


def _value(value: object) -> str:
    if value is None or value in ((), ""):
        return "none"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
