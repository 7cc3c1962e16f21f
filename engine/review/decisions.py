"""What a person decides about one image as it was shown: the part of a workspace that accepts, rejects and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import with_text
from engine.captions.changes.hunks import apply
from engine.dataset.images import stat_image
from engine.errors import ChangedOutside, Refused
from engine.review import image_rows, journal
from engine.review.decide import Draft, Step, decide
from engine.review.frames import Frame, text_after, verdicts
from engine.review.journal import answers_in_force

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from engine.captions.changes.diff import Hunk
    from engine.dataset.caption_files import CaptionFiles
    from engine.review.records import Image, ImageId, Verdict
    from engine.review.roster import Roster
    from engine.review.store import Store


def refuse_unwritable(frame: Frame, after: bytes | None) -> None:
    """Stop what would put text into a caption that is not text; what leaves its bytes as they are may go on.

    Args:
        frame: What the person saw.
        after: The caption's bytes as they would be; None for no file.

    Raises:
        Refused: The caption would become a mixture of encodings.
    """
    if after != frame.raw and frame.unwritable:
        raise Refused(frame.unwritable, "save it as UTF-8 first")


class Decisions:
    """Accepting, rejecting, editing, marking."""

    root: Path
    store: Store
    files: CaptionFiles
    roster: Roster

    def accept(
        self,
        frame: Frame,
        chosen: Mapping[int, Sequence[Hunk]],
        only: Collection[int] | None = None,
        group: int | None = None,
        hunks: Sequence[Hunk] | None = None,
    ) -> Step:
        """Write the chosen hunks and answer the open candidates; with none, approve the caption as it stands.

        Args:
            frame: What the person saw.
            chosen: Hunks taken, by proposal id; a candidate that is not named is left.
            only: Answer just these proposals and take only their hunks; None answers all open ones.
            group: The bulk step this belongs to.
            hunks: What is written, where it comes of several candidates at once; None writes those taken.

        Raises:
            ChangedOutside: The caption is not what the frame shows, or somebody else answered meanwhile.
        """
        asked = [s for s in frame.candidates if (s.answer is None if only is None else s.proposal.id in only)]
        taken = {s.proposal.id: tuple(chosen.get(s.proposal.id, ())) for s in asked}
        kind = "accept" if asked else "approve"
        said = verdicts(asked, taken)
        after = text_after(frame, taken) if hunks is None else apply(frame.caption, hunks)
        return self._decide(frame, kind, after, said, group)

    def reject(self, frame: Frame, only: Collection[int] | None = None, group: int | None = None) -> Step:
        """Leave every open candidate of the frame, or only some; the caption stays.

        Raises:
            Refused: There is nothing to reject.
        """
        asked = [s for s in frame.open if only is None or s.proposal.id in only]
        if not asked:
            raise Refused("there is nothing to reject here", "no candidate is open")
        return self._decide(frame, "reject", frame.raw, verdicts(asked, {}), group)

    def edit(self, frame: Frame, text: str, group: int | None = None) -> Step:
        r"""Write a caption by hand; candidates stay open and are compared with the new text.

        Args:
            frame: What the person saw.
            text: The caption with newlines as `\n`; the file's newline style and BOM are kept.
            group: The bulk step this belongs to.
        """
        return self.write(frame, with_text(frame.caption, text), group)

    def write(self, frame: Frame, after: bytes | None, group: int | None = None) -> Step:
        """Write a caption's bytes as a hand edit."""
        return self._decide(frame, "edit", after, (), group)

    def _decide(
        self, frame: Frame, kind: str, after: bytes | None, said: tuple[Verdict, ...], group: int | None
    ) -> Step:
        refuse_unwritable(frame, after)
        if stat_image(self.root, frame.image.key) is None:
            raise self._gone(frame.image)
        still_open = {shown.proposal.id for shown in frame.open} & {verdict.proposal for verdict in said}

        def still_right(db: sqlite3.Connection) -> None:
            if answers_in_force(db, frame.image.id).keys() & still_open:
                raise ChangedOutside("somebody else decided this image meanwhile", "look at it as it is now")
            if not image_rows.is_at(db, frame.image.id, frame.image.key):
                raise ChangedOutside("the image was moved or set aside meanwhile", "look at it as it is now")

        draft = Draft(kind, frame.image.id, frame.caption_key, frame.raw, after, said, group)
        with self.store.explained():
            step = decide(self.store, self.files, draft, still_right=still_right)
            self.roster.derive([frame.image.id])
        return step

    def _gone(self, image: Image) -> ChangedOutside:
        """Take an image out that is not in the folder any more; return what is to be said of it."""
        with self.store.transaction() as db:
            image_rows.set_gone(db, image.id, image.key, gone=True)
        with self.store.explained():
            self.roster.renew([image.id])
        name = image.key.decode(errors="surrogateescape")
        return ChangedOutside(
            f"{name} is gone from the folder: nothing was decided, and it leaves the queue",
            "where it comes back, it is in the queue again the next time",
        )

    def mark(self, image: ImageId, kind: str) -> None:
        """Put a mark on an image, as a journal row: flag, unflag, or skip (to the end of this session)."""
        with self.store.transaction() as db:
            journal.append(db, kind, session=self.store.session, image=image)
        with self.store.explained():
            self.roster.derive([image])
