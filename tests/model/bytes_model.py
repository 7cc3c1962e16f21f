"""The model of a dataset under review: a dict of bytes, and a list of what was done. It knows nothing of cutline's code.

What every file must hold follows from what the test itself did. Where only a three-way merge can tell, the model takes
over what the engine wrote, once it is sure that the journal has what stood there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.nouns import Photo, Proposal, Row, Seen, caption_of
from tests.model.plain import Unknown, joined_tags, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tests.model.plain import Guess

DECISIONS = frozenset({"accept", "approve", "edit", "reject"})
STEPS = DECISIONS | {"flag", "unflag", "skip", "aside"}
"""What a person does, and an undo takes back."""


class BytesModel:
    """Files by name, photos, journal."""

    def __init__(self, pictures: Mapping[str, bytes], captions: Mapping[str, bytes]) -> None:
        """Begin with what lies in the folder."""
        self.pictures, self.captions = dict(pictures), dict(captions)
        self.aside: dict[tuple[Row, str], bytes] = {}
        """Files that were set aside: by the step that did it first, and their name."""
        self.photos: list[Photo] = []
        self.journal: list[Row] = []
        self.meddled = False
        """Whether anybody but cutline changed a file."""

    # --- what is there ----------------------------------------------------------------------------------------

    def present(self) -> list[Photo]:
        """Return the photos that the store should know to be there, by name."""
        return sorted((photo for photo in self.photos if not photo.gone), key=lambda photo: photo.name)

    def answered(self) -> set[Proposal]:
        """Return what decisions in force speak about, or did of an equal one before."""
        said = {proposal for row in self.journal if row.answers and row.stands() for proposal in row.answers}
        return {p for photo in self.photos for p in photo.proposals if p in said or p.inherits in said}

    def look_at(self, photo: Photo) -> Seen:
        """Return what somebody sees who looks at a photo now."""
        answered = self.answered()
        still_open = tuple(proposal for proposal in photo.newest() if proposal not in answered)
        return Seen(photo, photo.name, self.captions.get(photo.caption), still_open)

    def states(self, session: str) -> dict[int, tuple[str, bool, bool]]:
        """Return state, flag and skip of each photo that is there, as a session must show them."""
        answered = self.answered()
        standing = [row for row in self.journal if row.undoes is None and row.stands()]
        told = {}
        for photo in self.present():
            kinds = [(row.kind, row.session) for row in standing if row.photo is photo]
            decided = [kind for kind, _ in kinds if kind in DECISIONS]
            state = "rejected" if decided[-1:] == ["reject"] else "accepted" if decided else "untouched"
            if any(proposal not in answered for proposal in photo.newest()):
                state = "pending"
            flags = [kind for kind, _ in kinds if kind in ("flag", "unflag")]
            since = max((at for at, (kind, _) in enumerate(kinds) if kind in DECISIONS), default=-1)
            skipped = ("skip", session) in kinds[since + 1 :]
            told[photo.number] = state, flags[-1:] == ["flag"], skipped
        return told

    def count_aside(self) -> int:
        """Count the photos that are not there because somebody set them aside."""
        away = {row.photo for row in self.journal if row.kind == "aside" and row.stands()}
        return sum(photo.gone for photo in away)

    # --- decisions --------------------------------------------------------------------------------------------

    def decision(
        self, session: str, kind: str, seen: Seen, after: bytes | None, answers: tuple[Proposal, ...] = ()
    ) -> Row | None:
        """Return the row of a decision; None where it must be refused."""
        photo, raw = seen.photo, seen.raw
        refused = (
            self.captions.get(seen.caption) != raw
            or (after != raw and b"\0" in (raw or b""))
            or (photo.gone or photo.name != seen.name)
            or not self.answered().isdisjoint({*answers}.intersection(seen.open))
        )
        if refused:
            return None
        if raw == after:
            return Row(kind, photo, session, answers=answers)
        return Row(kind, photo, session, seen.caption, raw, after, answers=answers)

    def setting_aside(self, session: str, photo: Photo) -> Row | None:
        """Return the row that sets a photo aside; None where it must be refused."""
        if photo.gone or photo.name not in self.pictures:
            return None
        return Row("aside", photo, session, photo.caption, moves=self._what_goes(photo.name))

    def _what_goes(self, name: str) -> tuple[str, ...]:
        """Return what is set aside with an image: a caption that is there, and that no other image uses."""
        caption = caption_of(name)
        alone = not any(caption_of(other) == caption for other in self.pictures if other != name)
        return (name, caption) if alone and caption in self.captions else (name,)

    def commit(self, rows: Iterable[Row]) -> None:
        """Do what rows say."""
        for row in rows:
            self.journal.append(row)
            if row.void:
                continue
            if row.undoes is not None:
                row.undoes.takers.append(row)
            if row.moves:
                self._move(row)
            elif row.caption is not None:
                self.put(row.caption, row.after)

    def put(self, caption: str, raw: bytes | None) -> None:
        """Let a caption file hold something; None removes it."""
        if raw is None:
            self.captions.pop(caption, None)
        else:
            self.captions[caption] = raw

    def _move(self, row: Row) -> None:
        for name in row.moves:
            files = self.captions if name.endswith(".txt") else self.pictures
            if row.back and (row.root, name) in self.aside:
                files[name] = self.aside.pop((row.root, name))
            elif not row.back and name in files:
                self.aside[row.root, name] = files.pop(name)
        if row.photo.name == row.moves[0]:
            row.photo.gone = not row.back

    # --- back and again ---------------------------------------------------------------------------------------

    def last_step(self, session: str) -> list[Row]:
        """Return what `undo` takes back: the newest step of a session that nobody took back yet."""
        return self._newest(session, STEPS | {"redo"}, 0)

    def last_undo(self, session: str) -> list[Row]:
        """Return what `redo` takes back: the newest undo, where no step was made since."""
        since = max((row.number for row in self.journal if row.session == session and row.kind in STEPS), default=0)
        return self._newest(session, {"undo"}, since)

    def _newest(self, session: str, kinds: Collection[str], since: int) -> list[Row]:
        for row in sorted(self.journal, key=lambda row: -row.number):
            if row.session == session and row.kind in kinds and row.number > since and not (row.void or row.takers):
                return [row] if row.group is None else self.group(row.group)
        return []

    def group(self, number: int) -> list[Row]:
        """Return the rows of one bulk step."""
        return [row for row in self.journal if row.group == number]

    def since(self, number: int) -> list[Row]:
        """Return what to take back so that all stands as it did before a row."""
        chosen = []
        for root in dict.fromkeys(row.root for row in self.journal if row.number >= number):
            if root.stands() and not root.stands(number):
                chosen.append(root.carrier)
            elif root.stands(number) and not root.stands() and not root.void:
                chosen.append(next(taker for taker in reversed(root.takers) if taker.stands()).carrier)
        return chosen

    def targets(self, rows: Iterable[Row]) -> list[Row]:
        """Return what is to be taken back so that none of some rows stands, newest first."""
        carriers = {row.carrier for row in rows if row.stands()}
        return sorted((row for row in carriers if row.root.kind in STEPS), key=lambda row: -row.number)

    def take_back(
        self,
        rows: Iterable[Row],
        session: str,
        written: Mapping[int, Guess],
        *,
        died: bool = False,
        conflicts: Collection[int] = (),
    ) -> tuple[list[Row], list[Photo]]:
        """Take rows back.

        Args:
            rows: Which.
            session: Who does it.
            written: What the engine wrote, by the row it took back, for what only a merge can tell; unknown stands for
                nothing, where the file had it already.
            died: Whether the engine was killed on the way: then what it did not come to is not expected.
            conflicts: Rows whose undo came to nothing, because somebody wrote after the engine was killed.

        Returns:
            The new rows, and the photos whose step stays.
        """
        targets = self.targets(rows)
        going, made, refused = set(targets), [], []
        for target in targets:
            if died and target.number not in written:
                continue
            row = self._taken_back(target, going, session, written)
            if row is not None and target.number in conflicts:
                row.void = True
            if row is None or row.void:
                going.discard(target)
                refused.append(target.root.photo)
            if row is not None:
                self.commit([row])
                made.append(row)
        return made, refused

    def _taken_back(self, target: Row, going: set[Row], session: str, written: Mapping[int, Guess]) -> Row | None:
        row = Row("redo" if target.kind == "undo" else "undo", target.root.photo, session, undoes=target)
        if target.caption is None:
            return row
        row.caption = target.caption if target.moves else self._caption_now(target)
        if self._is_built_on(target, going, {target.caption, row.caption}):
            return None
        if target.moves:
            return self._moved_back(row, target)
        now = self.captions.get(row.caption)
        row.before, row.after = now, target.before
        if now not in (target.before, target.after):
            sides = target.after, target.before, now
            if now is None or any(b"\0" in (side or b"") for side in sides) or target.number not in written:
                return None
            told = written[target.number]
            row.after = now if isinstance(told, Unknown) else told
            tags, there = joined_tags(*sides), plain(row.after)
            assert tags is None or (there is not None and set(there.tags) == tags), (sides, row.after)
        if row.before == row.after:
            row.caption = row.before = row.after = None
        return row

    def _caption_now(self, target: Row) -> str:
        """Return where a step's caption is now: beside its photo, or where it stayed when that got another name."""
        assert target.caption is not None
        photo = target.root.photo
        places = [caption_of(name) for name in (photo.name, *photo.earlier)]
        if target.caption not in places:
            return target.caption
        if places[0] not in self.captions and target.after is not None:
            return next((place for place in places[1:] if self.captions.get(place) == target.after), places[0])
        return places[0]

    def _is_built_on(self, target: Row, going: set[Row], captions: Collection[str]) -> bool:
        """Say whether a later step on the same caption stands, and is not taken back, too."""
        return any(
            row.caption in captions
            and row.number > target.number
            and row not in going
            and (row.undoes is None or row.undoes.number < target.number)
            and row.stands()
            for row in self.journal
            if row.number
        )

    def _moved_back(self, row: Row, target: Row) -> Row | None:
        row.moves, row.back = target.moves, not target.back
        held = [name for name in row.moves if (row.root, name) in self.aside]
        on_disk = self.pictures.keys() | self.captions.keys()
        if row.back:
            return row if row.moves[0] in held and on_disk.isdisjoint(held) else None
        if row.moves[0] in held or row.moves[0] not in on_disk:
            return None
        row.moves = tuple(name for name in self._what_goes(row.moves[0]) if name in row.moves)
        return row

    # --- the folder -------------------------------------------------------------------------------------------

    def scan(self, session: str) -> list[Row]:
        """Take in what happened to images in the folder; return the rows of those that were found again."""
        there = {photo.name for photo in self.present()}
        new = [name for name in sorted(self.pictures) if name not in there]
        vanished = [photo for photo in self.present() if photo.name not in self.pictures]
        set_aside = {key[0].photo for key in self.aside}
        lost = [*vanished, *(p for p in self.photos if p.gone and p not in set_aside)]
        moved = []
        for name in new:
            returned = [photo for photo in self.photos if photo.gone and photo.name == name]
            same = [photo for photo in lost if photo.hashed and photo.content == self.pictures[name]]
            if returned:
                returned[0].gone = False
            elif len(same) == 1:
                photo = same[0]
                photo.earlier = [photo.name, *(old for old in photo.earlier if old not in (photo.name, name))]
                photo.name, photo.gone = name, False
                moved.append(Row("moved", photo, session))
            else:
                self.photos.append(Photo(name, self.pictures[name]))
        for photo in vanished:
            photo.gone = photo.name not in self.pictures
        self.commit(moved)
        return moved
