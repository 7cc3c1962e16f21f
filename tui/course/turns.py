"""The course of a review: what was asked, in its turn; the queue of images; and the card in view.

The hand (one thread) does the disk's part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import parse
from engine.dataset.images import stat_image
from engine.errors import CutlineError, WrongUsage
from engine.review.frames import Frame
from engine.review.records import Counts
from tui import commands
from tui.course.asked import Asked
from tui.course.card import Card
from tui.course.cards_left import CardsLeft
from tui.course.guard import Guard
from tui.course.lineup import OPEN_STATES, USUAL, waits
from tui.course.selection import Selection
from tui.keys import keymap
from tui.sitting.rhythm import Rhythm
from tui.thresholds.moving import Thresholds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.review.records import ImageId
    from engine.review.states import Entry
    from engine.workspace import Workspace
    from tui.actions.action import Handler, Handlers
    from tui.course.lineup import Lineup, Survey
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.stage import Stage


class Turns:
    """The course of a review: the queue of what was asked, the line-up, and the card in view."""

    def __init__(self, workspace: Workspace, hand: Hand, idle: Idle, stage: Stage, lineup: Lineup) -> None:
        """Start with an empty line-up.

        Args:
            workspace: The dataset.
            hand: Runs what touches the workspace.
            idle: Counts what is asked and not yet done.
            stage: Shows the outcome.
            lineup: The queue, empty yet.
        """
        self.workspace, self.stage = workspace, stage
        self.lineup = lineup
        self.card: Card | None = None
        self.counts = Counts()
        self.thresholds = Thresholds(workspace)
        self.selection = Selection()
        self.left = CardsLeft()
        self.keys = keymap.PLAIN.keys(commands.ALL)
        """The keys in force, for whatever names one."""
        self.guard = Guard()
        self.rhythm = Rhythm()
        self.busy = ""
        """What takes a while and is under way, raw text; keys wait for it. Empty for nothing."""
        self._hand = hand
        self._asked = Asked(idle, lambda: self.card)
        self.arranged_hook: Callable[[], None] = lambda: None
        """Called when images may have come that the queue cannot judge alone."""
        self.told_end: Callable[[], str] = lambda: "nothing else waits for a decision"
        """Says why there is no next image."""
        self._visit = 0
        self._first_was_decided = False

    @property
    def place(self) -> int:
        """Where the image in view stands in the queue, from 0."""
        return self.lineup.place

    @property
    def length(self) -> int:
        """How many images the queue holds."""
        return len(self.lineup.ids)

    @property
    def state(self) -> str:
        """The state of the image in view; empty when there is none."""
        entry = self.workspace.entries.get(self.card.image) if self.card else None
        return entry.state if entry else ""

    @property
    def is_decided(self) -> bool:
        """Whether the image in view waits for nothing; False when there is none."""
        return self.state not in {"", *OPEN_STATES}

    @property
    def waiting(self) -> bool:
        """Whether something was asked for and not yet begun."""
        return self._asked.waits

    @property
    def handlers(self) -> Handlers:
        """What does the actions of `tui.actions.moving`."""
        return {
            "next": lambda _: self.go(self.place + 1),
            "previous": lambda _: self.go(self.place - 1),
            "first": lambda _: self.go(0),
            "last": lambda _: self.go(self.length - 1),
        }

    def ask(self, act: Handler) -> None:
        """Put one thing at the end of the queue, for the card that is seen now."""
        self._asked.put(act)

    async def run(self) -> None:
        """Take turns for ever."""
        await self._asked.run(self.failed)

    async def failed(self, problem: CutlineError) -> None:
        """Say why something was not done, and show what others did meanwhile; that may fail for the same reason."""
        self.stage.say(str(problem), "error")
        try:
            await self.look()
        except CutlineError as also:  # the next look takes it in
            if str(also) != str(problem):
                self.stage.say(f"{problem}; {also}", "error")

    # --- moving and looking -----------------------------------------------------------------------------------

    async def begin(self, at: bytes = b"", *, also_decided: bool = False) -> None:
        """Show the image that the review begins with, then load all others behind it.

        Args:
            at: Key of the image to begin with, if it is there and waits; empty for the first in the queue.
            also_decided: Begin there although it was decided.
        """

        def first() -> ImageId | None:
            entry = self.workspace.image_at(at) if at else None
            is_there = entry is not None and stat_image(self.workspace.root, entry.key) is not None
            if entry is not None and is_there and (also_decided or waits(entry)):
                return entry.id
            is_usual = self.lineup.query is None and self.lineup.order == USUAL
            return self.workspace.first_in_queue() if is_usual else None

        image = await self._hand.do(first)
        if image is not None:
            self.lineup.take([image])
            await self.arrive()
        await self._hand.do(self.workspace.load)
        await self.take_in(self.lineup.sorted_anew)

    async def settle(self) -> None:
        """Put the threshold that is being moved in force."""
        if self.thresholds.moved is not None:
            await self._hand.do(self.thresholds.settle)

    async def go(self, place: int) -> None:
        """Go to a place of the queue, at most to its ends."""
        await self.settle()
        if self.lineup.move(place):
            await self.arrive()

    async def go_to(self, key: bytes) -> None:
        """Go to an image by its key.

        Raises:
            CutlineError: It is not in the dataset, or not in this queue.
        """
        image = self.workspace.entry_of(key).id
        if image not in self.lineup.ids:
            raise WrongUsage(f"{key.decode(errors='surrogateescape')} is not in this queue", "it is filtered out")
        await self.go_to_image(image)

    async def go_to_image(self, image: ImageId) -> None:
        """Go to an image of the queue; where it left that meanwhile, the person stays where they are."""
        if image in self.lineup.ids:
            await self.go(self.lineup.ids.index(image))

    async def arrange(self, _: Card | None = None) -> None:
        """Take in images that are new or gone."""
        await self.take_in(self.lineup.arranged)
        self.arranged_hook()

    async def take_in(self, arrange: Callable[[Mapping[ImageId, Entry]], list[ImageId]]) -> None:
        """Arrange the queue in the hand's thread, and show it; the person stays where they are.

        Args:
            arrange: Returns the queue as it is to be.
        """
        entries, lineup = self.workspace.entries, self.lineup

        def arrange_and_survey() -> tuple[list[ImageId], Survey | None, list[ImageId]]:
            ids = arrange(entries)
            gone = [image for image in tuple(self.selection.images) if image not in entries]
            return ids, lineup.survey(ids, entries), gone

        ids, survey, gone = await self._hand.do(arrange_and_survey)
        here = lineup.here
        lineup.take(ids, survey)
        self.recount(gone)
        self.stage.show_lineup()
        onward = self.lineup.next_open(self.workspace.entries) if self._begun_on_decided() else None
        if onward is not None:
            self.lineup.move(onward)
        if self.lineup.here != here or self.card is None:
            was = self.card
            await self.arrive()
            if was is not None:
                self.guard.changed()

    def _begun_on_decided(self) -> bool:
        """Say whether the person still is where the review began, and nothing waited for a decision there."""
        return self._visit == 1 and self._first_was_decided and self.lineup.is_usual

    async def look(self, _: Card | None = None) -> None:
        """Take in what others did to the store and to the caption in view."""
        card = self.card

        def refresh_and_read() -> tuple[bool, Card | None]:
            changed = bool(self.workspace.refresh()) or (card is not None and card.image not in self.workspace.entries)
            return changed, None if card is None else self.read(card.image, of=card)

        changed, renewed = await self._hand.do(refresh_and_read)
        if changed:
            await self.arrange()
        if renewed and card is self.card and card and (renewed.frame, renewed.problem) != (card.frame, card.problem):
            self._show(renewed)
            self.guard.changed()

    async def take_news(self) -> None:
        """Take in results that a thread of ours stored: it has refreshed the workspace, so `look` sees no change."""
        await self.arrange()
        await self.look()

    def recount(self, touched: Iterable[ImageId] = ()) -> None:
        """Count anew, and show it; what it costs does not grow with the images, nor with those selected.

        Args:
            touched: Images that may have been decided, or wait again; one of them that vanished is selected no longer.
        """
        entries = self.workspace.entries
        touched = tuple(touched)
        self.selection.drop(image for image in touched if image not in entries)
        self.lineup.touched(touched, entries)
        self.counts = self.workspace.counts()
        self.stage.show_counts(self.counts)
        self.stage.show_rhythm(self.rhythm.told(self.lineup.waiting(self.counts)))

    async def arrive(self) -> None:
        """Read the image at the present place and show it."""
        here = self.lineup.here
        self.left.keep(self.card)
        self.turn_to(None if here is None else await self._hand.do(self.read, here))

    def turn_to(self, card: Card | None) -> None:
        """Show an image newly come to."""
        self._visit += 1
        self.guard.moved()
        if card is not None:
            card.visit = self._visit
        self._show(card)
        if self._visit == 1:
            self._first_was_decided = self.is_decided

    def _show(self, card: Card | None) -> None:
        self.left.keep(self.card)
        self.card = card
        self.stage.show_lineup()
        self.stage.show_card(card)

    def redraw(self, card: Card, renewed: Card) -> None:
        """Show what a key made of a card: keys pressed on the card before act on this one."""
        card.redrawn = renewed
        if self.card is not None and self.card is not renewed:
            self.card.redrawn = renewed
        self._show(renewed)

    def rewritten(self) -> list[Card]:
        """Read the cards anew on which the person wrote text that waits for a decision; in the hand's thread."""
        self.left.keep(self.card)
        return [self.read(card.image, of=card) for card in self.left.with_text()]

    def read(self, image: ImageId, of: Card | None = None) -> Card:
        """Read a card, with what was done on it in this sitting; in the hand's thread."""
        of = of or self.left.of(image)
        try:
            frame = self.workspace.frame(image, self.thresholds.views)
            problem = frame.unwritable
        except (CutlineError, OSError) as unreadable:
            frame, problem = Frame(self.workspace.row(image), b"", None, parse(None), ()), str(unreadable)
        return Card(frame, 0, problem) if of is None else of.renewed(frame, problem)
