"""Every action of the person, declared once: its name, help, keys, and why it does nothing now.

Footer, help screen, key bindings and documentation are made from `ALL`; the review screen has one handler for
each name. What is asked for on the jobs screen is in `tui.job_commands`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from tui.card import Card


class Situation(Protocol):
    """What an action can depend on."""

    @property
    def card(self) -> Card | None:
        """The image in view; None when the queue is empty."""

    @property
    def state(self) -> str:
        """The state of that image; empty when there is none."""

    @property
    def place(self) -> int:
        """Where it stands in the queue, from 0."""

    @property
    def length(self) -> int:
        """How many images the queue holds."""


class Action:
    """One thing a person can ask for."""

    name: ClassVar[str]
    """Stable; the handler and, later, the `[keys]` table go by it."""
    help: ClassVar[str]
    """One line for the help screen."""
    keys: ClassVar[tuple[str, ...]]
    """Default keys, as Textual spells them."""
    hint: ClassVar[str] = ""
    """One word for the footer; empty for an action that is not shown there."""
    group: ClassVar[str]
    """The heading it stands under in the help."""


class Command(Action):
    """One action of the review screen."""

    @staticmethod
    def why_not(now: Situation) -> str:  # noqa: ARG004  (most actions ask)
        """Say why it does nothing now; empty when it does something."""
        return ""


def _no_image(now: Situation) -> str:
    return "" if now.card else "there is no image here"


def _undecidable(now: Situation) -> str:
    return now.card.problem if now.card else _no_image(now)


def _no_hunk(now: Situation) -> str:
    card = now.card
    if card is None or card.candidate is None:
        return _no_image(now) or "nothing is proposed for this image"
    if card.candidate.answer is not None:
        return "this candidate is already answered; u takes that back"
    return "" if card.hunks else "this candidate changes nothing"


def _no_threshold(now: Situation) -> str:
    card = now.card
    if card is None or card.candidate is None:
        return _no_image(now) or "nothing is proposed for this image"
    if card.candidate.view is None:
        return f"{card.candidate.proposal.source} proposes prose: there is no threshold to move"
    if card.candidate.answer is not None:
        return "this candidate is already answered; u takes that back"
    return "MCut is in this view, and finds its own threshold" if card.candidate.view.mcut else ""


class Accept(Command):
    """Accept and move on."""

    name, group, keys, hint = "accept", "Decide", ("a",), "accept"
    help = "Write what is chosen, answer all candidates, and go to the next image that waits"

    why_not = staticmethod(_undecidable)


class AcceptCandidate(Command):
    """Accept one candidate and stay."""

    name, group, keys = "accept_candidate", "Decide", ("A",)
    help = "Write what is chosen of the candidate in view only, and stay here"

    @staticmethod
    def why_not(now: Situation) -> str:
        """It needs an open candidate."""
        if problem := _undecidable(now):
            return problem
        candidate = now.card.candidate if now.card else None
        if candidate is None:
            return "nothing is proposed for this image"
        return "this candidate is already answered" if candidate.answer is not None else ""


class Reject(Command):
    """Reject and move on."""

    name, group, keys, hint = "reject", "Decide", ("x",), "reject"
    help = "Leave the caption as it is, turn all candidates down, and go on"

    @staticmethod
    def why_not(now: Situation) -> str:
        """It needs an open candidate."""
        if problem := _undecidable(now):
            return problem
        return "" if now.card and now.card.frame.open else "no candidate is open here: nothing to reject"


class Skip(Command):
    """Skip for now."""

    name, group, keys, hint = "skip", "Decide", ("s",), "skip"
    help = "Pass over this image until the end of this session"
    why_not = staticmethod(_no_image)


class Flag(Command):
    """Flag or unflag."""

    name, group, keys, hint = "flag", "Decide", ("f",), "flag"
    help = "Put a flag on this image, or take it off"
    why_not = staticmethod(_no_image)


class Edit(Command):
    """Edit by hand."""

    name, group, keys, hint = "edit", "Decide", ("e",), "edit"
    help = "Edit the caption by hand; ctrl+s writes it, escape keeps it as a draft"
    why_not = staticmethod(_undecidable)


class Undo(Command):
    """Undo the last step."""

    name, group, keys, hint = "undo", "Decide", ("u",), "undo"
    help = "Take back the last step of this session"


class ToggleHunk(Command):
    """Choose a hunk."""

    name, group, keys, hint = "toggle_hunk", "Choose", ("space",), "choose"
    help = "Choose the change under the cursor, or leave it out"
    why_not = staticmethod(_no_hunk)


class NextHunk(Command):
    """Go to the next hunk."""

    name, group, keys, hint = "next_hunk", "Choose", ("tab",), "change"
    help = "Go to the next change"
    why_not = staticmethod(_no_hunk)


class PreviousHunk(Command):
    """Go to the previous hunk."""

    name, group, keys = "previous_hunk", "Choose", ("shift+tab",)
    help = "Go to the previous change"
    why_not = staticmethod(_no_hunk)


class ShowCandidate(Command):
    """Show a candidate by its number."""

    name, group, keys = "show_candidate", "Choose", tuple("123456789")
    help = "Show candidate 1 to 9 against the caption"
    why_not = staticmethod(_no_image)


class ThresholdDown(Command):
    """Lower the threshold."""

    name, group, keys = "threshold_down", "Choose", ("left_square_bracket",)
    help = (
        "Lower the threshold of this candidate's source by 0.01, for all its images: that of the category of the tag "
        "under the cursor where it has one of its own (characters), else the general one; tab chooses"
    )
    why_not = staticmethod(_no_threshold)


class ThresholdUp(Command):
    """Raise the threshold."""

    name, group, keys = "threshold_up", "Choose", ("right_square_bracket",)
    help = "Raise it by 0.01, the same one"
    why_not = staticmethod(_no_threshold)


class Next(Command):
    """Go to the next image."""

    name, group, keys = "next", "Move", ("j", "down")
    help = "Go to the next image"

    @staticmethod
    def why_not(now: Situation) -> str:
        """There is one but for the last."""
        return _no_image(now) or ("this is the last image" if now.place >= now.length - 1 else "")


class Previous(Command):
    """Go to the previous image."""

    name, group, keys = "previous", "Move", ("k", "up")
    help = "Go to the previous image"

    @staticmethod
    def why_not(now: Situation) -> str:
        """There is one but for the first."""
        return _no_image(now) or ("this is the first image" if now.place <= 0 else "")


class First(Command):
    """Go to the first image."""

    name, group, keys = "first", "Move", ("g", "home")
    help = "Go to the first image"
    why_not = staticmethod(_no_image)


class Last(Command):
    """Go to the last image."""

    name, group, keys = "last", "Move", ("G", "end")
    help = "Go to the last image"
    why_not = staticmethod(_no_image)


class Jobs(Command):
    """Show the engine's jobs."""

    name, group, keys, hint = "jobs", "Other", ("J",), "jobs"
    help = "Show what the engine works on: pause, resume, cancel, ask again about what failed"


