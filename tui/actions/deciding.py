"""Actions that decide about an image, or take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image, undecidable

if TYPE_CHECKING:
    from tui.actions.action import Situation


class Accept(Command):
    """Accept and move on."""

    name, group, keys, hint = "accept", "Decide", ("a",), "accept"
    decides = True
    help = "Write what is chosen, answer all candidates, and go to the next image that waits"

    why_not = staticmethod(undecidable)


class AcceptCandidate(Command):
    """Accept one candidate and stay."""

    name, group, keys = "accept_candidate", "Decide", ("A",)
    decides = True
    help = "Write what is chosen of the candidate in view only, or of those merged in view, and stay here"

    @staticmethod
    def why_not(now: Situation) -> str:
        """It needs an open candidate."""
        if problem := undecidable(now):
            return problem
        candidate = now.card.candidate if now.card else None
        if now.card and now.card.blend:
            return ""
        if candidate is None:
            return "nothing is proposed for this image"
        return "this candidate is already answered" if candidate.answer is not None else ""


class Reject(Command):
    """Reject and move on."""

    name, group, keys, hint = "reject", "Decide", ("x",), "reject"
    decides = True
    help = "Leave the caption as it is, turn all candidates down, and go on"

    @staticmethod
    def why_not(now: Situation) -> str:
        """It needs an open candidate; a caption that nothing can be added to stays as it is, so it may be any."""
        if (problem := undecidable(now)) and not (now.card and now.card.frame.unwritable):
            return problem
        return "" if now.card and now.card.frame.open else "no candidate is open here: nothing to reject"


class Skip(Command):
    """Skip for now."""

    name, group, keys, hint = "skip", "Decide", ("s",), "skip"
    help = "Pass over this image until the end of this session"
    why_not = staticmethod(no_image)


class Flag(Command):
    """Flag or unflag."""

    name, group, keys, hint = "flag", "Decide", ("f",), "flag"
    help = "Put a flag on this image, or take it off"
    why_not = staticmethod(no_image)


class SetAside(Command):
    """Set the image aside."""

    name, group, keys = "set_aside", "Decide", ("d",)
    decides = True
    help = "Move this image and its caption out of the dataset, into .cutline-aside; undo brings both back"
    why_not = staticmethod(no_image)


class Edit(Command):
    """Edit by hand."""

    name, group, keys, hint = "edit", "Decide", ("e",), "edit"
    hands_over = True
    help = "Edit the caption by hand; what you type and do not write is kept as a draft"
    why_not = staticmethod(undecidable)


class Undo(Command):
    """Undo the last step."""

    name, group, keys, hint = "undo", "Decide", ("u",), "undo"
    help = "Take back the last step of this session"


class Redo(Command):
    """Redo what was undone."""

    name, group, keys = "redo", "Decide", ("ctrl+r",)
    help = "Bring again what the last undo of this session took back, as long as no other step was made since"
