"""The dataset and its model side by side: each thing is done to both, then they are compared."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.model.bytes_model import BytesModel
from tests.model.dataset import Dataset, picture
from tests.model.nouns import Photo, Proposal, Row, Seen, caption_of
from tests.model.plain import UNKNOWN, Guess, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.review.decide import Step
    from engine.review.frames import Frame
    from engine.review.records import JournalRow, Merge
    from engine.review.undo import Undone
    from engine.workspace import Workspace

NAMES = ("a.png", "b.png", "c.jpg", "d.jpg", "d.png", "sub/e.png", "sub/f.webp")


class World:
    """A folder with images that two sessions have open, and what must be true of it."""

    def __init__(self, folder: Path, captions: Mapping[str, bytes]) -> None:
        """Make the dataset in a folder of its own below one.

        Args:
            folder: Where.
            captions: Bytes by the name of the caption file.
        """
        self.root = Path(tempfile.mkdtemp(dir=folder))
        self.dataset = Dataset(self.root)
        pictures = {name: picture(number) for number, name in enumerate(NAMES)}
        (self.root / "sub").mkdir()
        for name, raw in {**pictures, **captions}.items():
            self.dataset.write(name, raw)
        self.model = BytesModel(pictures, captions)
        self.at_first = dict(captions)
        self.model.scan("")
        for _ in range(2):
            self.dataset.open()
        self.number_photos(self.dataset.desks[0])

    def desk(self, number: int) -> Workspace:
        """Return one of the sessions."""
        return self.dataset.desks[number % len(self.dataset.desks)]

    def photo(self, number: int) -> Photo:
        """Return one of the photos that are there."""
        there = self.model.present()
        return there[number % len(there)]

    def number_photos(self, desk: Workspace) -> None:
        """Take over what the engine calls photos that it knows by now; it does not call one otherwise than before."""
        for photo in self.model.present():
            number = desk.entry_of(photo.name.encode()).id
            assert photo.number in (0, number), f"{photo.name} is another image than it was"
            photo.number = number

    # --- what is done, on both sides --------------------------------------------------------------------------

    def look(self, desk: Workspace, photo: Photo) -> tuple[Frame, Seen]:
        """Look at a photo: the frame shows what the model knows."""
        seen = self.model.look_at(photo)
        frame = desk.frame(photo.number)
        assert frame.raw == seen.raw
        assert frame.caption_key.decode() == seen.caption
        assert [shown.proposal.id for shown in frame.candidates] == [p.number for p in photo.newest()]
        assert [shown.proposal.id for shown in frame.open] == [p.number for p in seen.open]
        return frame, seen

    def propose(self, desk: Workspace, photo: Photo, source: str, merge: Merge, says: tuple[str, ...] | str) -> None:
        """Store what a model said: tags, or a text."""
        tags, text = ((), says) if isinstance(says, str) else (says, "")
        answered = self.model.answered()
        same = [p for p in photo.proposals if (p.source, p.tags, p.text) == (source, tags, text) and p in answered]
        number = self.dataset.propose(desk, photo.number, source, merge, says)
        twin = next((p.inherits or p for p in reversed(same)), None)
        photo.proposals.append(Proposal(number, source, merge, tags, text, twin))
        photo.hashed = True

    def do(self, rows: Sequence[Row]) -> None:
        """Do to the model what was done to the dataset, and compare the journals."""
        self.model.commit(rows)
        self.match(rows, self.dataset.fresh())

    def decided(
        self, desk: Workspace, kind: str, seen: Seen, guess: Guess, answers: Sequence[Proposal], step: Step | None
    ) -> None:
        """Compare a decision that was made, or refused: None.

        Where only the engine knows what it writes, that is taken over; the journal has what stood there.
        """
        if isinstance(guess, Unknown):
            unwritable = b"\0" in (seen.raw or b"")
            guess = step.after if step is not None else b"" if unwritable else seen.raw
        row = self.model.decision(desk.store.session, kind, seen, guess, tuple(answers))
        assert (row is None) == (step is None)
        self.do([row] if row else [])

    def undone(self, desk: Workspace, rows: Sequence[Row], done: Undone | None) -> None:
        """Compare an undo or a redo of some rows; None where there was nothing to take back."""
        fresh = self.dataset.fresh()
        made, refused = self.model.take_back(rows, desk.store.session, written_by(fresh))
        self.match(made, fresh)
        if done is None:
            assert not rows
            return
        assert sorted(done.images) == sorted(row.photo.number for row in made if not row.void)
        assert sorted(image for image, _ in done.refused) == sorted(photo.number for photo in refused)

    def match(self, rows: Sequence[Row], fresh: Sequence[JournalRow]) -> None:
        """Compare what the journal should have got with what it got, and take over its numbers."""
        expected = sorted(rows, key=_order_of_row)
        for row, there in zip(expected, sorted(fresh, key=_order_of_found), strict=True):
            caption = None if there.caption is None else there.caption.decode()
            told = (there.kind, there.image, caption, there.before, there.after, there.undoes)
            undoes = row.undoes.number if row.undoes else None
            assert told == (row.kind, row.photo.number, row.caption, row.before, row.after, undoes)
            ended = ("withdrawn", "conflict") if row.void else ("written",)
            assert there.status in ((None,) if row.caption is None else ended)
            assert {verdict.proposal for verdict in there.verdicts} == {proposal.number for proposal in row.answers}
            assert row.session in (there.session, "")
            row.number, row.group, row.session = there.id, there.group, there.session
        groups = {row.group for row in rows}
        assert len(groups) <= 1
        assert len(rows) == 1 or None not in groups

    # --- outside ----------------------------------------------------------------------------------------------

    def outside(self, caption: str, raw: bytes | None, *, wrote: bool = False) -> None:
        """Let another program write a caption file, or delete it; or take over that it did."""
        if self.model.captions.get(caption) != raw:
            if not wrote:
                self.dataset.write(caption, raw)
            self.model.meddled = True
            self.model.put(caption, raw)

    def rename(self, old: str, new: str, *, along: bool) -> None:
        """Let a person give an image another name, with its caption or without."""
        model = self.model
        model.meddled = True
        (self.root / old).rename(self.root / new)
        model.pictures[new] = model.pictures.pop(old)
        if along and caption_of(old) in model.captions:
            (self.root / caption_of(old)).rename(self.root / caption_of(new))
            model.captions[caption_of(new)] = model.captions.pop(caption_of(old))

    def take_away(self, name: str) -> bytes:
        """Let a person move an image out of the folder."""
        self.model.meddled = True
        (self.root / name).rename(self._elsewhere(name))
        return self.model.pictures.pop(name)

    def put_back(self, name: str, raw: bytes) -> None:
        """Let a person bring it back."""
        self._elsewhere(name).rename(self.root / name)
        self.model.pictures[name] = raw

    def _elsewhere(self, name: str) -> Path:
        return self.root.parent / f"{self.root.name}-{name.replace('/', '-')}"

    def scan(self, desk: Workspace) -> None:
        """Let a session look at the folder: images are found again."""
        desk.scan()
        self.match(self.model.scan(desk.store.session), self.dataset.fresh())
        self.number_photos(desk)

    # --- what always holds ------------------------------------------------------------------------------------

    def check_files(self) -> None:
        """The folder holds what the model holds, and nothing else: no temporary file either."""
        found = self.dataset.files()
        away = {name: raw for name, raw in found.items() if name.startswith(".cutline-aside/")}
        held = [(os.path.basename(name), raw) for name, raw in away.items()]  # noqa: PTH119  (names, not places)
        aside = [(f"{os.path.basename(name)}.aside", raw) for (_, name), raw in self.model.aside.items()]  # noqa: PTH119
        assert sorted(held) == sorted(aside)
        assert {n: raw for n, raw in found.items() if n not in away} == {**self.model.pictures, **self.model.captions}

    def check_states(self) -> None:
        """Every session shows the states that follow from what was done."""
        for desk in self.dataset.desks:
            desk.refresh()
            states = self.model.states(desk.store.session)
            assert {e.id: (e.state, e.flagged, e.skipped) for e in desk.entries.values()} == states
            names = {photo.number: photo.name for photo in self.model.present()}
            assert {e.id: e.key.decode() for e in desk.entries.values()} == names
            self._check_counts(desk, list(states.values()))

    def _check_counts(self, desk: Workspace, states: list[tuple[str, bool, bool]]) -> None:
        counts = desk.counts()
        kinds = [state for state, _, _ in states]
        assert counts.images == counts.pending + counts.accepted + counts.rejected + counts.untouched == len(kinds)
        told = (counts.pending, counts.accepted, counts.rejected)
        assert told == (kinds.count("pending"), kinds.count("accepted"), kinds.count("rejected"))
        assert (counts.flagged, counts.skipped) == (sum(f for _, f, _ in states), sum(s for _, _, s in states))
        assert counts.aside == self.model.count_aside()

    def end(self) -> None:
        """Open it anew: the same states; and take all back: every file is as it was, where nobody else changed one."""
        self.check_states()
        desk = self.dataset.open()
        self.check_states()
        if not (journal := self.model.journal):
            return
        rows = self.model.since(journal[0].number)
        self.undone(desk, rows, desk.undo_to(journal[0].number))
        self.check_files()
        self.check_states()
        if not self.model.meddled:
            assert self.model.captions == self.at_first
            assert not self.model.aside

    def clear(self) -> None:
        """Close it, and remove the folder."""
        for desk in list(self.dataset.desks):
            self.dataset.close(desk)
        for left in self.root.parent.glob(f"{self.root.name}*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def written_by(rows: Sequence[JournalRow]) -> dict[int, Guess]:
    """Return what was written, by the step that it took back; unknown where the file had it already."""
    return {row.undoes: row.after if row.caption else UNKNOWN for row in rows if row.undoes is not None}


def _order_of_row(row: Row) -> tuple[int, str, int]:
    return (row.undoes.number if row.undoes else 0, row.caption or "", row.photo.number)


def _order_of_found(row: JournalRow) -> tuple[int, str, int]:
    return (row.undoes or 0, (row.caption or b"").decode(), row.image or 0)
