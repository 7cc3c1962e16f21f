"""A dataset on disk with the sessions that have it open: what the engine did, and what is there."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING

from PIL import Image

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from engine.review.records import ImageId, JournalRow, Merge


def picture(number: int) -> bytes:
    """Return a picture that is like no other, and as large in bytes as they all are."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 90, 200 - number)).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


class Dataset:
    """A folder, and the workspaces that are open on it, as several processes would."""

    def __init__(self, root: Path) -> None:
        """Use a folder that is there."""
        self.root = root
        self.desks: list[Workspace] = []
        self._newest = 0

    def open(self) -> Workspace:
        """Open it once more."""
        desk = Workspace.open(self.root, Settings())
        self.desks.append(desk)
        desk.scan()
        return desk

    def close(self, desk: Workspace) -> None:
        """End one session."""
        self.desks.remove(desk)
        desk.close()

    def fresh(self) -> list[JournalRow]:
        """Return the journal's rows that came since this was asked last."""
        rows = [row for row in self.desks[0].history() if row.id > self._newest]
        self._newest = max((row.id for row in rows), default=self._newest)
        return rows

    def files(self) -> dict[str, bytes]:
        """Return all files but those of the store, by name."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            if ".cutline" in folders:
                folders.remove(".cutline")
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118  (quick: after every step)
                with open(path, "rb") as file:  # noqa: PTH123
                    found[os.path.relpath(path, self.root)] = file.read()
        return found

    def write(self, name: str, raw: bytes | None) -> None:
        """Do what a program outside does to a file; None removes it."""
        path = self.root / name
        if raw is None:
            path.unlink()
        else:
            path.write_bytes(raw)

    def propose(self, desk: Workspace, image: ImageId, source: str, merge: Merge, says: tuple[str, ...] | str) -> int:
        """Store a proposal as if a model had made it: tags, or a text."""
        digest = hashlib.sha256((self.root / os.fsdecode(desk.look_again(image).key)).read_bytes()).digest()
        with desk.store.transaction() as db:
            if isinstance(says, str):
                answer, view = RawAnswer("asked", digest, None, None, says, 0.1), b""
            else:
                table = label_row(db, ",".join(says), LabelTable(says, ("general",) * len(says)))
                blob = pack([(at, to_u16(0.95 - at / 50)) for at in range(len(says))], 0)
                answer, view = RawAnswer("asked", digest, table, blob, None, 0.1), desk.view_json(source)
            number = store_proposal(db, image, store_answer(db, answer), Origin(source, merge, "only", view=view))
        desk.look_again(image)  # hashes it, now that something was proposed: it will be found under another name
        desk.refresh()
        return number
