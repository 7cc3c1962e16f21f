"""People who decide, at random; every step is compared with the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import rule

from engine import editing
from engine.captions.editing.edits import parse_edit
from engine.errors import CutlineError
from engine.tagging.accept import accept_proposals
from engine.tagging.bulk import choose, reject_proposals
from tests.model import texts
from tests.model.foretold import accepted, taken
from tests.model.nouns import Row, Seen
from tests.model.plain import Unknown, all_edited, by_hand
from tests.model.sessions_machine import FEWEST, SessionsMachine, many, which, who

if TYPE_CHECKING:
    from engine.captions.changes.diff import Hunk
    from engine.review.frames import Frame
    from engine.workspace import Workspace


class ReviewMachine(SessionsMachine):
    """One dataset, two sessions, and people who decide in them."""

    # --- decisions --------------------------------------------------------------------------------------------

    @rule(who=who, which=which, kept=st.booleans(), picks=st.lists(many, min_size=5, max_size=5), one=st.booleans())
    def accept(self, who: int, which: int, picks: list[set[int]], *, kept: bool, one: bool) -> None:
        """Accept with some hunks chosen; or one candidate only; or on a frame of long ago."""
        desk, frame, seen = self._frame(who, which, kept=kept)
        answers = [p for p in seen.open if not one or p is seen.open[which % len(seen.open)]]
        chosen: dict[int, tuple[Hunk, ...]] = {}
        for shown, pick in zip(frame.open, picks, strict=False):
            if shown.proposal.id in {p.number for p in answers}:
                everything = 12 in pick
                hunks = [h for at, h in enumerate(shown.hunks) if (h.chosen if everything else at in pick)]
                chosen[shown.proposal.id] = tuple(hunks)
        try:
            step = desk.accept(frame, chosen, {p.number for p in answers} if one and answers else None)
        except CutlineError:
            step = None
        guess = taken(seen, answers, frame, chosen)
        self.world.decided(desk, "accept" if answers else "approve", seen, guess, answers, step)

    @rule(who=who, which=which, kept=st.booleans(), one=st.booleans())
    def reject(self, who: int, which: int, *, kept: bool, one: bool) -> None:
        """Reject all candidates, or one."""
        desk, frame, seen = self._frame(who, which, kept=kept)
        answers = [p for p in seen.open if not one or p is seen.open[which % len(seen.open)]]
        try:
            step = desk.reject(frame, {p.number for p in answers} if one else None)
        except CutlineError:
            step = None
        if answers:
            self.world.decided(desk, "reject", seen, seen.raw, answers, step)
        else:
            assert step is None

    @rule(who=who, which=which, kept=st.booleans(), text=texts.typed)
    def edit(self, who: int, which: int, text: str, *, kept: bool) -> None:
        """Write a caption by hand."""
        desk, frame, seen = self._frame(who, which, kept=kept)
        try:
            step = desk.edit(frame, text)
        except CutlineError:
            step = None
        self.world.decided(desk, "edit", seen, by_hand(seen.raw, text), (), step)

    @rule(who=who, which=which, kept=st.booleans(), raw=st.one_of(st.none(), texts.captions))
    def write(self, who: int, which: int, raw: bytes | None, *, kept: bool) -> None:
        """Write a caption's bytes, or remove it."""
        desk, frame, seen = self._frame(who, which, kept=kept)
        try:
            step = desk.write(frame, raw)
        except CutlineError:
            step = None
        self.world.decided(desk, "edit", seen, raw, (), step)

    def _frame(self, who: int, which: int, *, kept: bool) -> tuple[Workspace, Frame, Seen]:
        if kept and self.kept:
            frame, seen = self.kept[which % len(self.kept)]
            return self.world.desk(who), frame, seen
        desk = self.world.desk(who)
        return desk, *self.world.look(desk, self.world.photo(which))

    @rule(who=who, which=which)
    def keep_frame(self, who: int, which: int) -> None:
        """Look at a photo, and decide some other time."""
        self.kept.append(self.world.look(self.world.desk(who), self.world.photo(which)))

    @rule(who=who, which=which, kind=st.sampled_from(["flag", "unflag", "skip"]))
    def mark(self, who: int, which: int, kind: str) -> None:
        """Mark a photo."""
        desk, photo = self.world.desk(who), self.world.photo(which)
        desk.mark(photo.number, kind)
        self.world.do([Row(kind, photo, desk.store.session)])

    @rule(who=who, which=which)
    def set_aside(self, who: int, which: int) -> None:
        """Set a photo aside."""
        if len(self.model.present()) <= FEWEST:
            return
        desk, photo = self.world.desk(who), self.world.photo(which)
        row = self.model.setting_aside(desk.store.session, photo)
        assert row is not None
        desk.set_aside(photo.number)
        self.world.do([row])

    # --- many at once -----------------------------------------------------------------------------------------

    @rule(who=who, edits=texts.edits, scope=many, left_out=many, meddling=st.one_of(st.none(), texts.captions))
    def bulk_edit(
        self, who: int, edits: list[str], scope: set[int], left_out: set[int], meddling: bytes | None
    ) -> None:
        """Plan edits, leave some out, apply; a caption may change in between."""
        desk = self.world.desk(who)
        desk.refresh()
        photos = [p for at, p in enumerate(self.model.present()) if not scope or at in scope]
        planned = editing.plan(desk, [p.number for p in photos], [parse_edit(edit) for edit in edits])
        changes = {change.caption.decode(): change for change in planned.changes}
        refused = {photo for photo, _ in planned.refused}
        for photo in {p.caption: p for p in reversed(photos)}.values():
            raw = self.model.captions.get(photo.caption)
            guess = all_edited(raw, edits)
            if b"\0" in (raw or b""):
                assert photo.number in refused
            elif isinstance(guess, Unknown):
                assert photo.number not in refused
            elif guess == raw:
                assert photo.caption not in changes
            else:
                change = changes[photo.caption]
                assert (change.image, change.before, change.after) == (photo.number, raw, guess)
        going = [change for at, change in enumerate(planned.changes) if at not in left_out]
        if going and meddling is not None:
            self.world.outside(going[0].caption.decode(), meddling)
        applied = editing.apply(desk, going)
        rows, kept = [], []
        for change in going:
            photo = next(p for p in photos if p.number == change.image)
            row = self.model.decision(
                desk.store.session, "edit", Seen(photo, photo.name, change.before, ()), change.after
            )
            rows += [row] if row else []
            kept += [] if row else [photo.number]
        self.world.do(rows)
        assert [photo for photo, _ in applied.refused] == kept
        assert applied.written == len(rows)
        assert all(row.group == applied.group for row in rows)

    @rule(who=who, source=st.sampled_from(["tagger", "wide", "second", "captioner", "rewriter"]), away=st.booleans())
    def headless(self, who: int, source: str, *, away: bool) -> None:
        """Accept or reject all that a source proposes, without looking."""
        desk = self.world.desk(who)
        desk.refresh()
        if not any(p.source == source for photo in self.model.photos for p in photo.proposals):
            return
        chosen, group, rows = choose(desk, [source], ""), desk.new_group(), []
        states = self.model.states(desk.store.session)
        for photo in self.model.present():
            seen = self.model.look_at(photo)
            mine = [p for p in seen.open if p.source == source]
            asked = mine if mine and not states[photo.number][1] else []
            assert chosen.proposals.get(photo.number, frozenset()) == {p.number for p in asked}
            if not asked:
                continue
            frame = desk.frame(photo.number)
            guess, nothing = accepted(seen, asked[0], frame)
            numbers = frozenset(p.number for p in asked)
            decide = reject_proposals if away else accept_proposals
            told = decide(desk, photo.number, numbers, group)
            if not away and (nothing or (b"\0" in (seen.raw or b"") and guess != seen.raw)):
                assert not told.decided
                continue
            assert told.decided
            if away or isinstance(guess, Unknown):
                raw = self.world.root / seen.caption
                guess = seen.raw if away else raw.read_bytes() if raw.exists() else None
            row = self.model.decision(desk.store.session, "reject" if away else "accept", seen, guess, tuple(asked))
            assert row is not None
            self.model.commit([row])
            rows.append(row)
        self.world.match(rows, self.world.dataset.fresh())

    # --- back and again ---------------------------------------------------------------------------------------

    @rule(who=who)
    def undo_last(self, who: int) -> None:
        """Take a session's last step back."""
        desk = self.world.desk(who)
        rows = self.model.last_step(desk.store.session)
        self.world.undone(desk, rows, desk.undo_last())

    @rule(who=who)
    def redo_last(self, who: int) -> None:
        """Take a session's last undo back."""
        desk = self.world.desk(who)
        rows = self.model.last_undo(desk.store.session)
        self.world.undone(desk, rows, desk.redo_last())

    @rule(who=who, picks=st.lists(which, min_size=1, max_size=4), grouped=st.booleans())
    def undo_some(self, who: int, picks: list[int], *, grouped: bool) -> None:
        """Take any rows back, undos too; or all of a group."""
        journal = self.model.journal
        if not journal:
            return
        rows = list(dict.fromkeys(journal[-1 - pick % len(journal)] for pick in picks))
        if grouped and rows[0].group is not None:
            rows = self.model.group(rows[0].group)
        desk = self.world.desk(who)
        self.world.undone(desk, rows, desk.undo([row.number for row in rows]))

    @rule(who=who, which=which, edits=texts.edits)
    def undo_what_was_changed(self, who: int, which: int, edits: list[str]) -> None:
        """Take a step back whose caption somebody else changed a little since: both changes are joined, or it stays."""
        rows = [row for row in self.model.journal if row.caption and not row.moves and row.stands()]
        if not rows:
            return
        row = rows[-1 - which % min(3, len(rows))]
        changed = all_edited(self.model.captions.get(row.caption or ""), edits)
        if not isinstance(changed, Unknown):
            self.world.outside(row.caption or "", changed)
        desk = self.world.desk(who)
        self.world.undone(desk, [row], desk.undo([row.number]))

    @rule(who=who, which=which)
    def undo_to(self, who: int, which: int) -> None:
        """Take back all since a row."""
        if not self.model.journal:
            return
        number = self.model.journal[-1 - which % len(self.model.journal)].number
        desk = self.world.desk(who)
        rows = self.model.since(number)
        self.world.undone(desk, rows, desk.undo_to(number))
