"""Bringing what another store knows into a dataset's own: what models said, what was decided and marked, and views.

The own store wins: what it knows later about an image stands, and of two proposals of one source the later one is the
candidate. Times are kept, so that a second time brings nothing. No caption is written: a decision that wrote one comes
only where the caption still holds what it wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.view import View
from engine.errors import CutlineError
from engine.review import image_rows, journal
from engine.review.journal import DECISIONS
from engine.review.proposals import Origin, RawAnswer, find_answer, label_row, store_answer, store_proposal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.other_store import OtherImage, OtherProposal, OtherStep, OtherStore
    from engine.review.records import Image
    from engine.review.store import Store

MARKS = frozenset({"flag", "unflag"})
NOTE = "imported"
"""What the history says beside a step that came from elsewhere."""


class Brought(msgspec.Struct):
    """What came, in numbers."""

    group: int | None = None
    """Of the decisions that wrote nothing and the marks, which are taken back together; None when there are none."""
    images: int = 0
    proposals: int = 0
    decisions: int = 0
    marks: int = 0
    views: int = 0
    refused: list[tuple[bytes, str]] = []
    """Keys of images of which something did not come, and why."""


def bring_in(store: Store, files: CaptionFiles, other: OtherStore) -> Brought:
    """Take over all that the own store does not know better, in one transaction.

    Args:
        store: The dataset's own.
        files: The dataset's caption files; only read.
        other: Where it comes from.
    """
    with store.transaction() as db:
        return _Bringing(db, store, files, other).all()


class _Bringing:
    def __init__(self, db: sqlite3.Connection, store: Store, files: CaptionFiles, other: OtherStore) -> None:
        self._db, self._store, self._other = db, store, other
        self._brought = Brought()
        self._standing = _standing_writes(files, other)
        self._views = journal.views(db)
        self._ours: dict[int, int] = {}
        """Proposals that are here, by their number in the other store."""

    def all(self) -> Brought:
        for image in self._other.images():
            self._bring_image(image)
        for source, view in self._other.views().items():
            if source not in self._views:
                data = msgspec.json.encode(view)
                journal.append(self._db, "view", session=self._store.session, source=source, data=data)
                self._brought.views += 1
        return self._brought

    def _bring_image(self, theirs: OtherImage) -> None:
        steps, proposals = self._other.steps(theirs.id), self._other.proposals(theirs.id)
        if not steps and not proposals:
            return
        row = self._db.execute("SELECT id FROM images WHERE key = ?", (theirs.key,)).fetchone()
        ours = image_rows.get(self._db, row[0]) if row else None
        if ours is None or not _same_picture(ours, theirs):
            why = "another picture has its name here" if ours else "there is no such image here"
            self._brought.refused.append((theirs.key, why))
            return
        if ours.digest is None and theirs.digest is not None:
            image_rows.store_digest(self._db, ours.id, theirs.digest, theirs.size, theirs.mtime_ns)
        before = self._db.total_changes
        coming = self._coming(ours, steps)
        dropped = {step.id for step in steps if step.kind in DECISIONS} - {step.id for step in coming}
        answered = {verdict.proposal for step in dropped for verdict in self._other.verdicts(step)}
        for proposal in proposals:
            # What a decision answered that does not come is no candidate here.
            open_here = not {proposal.id, proposal.inherits} & answered
            self._bring_proposal(ours.id, proposal, open_here=open_here)
        for step in coming:
            self._bring_step(ours.id, step)
        self._brought.images += self._db.total_changes > before

    def _coming(self, image: Image, steps: Sequence[OtherStep]) -> list[OtherStep]:
        """Return the steps that are later than our own of their kind, and can be brought."""
        times = dict(self._db.execute("SELECT id, time FROM journal WHERE image = ?", (image.id,)).fetchall())
        own = list(journal.in_force(journal.steps(self._db, [image.id])))
        decided = max((times[step.id] for step in own if step.kind in DECISIONS), default=0.0)
        marked = max((times[step.id] for step in own if step.kind in MARKS), default=0.0)
        coming = []
        for step in steps:
            decision = step.kind in DECISIONS and step.time > decided
            if decision and step.caption is not None and step.id not in self._standing:
                reason = f"its caption no longer holds what was decided there ({step.kind})"
                self._brought.refused.append((image.key, reason))
            elif decision or (step.kind in MARKS and step.time > marked) or self._is_new_offer(image, step):
                coming.append(step)
        return coming

    def _is_new_offer(self, image: Image, step: OtherStep) -> bool:
        known = "SELECT 1 FROM journal WHERE image = ? AND kind = 'offered' AND data IS ?"
        return step.kind == "offered" and self._db.execute(known, (image.id, step.data)).fetchone() is None

    # --- what models said -----------------------------------------------------------------------------------

    def _bring_proposal(self, image: int, theirs: OtherProposal, *, open_here: bool) -> None:
        labels = None if theirs.labels is None else label_row(self._db, *self._other.table(theirs.labels))
        answer = RawAnswer(theirs.fingerprint, theirs.digest, labels, theirs.scores, theirs.text, theirs.seconds)
        ours = self._same_or_later(image, theirs, answer)
        if ours is not None or not open_here:
            if find_answer(self._db, theirs.fingerprint, theirs.digest) is None:
                store_answer(self._db, answer)  # so that it need not be asked again
        else:
            view = b"" if theirs.scores is None else self._views.get(theirs.source, msgspec.json.encode(View()))
            origin = Origin(theirs.source, theirs.merge, theirs.step, theirs.job, theirs.seq, view, theirs.time)
            self._brought.proposals += 1
            ours = store_proposal(self._db, image, self._answer(answer), origin)
            if (twin := self._ours.get(theirs.inherits or 0)) is not None:
                self._db.execute("UPDATE proposals SET inherits = ? WHERE id = ? AND inherits IS NULL", (twin, ours))
        if ours:
            self._ours[theirs.id] = ours

    def _answer(self, answer: RawAnswer) -> int:
        known = self._db.execute(
            "SELECT id FROM answers WHERE fingerprint = ? AND digest = ? AND labels IS ? AND scores IS ? AND text IS ?",
            msgspec.structs.astuple(answer)[:-1],
        ).fetchone()
        return int(known[0]) if known else store_answer(self._db, answer)

    def _same_or_later(self, image: int, theirs: OtherProposal, answer: RawAnswer) -> int | None:
        """Return our candidate of that source if it says the same, 0 if it is a later one, None if it is neither."""
        newest = self._db.execute(
            "SELECT p.id, p.time, p.merge, a.fingerprint, a.digest, a.labels, a.scores, a.text FROM proposals p"
            " JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer"
            " WHERE p.image = ? AND p.source = ? ORDER BY p.id DESC LIMIT 1",
            (image, theirs.source),
        ).fetchone()
        if newest is None:
            return None
        number, when, *content = newest
        if content == [theirs.merge, *msgspec.structs.astuple(answer)[:-1]]:
            return int(number)
        return 0 if when >= theirs.time else None

    # --- what was decided -----------------------------------------------------------------------------------

    def _bring_step(self, image: int, step: OtherStep) -> None:
        offered, wrote = step.kind == "offered", step.caption is not None
        row = journal.append(
            self._db,
            step.kind,
            session=self._store.session,
            image=image,
            # Taking the group back takes back that it came, and rewrites no caption.
            group=None if offered or wrote else self._group(),
            source=step.source if offered else NOTE,
            data=step.data if offered else None,
            when=step.time,
        )
        if step.kind in DECISIONS:
            self._brought.decisions += 1
            verdicts = {self._ours[v.proposal]: v for v in self._other.verdicts(step.id) if v.proposal in self._ours}
            renamed = (msgspec.structs.replace(verdict, proposal=ours) for ours, verdict in verdicts.items())
            journal.append_verdicts(self._db, row, renamed)
        self._brought.marks += step.kind in MARKS
        if wrote:
            self._db.execute("INSERT INTO writes (id, caption, status) VALUES (?, ?, 'written')", (row, step.caption))
            self._db.execute("INSERT INTO texts VALUES (?, ?, ?)", (row, step.before, step.after))

    def _group(self) -> int:
        if self._brought.group is None:
            self._brought.group = self._store.new_group(self._db)
        return self._brought.group


def _same_picture(ours: Image, theirs: OtherImage) -> bool:
    """Say whether an image is the same here and there, as far as both know it."""
    if ours.digest is not None and theirs.digest is not None:
        return ours.digest == theirs.digest
    return ours.size == theirs.size


def _standing_writes(files: CaptionFiles, other: OtherStore) -> set[int]:
    """Return the steps whose text the captions hold now, or held before a later one of them."""
    holds: dict[bytes, bytes | None] = {}
    lost: set[bytes] = set()
    standing = set()
    for step, caption, before, after in other.writes():
        if caption not in holds:
            try:
                holds[caption] = files.read(caption)
            except CutlineError:
                holds[caption] = None
                lost.add(caption)
        if holds[caption] != after:
            lost.add(caption)
        elif caption not in lost:
            holds[caption] = before
            standing.add(step)
    return standing
