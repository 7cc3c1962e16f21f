"""Questions that a person answers with yes or no."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.shell.output import is_terminal

if TYPE_CHECKING:
    from tui.shell.output import Output


def can_ask(out: Output) -> bool:
    """Say whether somebody is there to answer."""
    return is_terminal(sys.stdin) and is_terminal(out.errors)


def says_yes(out: Output, question: str) -> bool:
    """Ask on the terminal; a bare Enter is a yes, the end of input a no."""
    out.raw_note(f"{show(question, one_line=True)} [Y/n] ")
    answer = sys.stdin.readline()
    if not answer:
        out.raw_note("\n")
        return False
    return answer.strip().lower() in {"", "y", "yes"}
