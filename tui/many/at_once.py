"""Many at once: the selection, and the screens that edit the captions of many images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui import commands, patience
from tui.long_work import LongWork
from tui.many.scopes import ALL, FILTERED, SELECTED, scopes, usual
from tui.sitting import bookmark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual.app import App

    from engine.editing import Applied
    from engine.review.records import ImageId
    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.finding.in_force import Finding
    from tui.hand import Hand
    from tui.idle import Idle
    from tui.messages import ImagePicked
    from tui.screens.tags import Gone
    from tui.typing.completing import Completing


class Many:
    """Handlers of the actions in `tui.actions.many`."""

    def __init__(
        self,
        turns: Turns,
        hand: Hand,
        idle: Idle,
        app: Callable[[], App[int]],
        completing: Completing,
        finding: Finding,
    ) -> None:
        """Start with no trigger word known; it is read when it is first wanted.

        Args:
            turns: The course of the review.
            hand: Reads cards and the bookmark.
            idle: Counts what is under way.
            app: Returns the app, which shows the screens.
            completing: Knows tags.
            finding: Filters the review, and knows all captions.
        """
        self._turns, self._hand, self._app, self._completing = turns, hand, app, completing
        self._finding = finding
        self._workspace, self._stage = turns.workspace, turns.stage
        self._work = LongWork(idle)
        self._trigger: str | None = None

    @property
    def handlers(self) -> Handlers:
        """What does each action."""
        return {
            "select": self.select,
            "select_range": self.select_range,
            "select_all": self.select_all,
            "invert_selection": self.invert,
            "clear_selection": self.clear,
            "bulk_edit": self.show_bulk,
            "tags": self.show_tags,
        }

    def close(self) -> None:
        """Stop what is under way, and end the thread."""
        self._work.close()

    # --- the selection ----------------------------------------------------------------------------------------

    async def select(self, card: Card | None) -> None:
        """Select the image or let it go, go on."""
        if card is not None:
            is_in = self._turns.selection.toggle(card.image)
            self._tell("" if is_in else "let go; ")
            await self._turns.go(self._turns.place + 1)
            self._stage.show_lineup()

    async def select_range(self, card: Card | None) -> None:
        """Select from the one selected last to this one."""
        ids = self._turns.lineup.ids
        if card is not None and card.image in ids:
            came = self._turns.selection.extend(ids, ids.index(card.image))
            self._tell(f"{came:,} more: ")

    async def select_all(self, _: Card | None) -> None:
        """Select the whole queue."""
        came = self._turns.selection.add(self._turns.lineup.ids)
        self._tell(f"{came:,} more: " if came else "all of these are selected already: ")

    async def invert(self, _: Card | None) -> None:
        """Swap what of the queue is selected and what is not."""
        self._turns.selection.invert(self._turns.lineup.ids)
        self._tell("")

    async def clear(self, _: Card | None) -> None:
        """Let go of all."""
        count = len(self._turns.selection)
        self._turns.selection.clear()
        self._tell(f"{count:,} let go; ")

    async def pick(self, message: ImagePicked, _: Card | None) -> None:
        """Select the row that was clicked, or all rows to it."""
        selection, ids = self._turns.selection, self._turns.lineup.ids
        if message.image not in ids:
            return
        if message.how == "range":
            selection.extend(ids, ids.index(message.image))
        else:
            selection.toggle(message.image)
        self._tell("")

    def _tell(self, before: str) -> None:
        count = len(self._turns.selection)
        keys = self._turns.keys
        edits = f"; {keys.told(commands.BulkEdit)} edits them" if count else ""
        self._stage.say(f"{before}{f'{count:,}' if count else 'nothing is'} selected{edits}")
        self._stage.show_lineup()

    # --- edits of many ------------------------------------------------------------------------------------------

    async def show_bulk(self, _: Card | None) -> None:
        """Show the edits that can be made of many captions."""
        # Here, not above: the first caption does not wait for a screen that is not asked for.
        from tui.screens.bulk import BulkEdit  # noqa: PLC0415

        if self._trigger is None:
            kept = await self._hand.do(bookmark.load, self._workspace.root)
            self._trigger = kept.trigger
        found = scopes(self._turns)
        trigger = (self._trigger, self._keep_trigger)
        screen = BulkEdit(self._workspace, self._work, found, usual(found), self._completing, trigger)
        await self._app().push_screen(screen, self._edited)

    def _keep_trigger(self, word: str) -> None:
        """Remember a trigger word, also for the next sitting."""
        self._trigger, root = word, self._workspace.root

        def keep() -> None:
            bookmark.save(root, msgspec.structs.replace(bookmark.load(root), trigger=word))

        self._hand.last(keep)

    def _edited(self, applied: Applied | None) -> None:
        """Show what was made, on the review."""
        if applied is not None:
            self._turns.ask(lambda _: self._read_again(applied.images, self._told(applied)))

    def _told(self, applied: Applied) -> str:
        from tui.screens.dry_run import summary  # noqa: PLC0415  (it is there by now)

        undo = f"; {self._turns.keys.told(commands.Undo)} takes it back" if applied.images else ""
        refused = f"; {applied.refused[0][1]}" if applied.refused else ""
        return f"{summary(applied)}{undo}{refused}"

    async def show_tags(self, _: Card | None) -> None:
        """Show the tags of all captions."""
        from tui.screens.tags import TagsScreen  # noqa: PLC0415

        found = scopes(self._turns)
        by_name = {scope.name: scope for scope in found}
        choices = [by_name[name] for name in (ALL, FILTERED, SELECTED) if name in by_name]
        screen = TagsScreen(self._workspace, self._work, self._finding.shared_finder, choices, found[usual(found)])
        await self._app().push_screen(screen, self._left_tags)
        await screen.counted_within(patience.PATIENCE_SECONDS)  # so long keys wait for the tags that they are meant for

    def _left_tags(self, gone: Gone | None) -> None:
        if gone is not None and gone.edited:
            self._turns.ask(lambda _: self._read_again(gone.edited, ""))
        if gone is not None and gone.tag:
            self._finding.apply(f'tag:"{_quoted(gone.tag)}"')

    async def _read_again(self, images: Collection[ImageId], told: str) -> None:
        """Show the image in view as it is now, and the counts."""
        turns, card = self._turns, self._turns.card
        if card is not None:
            turns.redraw(card, await self._hand.do(turns.read, card.image, card))
        turns.recount(images)
        if told:
            self._stage.say(told, "good" if images else "warning")


def _quoted(text: str) -> str:
    r"""Return a text as it stands between quotes in a filter, where `*`, `?`, `"` and `\` mean themselves."""
    return "".join(f"\\{sign}" if sign in '\\"*?' else sign for sign in text)
