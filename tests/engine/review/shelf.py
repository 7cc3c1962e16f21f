"""A small dataset for tests of the review store: images, captions, and proposals put straight into the store."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.review.frames import chosen_on_opening
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.captions.viewing.scores import TagScore
    from engine.review.decide import Step
    from engine.review.frames import Frame
    from engine.review.records import Merge


class Shelf:
    """A folder of image files (no pictures: nothing here decodes them) and the workspace on it."""

    def __init__(self, root: Path, captions: dict[str, bytes | None]) -> None:
        """Make one image for each name, with its caption; None for an image without one."""
        self.root = root
        for name, caption in captions.items():
            image = root / name
            image.parent.mkdir(parents=True, exist_ok=True)
            image.write_bytes(f"picture {name}".encode())
            if caption is not None:
                image.with_suffix(".txt").write_bytes(caption)
        self.desk = self.open()

    def open(self) -> Workspace:
        """Open the dataset as another process would, and scan it."""
        workspace = Workspace.open(self.root, Settings())
        workspace.scan()
        return workspace

    def id(self, name: str) -> int:
        """Return an image's id."""
        return self.desk.entry_of(name.encode()).id

    def propose(
        self,
        name: str,
        tags: dict[str, float] | str,
        source: str = "tagger",
        merge: Merge = "append",
        *,
        stale: bool = False,
    ) -> int:
        """Store a proposal as if a model had made it: tags with scores, or a text."""
        digest = hashlib.sha256(b"old" if stale else (self.root / name).read_bytes()).digest()
        with self.desk.store.transaction() as db:
            if isinstance(tags, str):
                answer = RawAnswer("fingerprint", digest, None, None, tags, 0.1)
            else:
                labels = LabelTable(tuple(tags), ("general",) * len(tags))
                table = label_row(db, ",".join(tags), labels)
                blob = pack([(index, to_u16(score)) for index, score in enumerate(tags.values())], 0)
                answer = RawAnswer("fingerprint", digest, table, blob, None, 0.1)
            view = b"" if isinstance(tags, str) else self.desk.view_json(source)
            origin = Origin(source, merge, "tags", view=view)
            proposal = store_proposal(db, self.id(name), store_answer(db, answer), origin)
        self.desk.refresh()
        return proposal

    def propose_scores(self, name: str, scores: Sequence[TagScore], source: str = "tagger", floor: float = 0.0) -> int:
        """Store a proposal of tags in any categories, as if a model had made it that keeps scores from the floor up."""
        digest = hashlib.sha256((self.root / name).read_bytes()).digest()
        names, categories = tuple(s.name for s in scores), tuple(s.category for s in scores)
        with self.desk.store.transaction() as db:
            table = label_row(db, f"{names} {categories}", LabelTable(names, categories))
            blob = pack([(place, to_u16(scored.score)) for place, scored in enumerate(scores)], to_u16(floor))
            answer = store_answer(db, RawAnswer("fingerprint", digest, table, blob, None, 0.1))
            view = self.desk.view_json(source)
            proposal = store_proposal(db, self.id(name), answer, Origin(source, "append", "tags", view=view))
        self.desk.refresh()
        return proposal

    def frame(self, name: str) -> Frame:
        """Read an image's frame."""
        return self.desk.frame(self.id(name))

    def accept(self, name: str) -> Step:
        """Accept what is chosen on opening."""
        frame = self.frame(name)
        return self.desk.accept(frame, chosen_on_opening(frame))

    def caption(self, name: str) -> bytes | None:
        """Read a caption as it is on disk."""
        file = (self.root / name).with_suffix(".txt")
        return file.read_bytes() if file.exists() else None

    def state(self, name: str) -> str:
        """Return an image's state."""
        return self.desk.entries[self.id(name)].state
