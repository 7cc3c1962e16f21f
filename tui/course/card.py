"""A card: one image as the person sees it, and what they chose on it so far; pure, but for the choosing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.changes.agreement import Agreement
from engine.captions.changes.diff import apply, kept
from engine.captions.changes.merging import Blend, Blended, blend, blends
from tui.course.faces import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.changes.diff import Hunk, Kept
    from engine.review.frames import Frame, Shown
    from engine.review.records import ImageId


class Decision(NamedTuple):
    """What accepting a card writes, and says of each candidate."""

    frame: Frame
    """As it was read; its candidates with the changes as the person has them now: split, written anew, blended."""
    chosen: dict[int, tuple[Hunk, ...]]
    """By proposal, of every open candidate."""
    hunks: tuple[Hunk, ...]
    """What is written."""
    only: frozenset[int] | None = None
    """The proposals that are answered; None for all open ones."""


class Card:
    """A frame with a candidate or a blend in view, a cursor among its hunks, and the hunks chosen."""

    def __init__(self, frame: Frame, visit: int, problem: str = "") -> None:
        """Open on the first candidate that nobody answered.

        Args:
            frame: What was read.
            visit: Which coming-to-this-image it belongs to: a key pressed on a card counts for the same visit.
            problem: Why the caption cannot be decided on; empty when it can.
        """
        self.frame = frame
        self.visit = visit
        self.problem = problem
        self.shown = next((i for i, one in enumerate(frame.candidates) if one.answer is None), 0)
        self.cursor = 0
        self.anchor: int | None = None
        """The change that was last chosen or left out: where a range begins."""
        self.redrawn: Card | None = None
        """What a key of the person made of it; None while nothing did."""
        self.resting: list[Face] = []
        """What the person did where it is of no use now: the candidate was answered, or is not there; an undo wakes it."""
        self._faces: dict[int, Face] = {}
        self._made: dict[int, Blended] = {}

    @property
    def image(self) -> ImageId:
        """The image it shows."""
        return self.frame.image.id

    @property
    def latest(self) -> Card:
        """What keys have made of it by now."""
        card = self
        while card.redrawn is not None:
            card = card.redrawn
        return card

    @property
    def touched(self) -> bool:
        """Whether the person chose, split, wrote or typed on it by hand."""
        return any(face.touched for face in self._faces.values())

    @property
    def has_text(self) -> bool:
        """Whether the person wrote text into changes of it, taken or not."""
        return any(face.typed or face.written for face in self._faces.values())

    # --- what there is to look at -----------------------------------------------------------------------------

    @cached_property
    def blends(self) -> tuple[Blend, ...]:
        """The ways to look at several candidates at once; their places are behind those of the candidates."""
        shown = self.frame.candidates
        fresh = [i for i, one in enumerate(shown) if one.answer is None and not one.stale]
        return blends([one.candidate for one in shown], fresh)

    @cached_property
    def agreement(self) -> Agreement:
        """What the open candidates say of each tag; where none is open, all of them."""
        return Agreement([self.frame.candidates[i].candidate for i in self.voices], self.frame.caption.separator)

    @cached_property
    def voices(self) -> tuple[int, ...]:
        """The places of the candidates that agree on tags or not."""
        tags = [i for i, one in enumerate(self.frame.candidates) if one.candidate.kind == "tags"]
        return tuple([i for i in tags if self.frame.candidates[i].answer is None] or tags)

    @property
    def candidate(self) -> Shown | None:
        """The candidate in view; None when there is none, or a blend is in view."""
        return self.frame.candidates[self.shown] if self.shown < len(self.frame.candidates) else None

    @property
    def blend(self) -> Blend | None:
        """The blend in view; None when a candidate is."""
        place = self.shown - len(self.frame.candidates)
        return self.blends[place] if self.frame.candidates and place >= 0 else None

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The hunks of what is in view."""
        return self.face(self.shown).hunks if self.frame.candidates else ()

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The caption's tags that what is in view gives, too."""
        return self.face(self.shown).kept if self.frame.candidates else ()

    def face(self, place: int) -> Face:
        """Return a candidate or a blend by its place, made when it is first asked for."""
        if place not in self._faces:
            self._faces[place] = self._candidate_face(place) or self._blend_face(place - len(self.frame.candidates))
        return self._faces[place]

    def _candidate_face(self, place: int) -> Face | None:
        if place >= len(self.frame.candidates):
            return None
        one = self.frame.candidates[place]
        whose = [frozenset({place})] * len(one.hunks)
        same = kept(self.frame.caption, one.candidate, one.hunks)
        return Face(one.proposal.id, one.hunks, whose, same, is_open=one.answer is None, quiet=one.stale)

    def _blend_face(self, number: int) -> Face:
        way, shown = self.blends[number], self.frame.candidates
        made = blend(self.frame.caption, [one.candidate for one in shown], [one.hunks for one in shown], way)
        self._made[number] = made
        face = Face(way.name, made.hunks, made.owners, made.kept)
        face.open_with([self.face(place) for place in way.members], self.frame.caption)
        return face

    def face_named(self, name: int | str) -> Face | None:
        """Return what was looked at by its name; None where it is not there, or was not looked at."""
        return next((face for face in self._faces.values() if face.name == name), None)

    # --- choosing ---------------------------------------------------------------------------------------------

    def chosen(self, place: int) -> frozenset[int]:
        """Return which hunks of a candidate or blend are chosen.

        While a blend is in view it stands for the candidates that it is made of; elsewhere it counts for nothing.
        """
        way = self.blend
        if place != self.shown and (place >= len(self.frame.candidates) or (way and place in way.members)):
            return frozenset()
        return self.face(place).chosen(in_view=place == self.shown)

    def choose(self, chosen: frozenset[int], rather: int | None = None) -> None:
        """Choose exactly these hunks of what is in view; see `Face.choose`."""
        self.face(self.shown).choose(chosen, rather)

    def toggle(self) -> None:
        """Choose the hunk at the cursor, or unchoose it."""
        if self.hunks:
            self.choose(self.chosen(self.shown) ^ {self.cursor}, self.cursor)
            self.anchor = self.cursor

    def work(self, text: str | None = None) -> bool:
        """Split the hunk at the cursor, or write it anew; say whether that made a difference."""
        self.anchor = None
        worked = self.face(self.shown).work(self.frame.caption, self.cursor, text)
        self.cursor = min(self.cursor, max(0, len(self.hunks) - 1))
        return worked

    def move_cursor(self, by: int) -> None:
        """Go to another hunk of what is in view, round the ends."""
        if self.hunks:
            self.cursor = (self.cursor + by) % len(self.hunks)

    def look_at(self, place: int) -> None:
        """Bring another candidate or blend into view: a blend with what was done to its candidates by now."""
        if place != self.shown:
            self.shown, self.cursor, self.anchor = place, 0, None
            if self.blend is not None and (was := self._faces.pop(place, None)) is not None:
                self.face(place).take_over([was], self.frame.caption)

    # --- deciding ---------------------------------------------------------------------------------------------

    def decision(self, *, alone: bool = False) -> Decision:
        """Return what accepting writes and says.

        Args:
            alone: Whether only what is in view counts: one candidate, or those that are blended.
        """
        way, shown = self.blend, self.frame.candidates
        members = frozenset(way.members) if way else frozenset()
        hunks: list[Hunk] = []
        chosen: dict[int, tuple[Hunk, ...]] = {}
        now = list(shown)
        if way:
            hunks += self._blended(now, chosen)
        for place, one in enumerate(shown):
            if one.answer is not None or place in members or (alone and place != self.shown):
                continue
            face = self.face(place)
            taken = tuple(face.hunks[i] for i in sorted(self.chosen(place)))
            chosen[one.proposal.id] = taken
            hunks += taken
            if face.worked:
                now[place] = msgspec.structs.replace(one, hunks=face.hunks)
        frame = msgspec.structs.replace(self.frame, candidates=tuple(now))
        return Decision(frame, chosen, tuple(hunks), frozenset(chosen) if alone else None)

    def _blended(self, now: list[Shown], chosen: dict[int, tuple[Hunk, ...]]) -> list[Hunk]:
        """Give each member of the blend in view the hunks that are its own; return those chosen."""
        way, face = self.blend, self.face(self.shown)
        marked = self.chosen(self.shown)
        if way is not None:
            left = self._made[self.shown - len(now)].left
            for place in way.members:
                mine = [i for i, who in enumerate(face.owners) if place in who]
                chosen[now[place].proposal.id] = tuple(face.hunks[i] for i in mine if i in marked)
                hunks = (*(face.hunks[i] for i in mine), *left[place])
                now[place] = msgspec.structs.replace(now[place], hunks=hunks)
        return [hunk for i, hunk in enumerate(face.hunks) if i in marked]

    def result(self) -> bytes | None:
        """Return exactly what accepting would leave in the file; None when there would be none."""
        return apply(self.frame.caption, self.decision().hunks)

    def take_typed(self) -> bytes | None:
        """Take what was typed into changes and not taken; return what accepting would leave with all the person wrote.

        That is the caption as it is where they wrote nothing.
        """
        written = [place for place, face in sorted(self._faces.items()) if face.take_typed(self.frame.caption)]
        if not written:
            return self.frame.raw
        if self.blend is not None or written[-1] >= len(self.frame.candidates):  # of a blend counts what is in view
            self.look_at(written[-1])
        return self.result()

    # --- reading anew -----------------------------------------------------------------------------------------

    def as_proposed(self) -> Card:
        """Return a card of the same visit with the same in view, and nothing done to it by hand."""
        card = Card(self.frame, self.visit, self.problem)
        card.look_at(self.shown)
        card.cursor = min(self.cursor, max(0, len(card.hunks) - 1))
        return card

    def renewed(self, frame: Frame, problem: str = "") -> Card:
        """Return a card of the same visit over a newer frame: the same in view, the same done to it by hand."""
        card = Card(frame, self.visit, problem)
        names: dict[int | str, int] = {one.proposal.id: place for place, one in enumerate(frame.candidates)}
        names |= {way.name: len(frame.candidates) + number for number, way in enumerate(card.blends)}
        faces = [face for _, face in sorted(self._faces.items())]  # blends open with what was done to their candidates
        for was in [*self.resting, *faces]:
            if was.touched and was.name in names and card.face(names[was.name]).is_open:
                card.face(names[was.name]).take_over([was], frame.caption)
            elif was.touched:
                card.resting.append(was)
        if self.frame.candidates:
            place = names.get(self.face(self.shown).name)
            if place is not None and card.face(place).is_open:
                card.shown = place
                card.cursor = self._cursor_among(card.hunks)
        return card

    def _cursor_among(self, hunks: Sequence[Hunk]) -> int:
        """Return where the hunk under the cursor stands among others; where it is gone, the same place."""
        label = self.hunks[self.cursor].label if self.hunks else ""
        places = [place for place, hunk in enumerate(hunks) if hunk.label == label]
        return min(places or [min(self.cursor, max(0, len(hunks) - 1))], key=lambda place: abs(place - self.cursor))
