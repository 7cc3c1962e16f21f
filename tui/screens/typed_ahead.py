"""Keys in their order: each goes to whatever has the keys once the one before it has done its work.

Over a line that lags several keys arrive at once. Of `b` `d` the d is meant for the list that b opens; on the review it
would set an image aside.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from tui import patience
from tui.idle import Idle
from tui.keys.keymap import WAYS_OUT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.message_pump import MessagePump
    from textual.widget import Widget

    from tui.actions.action import Handler
    from tui.course.card import Card
    from tui.screens.surface import Surface

Typed = events.Key | events.Paste

TEXT_ACTIONS = ("cursor_", "delete_left", "delete_right", "delete_word")
"""How the actions of Textual begin that change a text, or where the cursor is in it."""
LOOK_SECONDS = 0.01
"""How often it is looked whether something is there that a key asked for."""
BY_WORD = {"alt+b": "ctrl+left", "alt+f": "ctrl+right"}
"""What a Mac's option and arrow keys send, amid a text."""
QUIET_ROUNDS = 2
"""So often everything that was sent is waited for: a key sends a message, and that one may open something."""


@runtime_checkable
class Owing(Protocol):
    """A screen on which keys may ask for something that comes from a thread: a queue, a list, an answer."""

    @property
    def owes(self) -> bool:
        """Whether it is not there yet: what is typed next is meant for it."""


@runtime_checkable
class Telling(Protocol):
    """A screen that tells what was left out."""

    def say_also(self, text: str) -> None:
        """Say one more raw line behind the one that stands there."""


class TypedAhead:
    """Every key and paste of the app; those that come while it is open who has the keys wait."""

    def __init__(self, screen: Surface, idle: Idle) -> None:
        """Start with nothing typed.

        Args:
            screen: The review, where it is said what was left out.
            idle: Counts while keys wait.
        """
        self._screen, self._idle = screen, idle
        self._waiting: deque[Typed] = deque()
        self._holds = False
        self._given_to: Widget = screen
        self._handing = Idle()
        self._had_keys: Widget | None = None
        """What had the keys when a turn was asked to give them to something else; None for no such turn."""
        self._is_late = False
        """Whether what a screen owes was waited for long enough."""
        self.send: Callable[[Typed], Awaitable[None]]
        """Sends one to whatever has the keys, as Textual does."""

    async def take(self, event: Typed) -> None:
        """Take one from the terminal."""
        self._waiting.append(event)
        if not self._holds and await self._give_waiting():
            self.hold()

    def hold(self) -> None:
        """Let what is typed from now on wait until it is settled who has the keys."""
        if not self._holds:
            self._holds = True
            self._idle.rise()
            self._screen.app.run_worker(self._go_on(), name="typed ahead")

    @property
    def is_handing(self) -> bool:
        """Whether a turn that gives the keys to something else was asked for and is not over."""
        return bool(self._handing.under_way)

    def handing(self, act: Handler) -> Handler:
        """Return a turn that is to give the keys to something else: what is typed meanwhile waits for it."""
        self._handing.rise()
        self._had_keys = self._has_keys

        async def turn(card: Card | None) -> None:
            try:
                await act(card)
            finally:
                self._handing.fall()

        return turn

    def pass_on(self) -> None:
        """Note that what is typed behind a key that opened nothing is meant for what it asked for."""
        self._had_keys, self._is_late = None, False

    @property
    def _has_keys(self) -> Widget:
        app = self._screen.app
        return (app.focused or app.screen) if app.screen_stack else self._screen

    async def _go_on(self) -> None:
        try:
            await self._settled()
            while await self._give_waiting():
                await self._settled()
        finally:
            self._holds = False
            self._idle.fall()

    async def _give_waiting(self) -> bool:
        """Give what waits; True as soon as it has to be seen who has the keys next."""
        while self._waiting and self._screen.app.is_running:
            if self.is_handing or await self._give(self._waiting.popleft()):
                return True
        return False

    async def _give(self, event: Typed) -> bool:
        """Give one to what has the keys; True where something else may have them after it."""
        app = self._screen.app
        app.app_focus = True  # before it is looked who has them: a window that comes to the front gives them back
        has_keys = self._given_to = self._has_keys
        self._had_keys = None
        if (
            isinstance(event, events.Key)
            and event.character
            and event.key.startswith("alt+")
            and self._is_escape(event)
        ):
            by_word = BY_WORD.get(event.key) if isinstance(has_keys, Input | TextArea) else None
            if by_word is None:
                self._waiting.appendleft(events.Key(_character_to_key(event.character), event.character))
            event = events.Key(by_word or "escape", None)
        if isinstance(event, events.Paste) or has_keys.check_consume_key(event.key, event.character):
            await self.send(event)
            return False
        if isinstance(has_keys, Input | TextArea) or event.key in WAYS_OUT:
            await self.send(event)
            return not _only_changes_text(has_keys, event.key)
        # Over the widgets it would come back after the next one was sent to them.
        await app._check_bindings(event.key)  # noqa: SLF001  (there is no other way)
        return self.is_handing or self._has_keys is not has_keys or self._is_owed()

    def _is_owed(self) -> bool:
        app = self._screen.app
        owes = bool(app.screen_stack) and isinstance(app.screen, Owing) and app.screen.owes
        self._is_late = self._is_late and owes
        return owes and not self._is_late

    async def _paid(self, give_up_at: float) -> bool:
        """Wait until what was asked for is there; False where that takes too long."""
        while self._is_owed():
            if time.monotonic() > give_up_at:
                self._is_late = True
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def _is_escape(self, event: events.Key) -> bool:
        """Say whether alt and a letter were escape and the letter in one go, which a terminal sends in the same way."""
        bound = self._screen.app.active_bindings
        return "escape" in bound and event.key not in bound

    async def _settled(self) -> None:
        """Wait until all that the last one sent is done, and nothing gives the keys to something else any more."""
        quiet, give_up_at = 0, time.monotonic() + patience.PATIENCE_SECONDS
        while quiet < QUIET_ROUNDS:
            if not self._screen.app.is_running:
                return
            has_keys, was_handing = self._has_keys, self.is_handing
            await self._handing.reached()
            for pump in self._given_to.ancestors_with_self:
                await _through(pump)
            if self._is_owed():
                self._had_keys = None
                if not await self._paid(give_up_at):
                    self._let_go()
                    return
                quiet = 0
                continue
            self._given_to = self._has_keys
            is_quiet = not was_handing and not self.is_handing and self._given_to is has_keys
            quiet = quiet + 1 if is_quiet else 0
        if self._had_keys is self._given_to:
            self._let_go()

    def _let_go(self) -> None:
        """Do nothing of what waits: it was meant for something that did not come, or not in time."""
        ways_out = [event for event in self._waiting if isinstance(event, events.Key) and event.key in WAYS_OUT]
        if len(ways_out) < len(self._waiting):
            screen = self._screen.app.screen
            (screen if isinstance(screen, Telling) else self._screen).say_also("what was typed behind it is left out")
        self._waiting = deque(ways_out)


def _only_changes_text(widget: Widget, key: str) -> bool:
    """Say whether a key does no more than a letter does, as those that delete: such are held down, and nothing waits."""
    bound = widget._bindings.key_to_bindings.get(key, ())  # noqa: SLF001  (there is no other way)
    return any(binding.action.startswith(TEXT_ACTIONS) for binding in bound)


async def _through(pump: MessagePump) -> None:
    """Wait until something has done all that it was sent before."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        await done.wait()
