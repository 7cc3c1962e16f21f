"""What a bulk step did, and how it is told: `accept`, `reject`, `edit` and `undo` speak alike."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from engine.errors import CutlineError
from engine.wire.protocol import to_name
from tui.interrupts import INTERRUPTED
from tui.shell.diffs import print_change
from tui.shell.output import count

if TYPE_CHECKING:
    from engine.tagging.accept import Told
    from tui.shell.diffs import Change
    from tui.shell.output import Output

DONE, FAILED, PARTLY = 0, 1, 3


class Interrupted(CutlineError):
    """Go on later: the person pressed Ctrl-C, and the message says what is done and what goes on."""

    exit_code = INTERRUPTED
    code = "interrupted"


class Outcome:
    """Counts of a bulk step."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self.group: int | None = None
        """Of the decisions; None as long as there is none."""
        self.images = 0
        """Images decided."""
        self.written = 0
        """Captions written."""
        self.refused: list[tuple[bytes, str]] = []
        """Keys of images that could not be decided, and why and what to do in one line."""

    def add(self, image: bytes, told: Told) -> None:
        """Count what happened to one image."""
        if told.reason:
            self.refused.append((image, told.reason))
        self.images += told.decided
        self.written += told.wrote

    def fields(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        refused = [{"image": to_name(image), "reason": reason} for image, reason in self.refused]
        group = self.group if self.images else None
        return {"group": group, "images": self.images, "written": self.written, "refused": refused}

    def print_refused(self, out: Output) -> None:
        """Name on stderr what could not be done, and why."""
        for image, reason in self.refused:
            out.note(f"{image.decode(errors='surrogateescape')}: {reason}")

    def report(self, out: Output, verb: str, folder: str, **more: object) -> int:
        """Print what was done and return the exit code.

        Args:
            out: Where to.
            verb: What was done to the images: `accepted`.
            folder: As the person named it.
            more: Further fields of the JSON document.
        """
        self.print_refused(out)
        if out.json:
            out.document({**self.fields(), **more})
        elif self.images or self.refused:
            back = f"; take it back with: {undo_command(folder, self.group)}" if self.images and self.group else ""
            out.say(f"{count(self.images, 'image')} {verb}, {count(self.written, 'caption')} written{back}")
        else:
            out.say("nothing to do")
        return PARTLY if self.refused else DONE

    def report_dry(self, out: Output, verb: str, changes: list[Change]) -> int:
        """Print what would be done and return the exit code; nothing is changed yet."""
        self.print_refused(out)
        if out.json:
            out.document({**self.fields(), "changes": [change.fields() for change in changes]})
        else:
            for change in changes:
                print_change(out, change)
            out.say(
                f"{count(self.images, 'image')} would be {verb}, {count(len(changes), 'caption')} written"
                if self.images
                else "nothing to do"
            )
        return PARTLY if self.refused else DONE


def undo_command(folder: str, group: int | None) -> str:
    """Return the command that takes a group back."""
    return f"cutline undo {shlex.quote(folder)} --group {group}"
