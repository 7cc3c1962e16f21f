"""The same with processes that die in the middle of a step, now and then."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine.errors import CutlineError
from tests.model import texts
from tests.model.nouns import Photo, Row, Seen
from tests.model.review_machine import ReviewMachine
from tests.model.sessions_machine import FEWEST, which, who
from tests.model.world import written_by
from tests.moments import MOMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.review.records import JournalRow
    from tests.model.victims import Victims

Then = tuple[bytes | None, bool]
"""What happens before anybody repairs: the text that another program writes; and whether the same image is decided on."""

moments = st.sampled_from(MOMENTS)
after = st.tuples(st.one_of(st.none(), st.none(), texts.captions), st.booleans())
MOMENTS_OF_ASIDE = ("aside-row", "aside-moved", "aside-moved:2", "aside-before-mark")


class CrashMachine(ReviewMachine):
    """One dataset, two sessions, and victims."""

    victims: ClassVar[Victims]
    numbers = count(100)

    @rule(who=who, which=which, moment=moments, then=after, text=st.one_of(texts.typed, texts.words))
    def die_editing(self, who: int, which: int, moment: str, then: Then, text: str) -> None:
        """Die while a caption is written by hand."""
        photo = self.world.photo(which)
        self._crash(who, photo, moment, then, "edit", photo.number, text)

    @rule(who=who, which=which, moment=moments, then=after)
    def die_accepting(self, who: int, which: int, moment: str, then: Then) -> None:
        """Die while candidates are accepted."""
        photo = self.world.photo(which)
        self._crash(who, photo, moment, then, "accept", photo.number)

    @rule(who=who, which=which, moment=moments, then=after, edits=texts.edits)
    def die_amid_many(self, who: int, which: int, moment: str, then: Then, edits: list[str]) -> None:
        """Die amid a bulk edit."""
        photos = [photo.number for photo in self.model.present()]
        self._crash(who, self.world.photo(which), moment, then, "bulk", photos, edits)

    @rule(who=who, moment=moments, then=after)
    def die_undoing(self, who: int, moment: str, then: Then) -> None:
        """Die while a step is taken back."""
        rows = self.model.last_step(self.world.desk(who).store.session)
        if rows:
            photo = rows[-1].photo if not rows[-1].photo.gone else self.world.photo(0)
            self._crash(who, photo, moment, then, "undo", [row.number for row in rows])

    @rule(who=who, which=which, moment=st.sampled_from(MOMENTS_OF_ASIDE), then=after)
    def die_setting_aside(self, who: int, which: int, moment: str, then: Then) -> None:
        """Die while an image is set aside."""
        if len(self.model.present()) > FEWEST:
            photo = self.world.photo(which)
            self._crash(who, photo, moment, (None, then[1]), "aside", photo.number)

    def _crash(self, who: int, photo: Photo, moment: str, then: Then, what: str, *given: Any) -> None:
        """Let a process die in the middle of something; perhaps another program writes before the next one repairs.

        That is one that opens the dataset, or one that had it open and decides about the same image.
        """
        meddling, deciding = then
        seen = self.model.look_at(photo)
        if b"\0" in (seen.raw or b"") and what in ("accept", "edit"):
            return
        known = {row.number: row for row in self.model.journal}
        rows = [known[number] for number in given[0]] if what == "undo" else []
        self.victims.run(self.world.root, moment, [what, *given])
        written = None
        if meddling is not None:
            written = meddling + b" %d" % next(self.numbers)  # unlike anything before
            self.world.dataset.write(photo.caption, written)
        desk, step, frame = self.world.desk(who), None, self.world.desk(who).frame(photo.number)
        if deciding:
            with suppress(CutlineError):
                step = desk.write(frame, b"decided after a crash")
        self.world.dataset.close(self.world.desk(who + 1))
        self.world.dataset.open()
        fresh = self.world.dataset.fresh()
        of_victim = [row for row in fresh if step is None or row.id != step.id]
        self._finished(what, rows, photo, seen, of_victim)
        if written is not None:
            self.world.outside(photo.caption, written, wrote=True)
        if deciding:
            again = Seen(photo, seen.name, frame.raw, ())
            row = self.model.decision(desk.store.session, "edit", again, b"decided after a crash")
            assert (row is None) == (step is None)
            self.model.commit([row] if row else [])
            self.world.match([row] if row else [], [row for row in fresh if row not in of_victim])

    def _finished(self, what: str, rows: list[Row], photo: Photo, seen: Seen, fresh: Sequence[JournalRow]) -> None:
        """Take over what a victim came to do: whatever has a row was done to the end, and nothing else was.

        But for what another program wrote over before anybody repaired it: such a step does not count.
        """
        made: list[Row | None] = []
        conflicts = {row.id for row in fresh if row.status == "conflict"}
        found = [row for row in fresh if row.kind != "offered"]
        if what == "undo":
            undone = {row.undoes or 0 for row in found if row.id in conflicts}
            made += self.model.take_back(rows, "", written_by(found), died=True, conflicts=undone)[0]
        for row in found if what != "undo" else []:
            at = next(p for p in self.model.photos if p.number == row.image)
            raw = self.model.captions.get(at.caption)
            after = row.after if row.caption else raw
            match what:
                case "aside":
                    made.append(self.model.setting_aside("", photo))
                case "accept":
                    made.append(self.model.decision("", row.kind, seen, after, seen.open))
                case _:
                    made.append(self.model.decision("", "edit", Seen(at, at.name, raw, ()), after))
            done = made[-1]
            assert done is not None
            done.void = row.id in conflicts
            self.model.commit([done])
        self.world.match([row for row in made if row is not None], found)
        for row in fresh:  # a file that was begun, and nobody can tell any more whose it was
            assert row.kind != "offered" or any(
                ((done and done.after) or b"").startswith(row.before or b"") for done in made
            )
