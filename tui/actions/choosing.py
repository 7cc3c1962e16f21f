"""Actions that choose what of the candidates is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image

if TYPE_CHECKING:
    from tui.actions.action import Situation


def no_hunk(now: Situation) -> str:
    """Say why there is no change to choose; empty where there is one."""
    card = now.card
    if card is None or card.candidate is None:
        return no_image(now) or "nothing is proposed for this image"
    if card.candidate.answer is not None:
        return "this candidate is already answered; u takes that back"
    return "" if card.hunks else "this candidate changes nothing"


def no_threshold(now: Situation) -> str:
    """Say why there is no threshold to move; empty where there is one."""
    card = now.card
    if card is None or card.candidate is None:
        return no_image(now) or "nothing is proposed for this image"
    if card.candidate.view is None:
        return f"{card.candidate.proposal.source} proposes prose: there is no threshold to move"
    if card.candidate.answer is not None:
        return "this candidate is already answered; u takes that back"
    return "MCut is in this view, and finds its own threshold" if card.candidate.view.mcut else ""


class ToggleHunk(Command):
    """Choose a hunk."""

    name, group, keys, hint = "toggle_hunk", "Choose", ("space",), "choose"
    help = "Choose the change under the cursor, or leave it out"
    why_not = staticmethod(no_hunk)


class NextHunk(Command):
    """Go to the next hunk."""

    name, group, keys, hint = "next_hunk", "Choose", ("tab",), "change"
    help = "Go to the next change"
    why_not = staticmethod(no_hunk)


class PreviousHunk(Command):
    """Go to the previous hunk."""

    name, group, keys = "previous_hunk", "Choose", ("shift+tab",)
    help = "Go to the previous change"
    why_not = staticmethod(no_hunk)


class ShowCandidate(Command):
    """Show a candidate by its number."""

    name, group, keys = "show_candidate", "Choose", tuple("123456789")
    help = "Show candidate 1 to 9 against the caption"
    why_not = staticmethod(no_image)


class ThresholdDown(Command):
    """Lower the threshold."""

    name, group, keys = "threshold_down", "Choose", ("left_square_bracket",)
    help = (
        "Lower the threshold of this candidate's source by 0.01, for all its images: that of the category of the tag "
        "under the cursor where it has one of its own (characters), else the general one; tab chooses"
    )
    why_not = staticmethod(no_threshold)


class ThresholdUp(Command):
    """Raise the threshold."""

    name, group, keys = "threshold_up", "Choose", ("right_square_bracket",)
    help = "Raise it by 0.01, the same one"
    why_not = staticmethod(no_threshold)
