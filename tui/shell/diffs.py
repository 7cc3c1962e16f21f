"""What a step would do to captions, as diffs to read or as JSON."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.captions.display import show
from engine.wire.protocol import to_name
from tui.shell.output import DIM, GREEN, RED, text_or_bytes

if TYPE_CHECKING:
    from tui.shell.output import Output


class Change(NamedTuple):
    """One caption as it is and as it would be; None stands for no file."""

    image: bytes
    """Key of the image it is changed for."""
    caption: bytes
    """Key of the caption file."""
    before: bytes | None
    after: bytes | None

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "image": to_name(self.image),
            "caption_file": to_name(self.caption),
            "before": text_or_bytes(self.before),
            "after": text_or_bytes(self.after),
        }


def print_change(out: Output, change: Change) -> None:
    """Print one change line by line, the way `diff` does."""
    name = show(change.caption, one_line=True)
    fate = " (new file)" if change.before is None else " (removed)" if change.after is None else ""
    out.print_painted(out.painted(f"{name}{fate}", DIM))
    for line in difflib.ndiff(_lines(change.before), _lines(change.after)):
        if (mark := line[0]) in "+-":
            out.print_painted(out.painted(f"{mark} {line[2:]}", GREEN if mark == "+" else RED))


def _lines(raw: bytes | None) -> list[str]:
    return (raw or b"").decode("utf-8", "surrogateescape").splitlines()
