"""Actions that choose what of the candidates is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.action import Command, no_image

if TYPE_CHECKING:
    from tui.actions.action import Situation


def no_hunk(now: Situation) -> str:
    """Say why there is no change to choose; empty where there is one."""
    card = now.card
    if card is not None and card.blend is not None:
        return "" if card.hunks else f"{card.blend.name} changes nothing"
    if card is None or card.candidate is None:
        return no_image(now) or "nothing is proposed for this image"
    if card.candidate.answer is not None:
        return now.keys.text("this candidate is already answered; {undo} takes that back")
    return "" if card.hunks else "this candidate changes nothing"


def no_threshold(now: Situation) -> str:
    """Say why there is no threshold to move; empty where there is one."""
    card = now.card
    if card is not None and card.blend is not None:
        return "each source has its own threshold: look at one candidate first"
    if card is None or card.candidate is None:
        return no_image(now) or "nothing is proposed for this image"
    if card.candidate.view is None:
        return f"{card.candidate.proposal.source} proposes prose: there is no threshold to move"
    if card.candidate.answer is not None:
        return now.keys.text("this candidate is already answered; {undo} takes that back")
    return "MCut is in this view, and finds its own threshold" if card.candidate.view.mcut else ""


def no_range(now: Situation) -> str:
    """Say why there is no range to choose; empty where there is one."""
    if problem := no_hunk(now):
        return problem
    begun = now.card is not None and now.card.anchor is not None
    return "" if begun else now.keys.text("a range begins at the change last chosen: {toggle_hunk} on its first one")


def no_score(now: Situation) -> str:
    """Say why the change under the cursor has no score to go by; empty where it has one."""
    if problem := no_hunk(now):
        return problem
    card = now.card
    return "" if card and card.hunks[card.cursor].score is not None else "the change under the cursor has no score"


def unwritable(now: Situation) -> str:
    """Say why the change under the cursor holds no text of its own; empty where it does."""
    if problem := no_hunk(now):
        return problem
    card = now.card
    return "a tag that is moved has no text to edit" if card and card.hunks[card.cursor].op == "move" else ""


def unproposed(now: Situation) -> str:
    """Say why there is nothing to choose from; empty where there is."""
    if now.card is None or not now.card.frame.candidates:
        return no_image(now) or "nothing is proposed for this image"
    return ""


def alone(now: Situation) -> str:
    """Say why there is no other candidate; empty where there is one."""
    if (problem := unproposed(now)) or now.card is None:
        return problem
    return "" if len(now.card.frame.candidates) > 1 else "there is only one candidate"


def no_blend(now: Situation) -> str:
    """Say why there is nothing to merge; empty where there is."""
    if problem := alone(now):
        return problem
    if now.card and now.card.blends:
        return ""
    return "merging needs two open candidates with tags, or one with tags and one with a sentence"


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


class ChooseRange(Command):
    """Choose a range."""

    name, group, keys = "choose_range", "Choose", ("R",)
    help = "Do to all changes up to the cursor what was last done to one: choose them, or leave them out"
    why_not = staticmethod(no_range)


class ChooseCategory(Command):
    """Choose a category."""

    name, group, keys = "choose_category", "Choose", ("C",)
    help = "Choose all changes of the category under the cursor; where all are chosen, leave them out"
    why_not = staticmethod(no_hunk)


class ChooseAbove(Command):
    """Choose by score."""

    name, group, keys = "choose_above", "Choose", ("greater_than_sign",)
    help = "Choose what has the score under the cursor or a higher one, and leave out what has a lower one"
    why_not = staticmethod(no_score)


class ChooseAll(Command):
    """Choose all."""

    name, group, keys = "choose_all", "Choose", ("asterisk",)
    help = "Choose all changes in view; where all are chosen, leave them out"
    why_not = staticmethod(no_hunk)


class InvertChoice(Command):
    """Invert the choice."""

    name, group, keys = "invert_choice", "Choose", ("i",)
    help = "Choose what is left out, and leave out what is chosen"
    why_not = staticmethod(no_hunk)


class SplitHunk(Command):
    """Split a hunk."""

    name, group, keys = "split_hunk", "Choose", ("p",)
    help = "Take the change under the cursor to parts: sentences, clauses, words; several tags one by one"
    why_not = staticmethod(no_hunk)


class EditHunk(Command):
    """Edit a hunk."""

    name, group, keys = "edit_hunk", "Choose", ("E",)
    hands_over = True
    help = "Write the change under the cursor anew, before it is accepted; enter takes it"
    why_not = staticmethod(unwritable)


class AsProposed(Command):
    """Take all choices on an image back."""

    name, group, keys = "as_proposed", "Choose", ("z",)
    help = "Put the changes of this image back as they were proposed; again: as you had chosen, split and written them"
    why_not = staticmethod(unproposed)


class ShowCandidate(Command):
    """Show a candidate by its number."""

    name, group, keys = "show_candidate", "Choose", tuple("123456789")
    numbered = True
    help = "Show candidate 1 to 9 against the caption"
    why_not = staticmethod(no_image)


class NextCandidate(Command):
    """Show the next candidate."""

    name, group, keys = "next_candidate", "Choose", ("right_parenthesis",)
    help = "Show the next candidate, also beyond the ninth"
    why_not = staticmethod(alone)


class PreviousCandidate(Command):
    """Show the previous candidate."""

    name, group, keys = "previous_candidate", "Choose", ("left_parenthesis",)
    help = "Show the previous candidate"
    why_not = staticmethod(alone)


class NextBlend(Command):
    """Merge candidates."""

    name, group, keys = "next_blend", "Choose", ("m",)
    help = (
        "Show several candidates as one, and again the next way: ∪ all tags, ∩ tags of all, ∩2 tags of two or more, "
        "1+3 tags of candidate 1 and the sentence of candidate 3"
    )
    why_not = staticmethod(no_blend)


class ThresholdDown(Command):
    """Lower the threshold."""

    name, group, keys = "threshold_down", "Choose", ("left_square_bracket",)
    help = (
        "Lower the threshold of this candidate's source by 0.01, for all its images: that of the category of the tag "
        "under the cursor where it has one of its own (characters), else the general one; {next_hunk} chooses"
    )
    why_not = staticmethod(no_threshold)


class ThresholdUp(Command):
    """Raise the threshold."""

    name, group, keys = "threshold_up", "Choose", ("right_square_bracket",)
    help = "Raise it by 0.01, the same one"
    why_not = staticmethod(no_threshold)
