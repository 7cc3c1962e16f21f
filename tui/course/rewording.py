"""Writing a change anew on the review screen, before it is accepted: the line for it, and what was typed and not taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.errors import CutlineError
from tui.actions.choosing import EditHunk
from tui.course.faces import text_of
from tui.stage import Stage

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.widgets.hunk_editor import HunkEditor


class Place(NamedTuple):
    """Which change is written anew."""

    image: ImageId
    face: int | str
    """What it is a change of, by name."""
    label: str


class Slate(Stage, Protocol):
    """Where cards and lines are shown, and what is told that the keys go to the line of a change now."""

    def show_rewording(self, *, rewording: bool) -> None:
        """Show that the line is open, or closed again."""


class Rewording:
    """One line over one change."""

    def __init__(self, editor: HunkEditor, turns: Turns, stage: Slate) -> None:
        """Start closed.

        Args:
            editor: Takes the keys while it is open.
            turns: Take the text, in order with everything else that was asked.
            stage: Shows cards and lines; is told when the line opens and closes.
        """
        self._editor, self._turns, self._stage = editor, turns, stage
        self._open_on: Place | None = None

    @property
    def under_way(self) -> bool:
        """Whether the line is open."""
        return self._open_on is not None

    def open(self, card: Card) -> None:
        """Open the line on the change at the cursor."""
        hunk, face = card.hunks[card.cursor], card.face(card.shown)
        try:
            self._editor.open(face.typed.get(hunk.label, text_of(hunk)))
        except CutlineError as refused:
            self._stage.say(str(refused), "error")
            return
        self._open_on = Place(card.image, face.name, hunk.label)
        self._stage.show_rewording(rewording=True)

    def take(self, text: str) -> None:
        """Close the line, and ask for the text to be taken."""
        if (place := self._open_on) is not None:
            self._close()
            self._turns.ask(partial(self._write, place, text))

    async def _write(self, place: Place, text: str, card: Card | None) -> None:
        if card is None or (card.image, card.face(card.shown).name) != place[:2]:
            at = None
        else:
            at = next((i for i, hunk in enumerate(card.hunks) if hunk.label == place.label), None)
        if card is None or at is None:
            self._keep(place, text)
            self._stage.say("that change is not there any more; nothing was taken", "warning")
            return
        card.cursor = at
        card.face(card.shown).typed.pop(place.label, None)
        card.work(text)
        self._stage.renew_card()

    def leave(self, text: str) -> None:
        """Close the line; what was typed is there again the next time."""
        if (place := self._open_on) is not None:
            self._keep(place, text)
            self._close()
            self._stage.say(f"not taken; {self._turns.keys.shown(EditHunk)} goes on with it")

    def keep(self) -> None:
        """Keep what stands in the line, if it is open, with the change it is about."""
        if (place := self._open_on) is not None:
            self._keep(place, self._editor.content())

    def _keep(self, place: Place, text: str) -> None:
        card = self._turns.card
        if card is None or card.image != place.image:
            card = self._turns.left.of(place.image)
        face = card.face_named(place.face) if card is not None else None
        if face is not None:
            face.type(place.label, text)

    def _close(self) -> None:
        self._open_on = None
        self._editor.close()
        self._stage.show_rewording(rewording=False)
