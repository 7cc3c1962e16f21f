"""Undo and redo on the screen: taking steps back away from the event loop, telling how far it is, and what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from tui import commands
from tui.long_work import Course, Progress
from tui.past.step_words import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.review.records import ImageId
    from engine.review.undo import Undone
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.hand import Hand
    from tui.stage import Tone

Told: TypeAlias = "Callable[[str, Tone], object]"
Take: TypeAlias = "Callable[[Course], Undone | None]"
"""Takes steps back, in the hand's thread; None where there are none."""

NAMED = 3
"""Different steps that are named one by one."""


class Undoing:
    """Handlers of undo and redo, and the one place where steps are taken back on the screen."""

    def __init__(self, turns: Turns, hand: Hand, left: dict[ImageId, int]) -> None:
        """Keep what it is done with.

        Args:
            turns: The course of the review.
            hand: Runs what touches the workspace.
            left: Images set aside in this session, and where each stood in the queue.
        """
        self._turns, self._hand, self._left = turns, hand, left
        self._workspace, self._stage = turns.workspace, turns.stage

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {"undo": self.undo, "redo": self.redo}

    async def undo(self, _: Card | None) -> None:
        """Take back this session's last step and go where it was made."""
        workspace = self._workspace
        undone = await self.take("undoing", lambda to: workspace.undo_last(on_progress=to.progress, stop=to.stop))
        if undone is None:
            card, told = self._turns.card, "nothing of this session is left to undo"
            if card is not None and card.touched:
                back = self._turns.keys.told(commands.AsProposed)
                told = f"{told}; {back} puts the changes of this image back as they were proposed"
            self._stage.say(told, "warning")

    async def redo(self, _: Card | None) -> None:
        """Bring again what this session took back last, and go there."""
        workspace = self._workspace
        undone = await self.take("redoing", lambda to: workspace.redo_last(on_progress=to.progress, stop=to.stop))
        if undone is None:
            self._stage.say("there is nothing to redo: no undo of this session, or a step was made since", "warning")

    async def take(self, doing: str, work: Take, *, told: Told | None = None) -> Undone | None:
        """Take steps back, then show the review as it is by then.

        Args:
            doing: What is said meanwhile: undoing, redoing.
            work: Does it.
            told: Is told what the review is told; None where nobody else listens.

        Returns:
            What was done; None where there was nothing to do.
        """
        loop = asyncio.get_running_loop()

        def say(text: str, tone: Tone) -> None:
            self._stage.say(text, tone)
            if told is not None:
                told(text, tone)

        def tell(so_far: Progress) -> None:
            if so_far.done == so_far.total:  # over in a moment: no key is refused for that
                return
            self._turns.busy = f"{doing}: {so_far}"
            say(f"{self._turns.busy} …", "plain")

        course = Course(lambda: False, lambda so_far: loop.call_soon_threadsafe(tell, so_far))
        try:
            undone = await self._hand.do(work, course)
        finally:
            self._turns.busy = ""
        if undone is not None:
            await self._show(undone)
            say(*self._outcome(undone))
        return undone

    async def _show(self, undone: Undone) -> None:
        """Go where a step on one image was made; of a step on several the person sees the outcome where they are."""
        if undone.images or undone.sources or undone.kinds:
            await self._arrange(undone)
            self._turns.recount(undone.images)
            (image, *others) = {*undone.images, *(image for image, _ in undone.refused)} or {0}
            shown = self._turns.lineup.ids
            if not others and image in shown:
                self._turns.lineup.move(shown.index(image))
            await self._turns.arrive()

    def _outcome(self, undone: Undone) -> tuple[str, Tone]:
        """Say what became of it, in one line."""
        text, is_good = told_of(undone, self._name, self._elsewhere(undone))
        if not text:
            return "nothing of that was left to take back", "warning"
        if undone.refused and undone.images and not undone.again:
            text = f"{text}; {self._turns.keys.told(commands.Undo)} tries those again"
        return text, "good" if is_good else "warning" if undone.images else "error"

    async def _arrange(self, undone: Undone) -> None:
        """Let images that were set aside stand in the queue where they stood, and take those out that are again."""
        lineup, entries = self._turns.lineup, self._workspace.entries
        ids, here = list(lineup.ids), lineup.here
        stood, came = set(ids), False
        for image in undone.images:
            if image in entries and image not in stood and image in self._left:
                ids.insert(self._left.pop(image), image)
                came = True
            elif image not in entries and image in stood:
                stood.remove(image)
                self._left[image] = place = ids.index(image)
                del ids[place]  # they come back one after another, each into a queue without those that left after it
        if came:
            lineup.take(ids)
        if "aside" in undone.kinds:
            await self._turns.arrange()
            onward = lineup.next_open(entries) if lineup.here != here and self._turns.is_decided else None
            if onward is not None:  # as when it was set aside the first time
                lineup.move(onward)

    def _name(self, image: ImageId) -> str:
        entry = self._workspace.entries.get(image)
        return entry.key.decode("utf-8", "surrogateescape") if entry is not None else "an image set aside"

    def _elsewhere(self, undone: Undone) -> str:
        """Return which image it was, where the queue does not show it; empty where it does, and for several."""
        (image, *others) = undone.images or (0,)
        if others or image in self._turns.lineup.ids or image not in self._workspace.entries:
            return ""
        return self._name(image)


def told_of(undone: Undone, name: Callable[[ImageId], str], elsewhere: str = "") -> tuple[str, bool]:
    """Say what was taken back and what was refused, in one line, and whether all went well.

    Args:
        undone: What was done.
        name: Returns an image's name.
        elsewhere: The image, where it is not in view then; empty where it is.
    """
    what = "done again" if undone.again else "undone"
    parts = []
    if undone.parts:
        parts.append(f"{what}: {_named(undone)}")
        if elsewhere:
            parts.append(f"of {elsewhere}, which this queue does not show")
    if undone.refused:
        image, reason = undone.refused[0]
        more = f" and {len(undone.refused) - 1:,} more" if len(undone.refused) > 1 else ""
        single = len(undone.refused) == 1 and not undone.images
        parts.append(f"not {what}: {reason}" if single else f"not {what}: {name(image)}{more} ({reason})")
    if undone.left:
        parts.append(f"{undone.left:,} left, as it was stopped")
    return "; ".join(parts), not undone.refused


def _named(undone: Undone) -> str:
    """Name what was taken back: bulk steps by what they were asked to do, all others by their kind."""
    named = [f"view of {source}" for source in undone.sources]
    for part in undone.parts:
        if part.kind == "view":
            continue
        many = part.images > 1 or (part.told and part.images)
        on = f" on {part.images:,} image{'s' if part.images > 1 else ''}" if many else ""
        named.append(f"{asked(part.told) or part.kind}{on}")
    more = f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + more
