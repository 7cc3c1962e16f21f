"""Drafts: text that a person typed and has not written. They are in the store half a second after the last key.

A draft ends when it is written, or when it says what the caption says anyway; nothing else ends it. What another screen
typed for the same image is replaced only where the person was told of it and left the same text once more.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.caption import unparsed
from engine.captions.display import show
from engine.errors import CutlineError, Refused
from engine.review.drafts import KeptElsewhere, Unwritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.course.card import Card
    from tui.hand import Hand

KEPT_AFTER_SECONDS = 0.5
"""What is typed is in the store after so long, also while somebody goes on typing."""


class Opening(NamedTuple):
    """What an editor begins with."""

    text: str
    is_draft: bool
    is_outdated: bool
    """Whether the caption file says something else than when the draft was begun."""


class Clash(NamedTuple):
    """Two screens typed for one image."""

    ours: Unwritten | None
    theirs: str
    """What the store holds."""


class Drafts:
    """Unwritten text by image, and the card an open editor stands on."""

    def __init__(self, workspace: Workspace, hand: Hand, tell: Callable[[str], None]) -> None:
        """Start with none.

        Args:
            workspace: The dataset, in whose store they are kept.
            hand: Writes them there.
            tell: Is told on the event loop why one could not be kept, one raw line.
        """
        self.waiting: dict[ImageId, Unwritten] = {}
        self.open_on: Card | None = None
        """The card whose caption is in the editor; None while it is closed."""
        self.put_by_for: set[ImageId] = set()
        """Images of which a draft was made of what the person wrote into changes."""
        self._workspace, self._hand, self._tell = workspace, hand, tell
        self._due: dict[ImageId, Unwritten | None] = {}
        """What the store does not say yet; None for a draft that ended."""
        self._known: dict[ImageId, str] = {}
        """What the store said last, as far as this screen read or wrote it."""
        self._clashes: dict[ImageId, Clash] = {}
        """Where the person was told on leaving that another screen keeps a draft."""
        self._timer: asyncio.TimerHandle | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    async def begin(self) -> int:
        """Take in what earlier sittings left; return how many drafts that are."""
        kept = await self._hand.do(self._workspace.drafts_kept)
        here = {image: draft for image, draft in kept.items() if image in self._workspace.entries}
        self.waiting = {**here, **self.waiting}
        self._known = {**{image: draft.text for image, draft in here.items()}, **self._known}
        return len(here)

    def is_on(self, card: Card) -> bool:
        """Say whether something waits to be written for an image."""
        draft = self.waiting.get(card.image)
        return draft is not None and draft.text != caption_text(card)

    def opening(self, card: Card) -> Opening:
        """Open on a card; return what to begin with: its draft, else its caption."""
        self.open_on = card
        draft = self.waiting.get(card.image)
        if draft is None or draft.text == caption_text(card):
            return Opening(caption_text(card), is_draft=False, is_outdated=False)
        return Opening(draft.text, is_draft=True, is_outdated=draft.before != card.frame.raw)

    def typed(self, text: str) -> None:
        """Take in what the open editor says now."""
        card = self.open_on
        if card is None:
            return
        old = self.waiting.get(card.image)
        if text == caption_text(card):
            self._put(card.image, None)
        elif old is None or old.text != text:
            self._put(card.image, Unwritten(text, old.before if old else card.frame.raw))

    def leave(self, text: str) -> bool:
        """Close without writing; say whether there is a draft now."""
        self.typed(text)
        card, self.open_on = self.open_on, None
        self._keep_now()
        return card is not None and card.image in self.waiting

    def insist(self, text: str) -> None:
        """Leave it once more: what another screen typed is replaced, where the person was told so of this very text."""
        self.typed(text)
        image = self.open_on.image if self.open_on else None
        if image in self._clashes and self._clashes[image].ours is self.waiting.get(image):
            self._known[image] = self._clashes.pop(image).theirs

    def written(self) -> None:
        """Close after writing."""
        card, self.open_on = self.open_on, None
        if card is not None:
            self._put(card.image, None)
            self._keep_now()

    def put_by(self, cards: Iterable[Card]) -> None:
        """Keep what accepting would write where the person wrote into changes, taken or not; in the hand's thread.

        Where a draft waits it stays, and this is put below it.
        """
        for card in cards:
            raw, old = card.take_typed(), self.waiting.get(card.image) if self.is_on(card) else None
            text = _as_typed(unparsed(raw, card.frame.caption.separator).text)
            if text != caption_text(card) and (old is None or text not in old.text):
                draft = Unwritten(f"{old.text}\n{text}", old.before) if old else Unwritten(text, card.frame.raw)
                self.waiting[card.image] = self._due[card.image] = draft
                self.put_by_for.add(card.image)

    def _put(self, image: ImageId, draft: Unwritten | None) -> None:
        if draft is None and image not in self.waiting:
            return
        if draft is None:
            del self.waiting[image]
        else:
            self.waiting[image] = draft
        self._due[image] = draft
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(KEPT_AFTER_SECONDS, self._keep_now)

    def _keep_now(self) -> None:
        """Have the store say what is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            task = asyncio.create_task(self._keep())
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def _keep(self) -> None:
        try:
            await self._hand.do(self.flush)
        except CutlineError as problem:
            self._tell(f"what you typed is not kept yet: {problem}")

    def flush(self) -> None:
        """Write what is due; in the hand's thread.

        Raises:
            CutlineError: Something could not be written; it stays due, and the rest is written.
        """
        problems: list[CutlineError] = []
        for image, draft in list(self._due.items()):
            known = self._known.get(image)
            try:
                self._workspace.keep_draft(image, draft, () if known is None else (known,))
            except KeptElsewhere as clash:
                if self.open_on is None or self.open_on.image != image:  # while they type it may be overlooked
                    self._clashes[image] = Clash(draft, clash.found)
                again = "write yours, or leave it once more as it is to put it in that one's place"
                problems.append(Refused(f"another screen keeps a draft of {self.name(image)}", again))
            except CutlineError as problem:
                problems.append(problem)
            else:
                self._settled(image, draft)
        if problems:
            raise problems[0]

    def _settled(self, image: ImageId, draft: Unwritten | None) -> None:
        """Take in what the store says now."""
        if draft is None:
            self._known.pop(image, None)
        else:
            self._known[image] = draft.text
        with suppress(KeyError):
            if self._due[image] is draft:
                del self._due[image]

    # --- what could not be kept ---------------------------------------------------------------------------------

    @property
    def unkept(self) -> dict[ImageId, Unwritten]:
        """What was typed and is in no store."""
        return {image: draft for image, draft in self._due.items() if draft is not None}

    async def keep_all(self) -> CutlineError | None:
        """Have the store say what was typed until now; return why it cannot."""
        await asyncio.gather(*self._keeping)  # what they tell is told before what comes of this
        try:
            await self._hand.do(self.flush)
        except CutlineError as problem:
            return problem
        return None

    def name(self, image: ImageId) -> str:
        """Return the path of an image below the dataset, safe to show."""
        entry = self._workspace.entries.get(image)
        return show(os.fsdecode(entry.key), one_line=True) if entry else "an image that is gone"

    def remains(self) -> str:
        """Return all that is in no store, to be copied: safe to show, empty where there is nothing."""
        parts = (
            f"{self.name(image)}: what you typed is kept nowhere; here it is\n{show(draft.text)}\n"
            for image, draft in self.unkept.items()
        )
        return "\n".join(parts)


def caption_text(card: Card) -> str:
    """Return a caption as an editor shows it: plain line ends, none after the last line."""
    return _as_typed(card.frame.caption.text)


def _as_typed(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")
