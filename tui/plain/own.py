"""Actions of the linear mode alone, declared like those of the screen; one that the screen has by now stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands
from tui.actions.action import Command, no_image, undecidable
from tui.actions.choosing import no_hunk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.actions.action import Situation


class Take(Command):
    """Choose changes."""

    name, group, keys = "take", "Choose", ("plus",)
    help = "Choose changes by number, category or score: +3, +1-4 7, +all, +character, +>0.5, +remove"
    why_not = staticmethod(no_hunk)


class Leave(Command):
    """Leave changes out."""

    name, group, keys = "leave", "Choose", ("minus",)
    help = "Leave changes out: -3, -1-4, -all, -<0.5"
    why_not = staticmethod(no_hunk)


class Changes(Command):
    """Read the changes."""

    name, group, keys = "changes", "Choose", ()
    help = "Read all changes of the candidate in view; changes 21 begins at the 21st"
    why_not = staticmethod(no_hunk)


class Result(Command):
    """Read the result."""

    name, group, keys = "result", "Choose", ()
    help = "Read exactly what accepting would write"
    why_not = staticmethod(no_image)


class Tokens(Command):
    """Count the tokens."""

    name, group, keys = "tokens", "Choose", ()
    help = "Say how many tokens of CLIP and T5 the caption and the result have, and how many a trainer reads"
    why_not = staticmethod(undecidable)


class Amend(Command):
    """Edit by words."""

    name, group, keys = "amend", "Decide", ()
    decides = True
    help = "Edit this caption by words: amend drop:blurry rename:grey=gray add:red hat@first replace:dog=cat"
    why_not = staticmethod(undecidable)


class Forget(Command):
    """Drop the draft."""

    name, group, keys = "forget", "Decide", ()
    help = "Drop the draft of this image: text that was typed and not written"
    why_not = staticmethod(no_image)


class Go(Command):
    """Go to an image."""

    name, group, keys = "go", "Move", ()
    help = "Go to an image by its number in the queue, or by its name or a part of that: go 12, go cat.png"
    why_not = staticmethod(no_image)


class Read(Command):
    """Read the image again."""

    name, group, keys = "read", "Other", ()
    help = "Read this image again; an empty line does the same"
    why_not = staticmethod(no_image)


class Count(Command):
    """Say how far one is."""

    name, group, keys = "counts", "Other", ()
    help = "Say how many images are where, and how fast it goes"


OWN: tuple[type[Command], ...] = (Take, Leave, Changes, Result, Tokens, Amend, Forget, Go, Read, Count)


HELP = {
    "filter": "Keep only images that fit: filter pending AND tag:cat; without words: all images again",
    "order": "Order the queue: order newest; without a word: say which orders there are",
    "limit": "Review only the next so many images that wait: limit 200; without a number: all again",
    "edit": "Edit the caption by hand: edit and the new text; edit alone reads it and takes lines, up to one full stop",
    "toggle_hunk": "Choose a change, or leave it out: toggle 3",
    "choose_above": "Choose what scores so high or higher, and leave out what scores lower: >0.5",
    "choose_category": "Choose all changes of a category, or of that of a change; where all are, leave them out",
    "split_hunk": "Take a change to parts, sentences, clauses, words: split 3",
    "edit_hunk": "Write a change anew before it is accepted: edit change 3 and its text",
    "show_candidate": "Read candidate 1 to 9 against the caption: its number alone; candidate 12 for later ones",
    "next_blend": "Read several candidates merged, and again the next way of merging them",
    "threshold_down": "Lower the threshold of this candidate's source by 0.01, for all its images; [ 5 by 0.05",
    "threshold_up": "Raise it by 0.01; ] 5 by 0.05",
    "help": "Say what can be typed; help all says it of every command, help undo of one",
}
"""What the linear mode says of an action that takes more there than a key."""


def help_of(action: type[Command]) -> str:
    """Return what an action does when it is typed."""
    return HELP.get(action.name, action.help)


def why_not(action: type[Command], rest: str, now: Situation) -> str:
    """Say why an action does nothing now; a score that is named asks for none under the cursor."""
    return no_hunk(now) if rest and action is commands.ChooseAbove else action.why_not(now)


def all_actions(declared: Iterable[type[Command]] = commands.ALL) -> tuple[type[Command], ...]:
    """Return what can be asked for: everything the screen has, then what only the linear mode has.

    Args:
        declared: The actions of the screen.
    """
    asked = tuple(declared)
    known = {action.name for action in asked}
    return (*asked, *(action for action in OWN if action.name not in known))