class Help(Command):
    """Show all keys."""

    name, group, keys, hint = "help", "Other", ("question_mark",), "help"
    help = "Show this list of keys"


class Quit(Command):
    """Leave."""

    name, group, keys, hint = "quit", "Other", ("q", "ctrl+c", "ctrl+q"), "quit"
    help = "Leave; everything decided is already on disk"


ALL: tuple[type[Command], ...] = (
    Accept,
    AcceptCandidate,
    Reject,
    Skip,
    Flag,
    Edit,
    Undo,
    ToggleHunk,
    NextHunk,
    PreviousHunk,
    ShowCandidate,
    ThresholdDown,
    ThresholdUp,
    Next,
    Previous,
    First,
    Last,
    Jobs,
    Help,
    Quit,
)

FOOTER: tuple[type[Command], ...] = (Accept, Reject, ToggleHunk, NextHunk, Edit, Undo, Skip, Flag, Jobs, Help, Quit)
"""What the footer shows, in its order; where it is narrow, the later ones of the middle go first."""

EDITOR_KEYS = (("ctrl+s", "write the file"), ("escape", "leave, keep as draft"), ("ctrl+z", "undo typing"))
"""Keys of the caption editor, while it is open: key, what it does."""

_SIGNS = {"question_mark": "?", "down": "↓", "up": "↑", "left_square_bracket": "[", "right_square_bracket": "]"}


def named(name: str) -> type[Command]:
    """Return a command by its name."""
    return next(command for command in ALL if command.name == name)


def shown_keys(command: type[Action]) -> str:
    """Return the keys of a command as a person reads them."""
    if command is ShowCandidate:
        return "1 … 9"
    return " ".join(_SIGNS.get(key, key) for key in command.keys)


def shown_key(command: type[Action]) -> str:
    """Return the first key of a command as a person reads it."""
    return shown_keys(command).split(" ", 1)[0]
