"""What an action is: its name, help, keys, and why it does nothing now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from tui.course.card import Card
    from tui.course.selection import Selection
    from tui.keys.keymap import Keys

Handler = Callable[["Card | None"], Awaitable[None]]
"""Does what an action asks for, to the card that was seen when its key was pressed; None where there was none."""
Handlers = dict[str, Handler]
"""By the names of actions; those with a number in their key have one for each: `show_candidate_3`."""


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

    @property
    def keys(self) -> Keys:
        """The keys in force on this screen, for a reason that names one."""

    @property
    def selection(self) -> Selection:
        """The images selected."""


class Action:
    """One thing a person can ask for."""

    name: ClassVar[str]
    """Stable; the handler and the `[keys]` table go by it."""
    help: ClassVar[str]
    """One line for the help screen."""
    keys: ClassVar[tuple[str, ...]]
    """Default keys, as Textual spells them."""
    numbered: ClassVar[bool] = False
    """Whether its keys stand for 1, 2, 3 and so on."""
    hint: ClassVar[str] = ""
    """One word for the footer; empty for an action that is not shown there."""
    group: ClassVar[str]
    """The heading it stands under in the help."""


class Command(Action):
    """One action of the review screen."""

    decides: ClassVar[bool] = False
    """Whether it is held back on a card that changed by itself a moment ago."""

    hands_over: ClassVar[bool] = False
    """Whether something else has the keys after it: a screen, a line, an editor, the shell. What is typed waits for it."""

    @staticmethod
    def why_not(now: Situation) -> str:  # noqa: ARG004  (most actions ask)
        """Say why it does nothing now; empty when it does something."""
        return ""


def no_image(now: Situation) -> str:
    """Say why nothing can be done to an image; empty where there is one."""
    return "" if now.card else "there is no image here"


def undecidable(now: Situation) -> str:
    """Say why the image cannot be decided on; empty where it can."""
    if now.card is None:
        return no_image(now)
    return f"{now.card.problem}; {ways_on(now.card, now.keys)}" if now.card.problem else ""


def ways_on(card: Card, keys: Keys) -> str:
    """Say what can be done with an image that cannot be decided on, with the keys in force."""
    is_read = bool(card.frame.unwritable)  # as opposed to a file that could not be opened
    ways = [(keys.shown("skip"), "skips it")]
    if is_read and card.frame.open:
        ways.append((keys.shown("reject"), "rejects what is proposed"))
    told = ", ".join(f"{key} {what}" for key, what in ways if key)
    return "; ".join(filter(None, (told, "or save it as UTF-8 in another program" if is_read else "")))
