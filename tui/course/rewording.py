"""Writing a change anew on the review screen, before it is accepted: the line for it, and what was typed and not taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import CutlineError
from tui.actions.choosing import EditHunk

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.stage import Stage
    from tui.widgets.hunk_editor import HunkEditor


class Place(NamedTuple):
    """Which change is written anew."""

    image: ImageId
    face: int | str
    """What it is a change of, by name."""
    label: str


class Rewording:
    """One line over one change."""

    def __init__(self, editor: HunkEditor, turns: Turns, stage: Stage) -> None:
        """Start closed.

        Args:
            editor: Takes the keys while it is open.
            turns: Take the text, in order with everything else that was asked.
            stage: Shows cards and lines.
        """
        self._editor, self._turns, self._stage = editor, turns, stage
        self._open_on: Place | None = None
        self._kept: dict[Place, str] = {}
        """What was typed and not taken."""

    @property
    def under_way(self) -> bool:
        """Whether the line is open."""
        return self._open_on is not None

    def open(self, card: Card) -> None:
        """Open the line on the change at the cursor."""
        hunk = card.hunks[card.cursor]
        place = Place(card.image, card.face(card.shown).name, hunk.label)
        text = self._kept.get(place, (hunk.new or hunk.old).replace("\r\n", "\n").strip())
        try:
            self._editor.open(text)
        except CutlineError as refused:
            self._stage.say(str(refused), "error")
            return
        self._open_on = place

    def take(self, text: str) -> None:
        """Close the line, and ask for the text to be taken."""
        if (place := self._open_on) is not None:
            self._close()
            self._turns.ask(partial(self._write, place, text))

    async def _write(self, place: Place, text: str, card: Card | None) -> None:
        self._kept.pop(place, None)
        if card is None or (card.image, card.face(card.shown).name) != place[:2]:
            at = None
        else:
            at = next((i for i, hunk in enumerate(card.hunks) if hunk.label == place.label), None)
        if card is None or at is None:
            self._kept[place] = text
            self._stage.say("that change is not there any more; nothing was taken", "warning")
            return
        card.cursor = at
        card.work(text)
        self._stage.renew_card()

    def leave(self, text: str) -> None:
        """Close the line; what was typed is there again the next time."""
        if (place := self._open_on) is not None:
            self._kept[place] = text
            self._close()
            self._stage.say(f"not taken; {self._turns.keys.shown(EditHunk)} goes on with it")

    def _close(self) -> None:
        self._open_on = None
        self._editor.close()
