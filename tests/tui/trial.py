"""A small dataset for screens: real pictures, real captions, proposals put into the store without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.dataset.images import read_digest
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace
from tui.app import CutlineApp

if TYPE_CHECKING:
    from pathlib import Path

    from engine.review.records import Merge

HOSTILE = "evil \x1b]52;c;aGk=\x07 \x1b[2J \x9b31m a [/] b [red]x[/red] \u202e \x7f tag"
"""What a caption, tag or name must never be able to do to a terminal."""


class Trial:
    """A dataset folder with its workspace."""

    def __init__(self, root: Path) -> None:
        """Use an empty folder."""
        self.root = root
        self._workspace: Workspace | None = None

    def image(self, key: str | bytes, caption: str | bytes | None = None) -> Trial:
        """Add a picture, with or without a caption file."""
        name = key if isinstance(key, str) else key.decode("utf-8", "surrogateescape")
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (24, 16), (200, 80, 40)).save(path, "PNG")
        if caption is not None:
            data = caption if isinstance(caption, bytes) else caption.encode("utf-8", "surrogateescape")
            path.with_suffix(".txt").write_bytes(data)
        return self

    @property
    def workspace(self) -> Workspace:
        """The open workspace, scanned."""
        if self._workspace is None:
            self._workspace = Workspace.open(self.root, Settings())
            self._workspace.scan()
        return self._workspace

    def tags(self, key: str, source: str = "tagger", merge: Merge = "append", **scores: float) -> None:
        """Propose tags with scores; `_` in a name is a space."""
        names = tuple(name.replace("_", " ") for name in scores)
        self.named_tags(key, dict(zip(names, scores.values(), strict=True)), source, merge)

    def named_tags(self, key: str, scores: dict[str, float], source: str = "tagger", merge: Merge = "append") -> None:
        """Propose tags of any name with scores."""
        table = LabelTable(tuple(scores), tuple("general" for _ in scores))
        blob = pack([(i, to_u16(score)) for i, score in enumerate(scores.values())], to_u16(0.05))
        self.store_scores(key, Origin(source, merge, "tags"), table, blob, None)

    def prose(self, key: str, text: str, source: str = "captioner", merge: Merge = "replace") -> None:
        """Propose a sentence."""
        self.store_scores(key, Origin(source, merge, "text"), None, None, text)

    def store_scores(
        self, key: str, origin: Origin, table: LabelTable | None, blob: bytes | None, text: str | None = None
    ) -> None:
        """Store an answer as a model gave it: a blob of scores and its label table, or a text."""
        workspace = self.workspace
        entry = workspace.entry_of(key.encode("utf-8", "surrogateescape"))
        digest, size, mtime_ns = read_digest(workspace.root, entry.key)
        with workspace.store.transaction() as db:
            image_rows.store_digest(db, entry.id, digest, size, mtime_ns)
            labels = label_row(db, f"{origin.source}{table}", table) if table else None
            answer = store_answer(db, RawAnswer(f"of {origin.source}", digest, labels, blob, text, 0.1))
            store_proposal(db, entry.id, answer, origin)
        workspace.refresh()

    def caption(self, key: str) -> bytes | None:
        """Return the bytes of an image's caption file; None when there is none."""
        path = (self.root / key).with_suffix(".txt")
        return path.read_bytes() if path.exists() else None

    def app(self, preview: str = "none") -> CutlineApp:
        """Return the app over this dataset."""
        return CutlineApp(self.workspace, Settings(), preview)

    def close(self) -> None:
        """Close the workspace."""
        if self._workspace is not None:
            self._workspace.close()
