"""Actions of the history: looking at steps, and taking them back from any point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.actions.listing import EVERYWHERE, ListCommand, ListSituation, no_item

if TYPE_CHECKING:
    from engine.review.history import HistoryStep
    from tui.keys.keymap import Keys


class PastSituation(ListSituation, Protocol):
    """What an action of the history can depend on."""

    @property
    def item(self) -> HistoryStep | None:
        """The step under the cursor; None where there is none."""

    @property
    def keys(self) -> Keys:
        """The keys in force on this screen."""

    @property
    def asks(self) -> bool:
        """Whether the screen has asked something."""

    @property
    def busy(self) -> str:
        """What takes a while and is under way; empty for nothing."""


class PastCommand(ListCommand):
    """One action of the history."""

    group = "In the history"


def _stays(now: PastSituation) -> str:
    """Say why the step cannot be taken back; empty where it can."""
    step = now.item
    if now.busy or step is None:
        return now.busy or no_item(now)
    if step.can_be_taken_back:
        return ""
    if step.failed == step.rows:
        return "this step came to nothing: the caption could not be written"
    if step.undone:
        return now.keys.text("this step is taken back already; {bring_again} brings it again")
    return "cutline found this out by itself: there is nothing to take back"


def _stands(now: PastSituation) -> str:
    """Say why the step cannot be brought again; empty where it can."""
    step = now.item
    if now.busy or step is None:
        return now.busy or no_item(now)
    if step.undone or step.partly_undone or (step.standing and "undo" in step.kinds):
        return ""
    if step.failed == step.rows:
        return "this step came to nothing: decide again"
    return "this step stands: there is nothing to bring again"


def _no_image(now: PastSituation) -> str:
    step = now.item
    return no_item(now) or ("" if step and step.images else "this step is about no image, but the whole dataset")


def _not_offered(now: PastSituation) -> str:
    step = now.item
    if now.busy or step is None:
        return now.busy or no_item(now)
    return "" if "offered" in step.kinds else "this step kept no text of another program"


def _nothing_asked(now: PastSituation) -> str:
    return "" if now.asks else "nothing is asked: this key answers a question"


class TakeBack(PastCommand):
    """Take a step back."""

    name, keys, hint = "take_back", ("u",), "undo"
    help = "Take this step back, whoever made it; where later decisions were built on it, they are named first"
    why_not = staticmethod(_stays)


class TakeBackSince(PastCommand):
    """Take a step and all after it back."""

    name, keys, hint = "take_back_since", ("U",), "undo to here"
    help = "Take back this step and everything since, after a question"

    @staticmethod
    def why_not(now: PastSituation) -> str:
        """There is a step, and nothing under way."""
        return now.busy or no_item(now)


class BringAgain(PastCommand):
    """Bring a step again."""

    name, keys, hint = "bring_again", ("ctrl+r",), "redo"
    help = "Bring again what was taken back of this step, or by it"
    why_not = staticmethod(_stands)


class Yes(PastCommand):
    """Answer with yes."""

    name, keys = "yes", ("y",)
    help = "Yes, take those back, too; any other key leaves all as it is"
    why_not = staticmethod(_nothing_asked)


class GoThere(PastCommand):
    """Go to the image."""

    name, keys, hint = "go_there", ("enter",), "image"
    help = "Go to the image in the review; of a bulk step, list its files"
    why_not = staticmethod(_no_image)


class PutBack(PastCommand):
    """Put kept text back."""

    name, keys = "put_back", ("p",)
    help = "Write text of another program that was kept, as an edit, which undo takes back"
    why_not = staticmethod(_not_offered)


class Search(PastCommand):
    """Search the history."""

    name, keys, hint = "search_history", ("slash",), "search"
    help = "List only steps with this text in what was done or in the name of an image; an empty search lists all"


class ReadOn(PastCommand):
    """Read on in a long text."""

    name, keys = "read_on", ("right", "ctrl+d")
    help = "Read on in a caption before and after, where it does not fit below the list"
    why_not = staticmethod(no_item)


class ReadBack(PastCommand):
    """Read back in a long text."""

    name, keys = "read_back", ("left", "ctrl+u")
    help = "The same, back to its beginning"
    why_not = staticmethod(no_item)


class GoToFile(PastCommand):
    """Go to the image of a file."""

    name, keys, hint = "go_to_file", ("enter",), "image"
    help = "Go to this image in the review"

    @staticmethod
    def why_not(now: ListSituation) -> str:
        """There is one."""
        return no_item(now)


PAST: tuple[type[ListCommand], ...] = (
    *(TakeBack, TakeBackSince, BringAgain, GoThere, Search, PutBack, Yes, ReadOn, ReadBack),
)
FILES: tuple[type[ListCommand], ...] = (GoToFile, ReadOn, ReadBack)
ALL: tuple[type[ListCommand], ...] = (*PAST, *EVERYWHERE)
ALL_OF_FILES: tuple[type[ListCommand], ...] = (*FILES, *EVERYWHERE)
