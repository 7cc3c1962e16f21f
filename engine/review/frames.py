"""A frame: everything about one image that the person sees, and therefore decides on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from engine.captions.caption import Caption, parse
from engine.captions.changes.diff import Candidate, Hunk, apply, diff
from engine.captions.viewing.view import View, view
from engine.dataset.images import caption_key
from engine.review import image_rows
from engine.review.journal import answers_in_force
from engine.review.records import Answer, Image, Proposal, Verdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.proposals import ProposalReader


class Shown(msgspec.Struct, frozen=True):
    """One candidate in a frame: what one source proposes now, against the caption as it is."""

    proposal: Proposal
    candidate: Candidate
    hunks: tuple[Hunk, ...]
    answer: Answer | None
    """What was said about it; None while it is open."""
    stale: bool
    """Made from other content than the picture has now, or the picture was not read since it changed."""
    view: View | None = None
    """Through which its tags are seen; None for prose."""


class Frame(msgspec.Struct, frozen=True):
    """One image with its caption and candidates, as read at one moment."""

    image: Image
    caption_key: bytes
    """Resolved: where the caption's bytes really lie."""
    raw: bytes | None
    """The caption file; None when there is none. A decision is refused when it holds something else by then."""
    caption: Caption
    candidates: tuple[Shown, ...]
    """The newest proposal of each source, oldest source first; those that came later are not in this frame."""

    @property
    def unwritable(self) -> str:
        """Why text cannot be added to this caption; empty when it can."""
        if b"\0" not in (self.raw or b""):
            return ""
        return f"{self.caption_key.decode(errors='surrogateescape')} is not text that can be added to (UTF-16?)"

    @property
    def open(self) -> tuple[Shown, ...]:
        """The candidates that a decision answers."""
        return tuple(shown for shown in self.candidates if shown.answer is None)


class FrameReader:
    """Reads frames of one dataset."""

    def __init__(
        self, files: CaptionFiles, proposals: ProposalReader, separator: str, view_of: Callable[[str], View]
    ) -> None:
        """Keep what every frame needs.

        Args:
            files: The dataset's caption files.
            proposals: Reads proposals and keeps label tables.
            separator: Between tags, from the settings.
            view_of: Returns the view in force of a source.
        """
        self._files, self._proposals, self._separator, self._view_of = files, proposals, separator, view_of

    def read(
        self, db: sqlite3.Connection, image: Image, extension: str, views: Mapping[str, View] = MappingProxyType({})
    ) -> Frame:
        """Read one frame: the caption file, the candidates, the diff between them.

        Args:
            db: The store.
            image: Whose.
            extension: What a caption file ends in.
            views: By source: what is looked through in place of the view in force.

        Raises:
            Unsafe: The caption is a link that leaves the dataset, or no plain file.
        """
        key = self._files.resolve(caption_key(image.key, extension))
        raw = self._files.read(key)
        caption = parse(raw, self._separator)
        said = answers_in_force(db, image.id)
        newest: dict[str, tuple[Proposal, int | None]] = {}
        for proposal, inherits in self._proposals.of_image(db, image.id):
            newest[proposal.source] = (proposal, inherits)
        shown = []
        for proposal, inherits in newest.values():
            _, answer = said.get(proposal.id) or said.get(inherits or 0) or (0, None)
            settings = None if proposal.scores is None else views.get(proposal.source) or self._view_of(proposal.source)
            candidate = self.candidate(proposal, settings)
            stale = proposal.digest != image.digest
            shown.append(Shown(proposal, candidate, diff(caption, candidate), answer, stale, settings))
        return Frame(image, key, raw, caption, tuple(shown))

    def candidate(self, proposal: Proposal, settings: View | None = None) -> Candidate:
        """Return a proposal as text against which a caption is compared: tags through a view, None for that in force."""
        if proposal.scores is None:
            return Candidate(id=proposal.id, kind="prose", tags=(), text=proposal.text or "", merge=proposal.merge)
        tags = view(proposal.scores, settings or self._view_of(proposal.source))
        return Candidate(id=proposal.id, kind="tags", tags=tags, text="", merge=proposal.merge)

    def all_of(self, db: sqlite3.Connection, image: Image) -> list[tuple[Proposal, int | None]]:
        """Return every proposal ever made for an image, oldest first, with the one it inherits from."""
        return self._proposals.of_image(db, image.id)


def chosen_on_opening(frame: Frame) -> dict[int, tuple[Hunk, ...]]:
    """Return the hunks that are chosen when nobody chose yet, by proposal, for the open candidates."""
    return {shown.proposal.id: tuple(h for h in shown.hunks if h.chosen) for shown in frame.open}


def text_after(frame: Frame, chosen: Mapping[int, Sequence[Hunk]]) -> bytes | None:
    """Return the caption's bytes with the chosen hunks of all candidates; None: there is and will be no file."""
    return apply(frame.caption, [hunk for hunks in chosen.values() for hunk in hunks])


def verdicts(candidates: Sequence[Shown], chosen: Mapping[int, Sequence[Hunk]]) -> tuple[Verdict, ...]:
    """Say for each candidate what a decision takes of it: all, part, or nothing; and through which view it was seen."""
    return tuple(_verdict(shown, chosen.get(shown.proposal.id, ())) for shown in candidates)


def _verdict(shown: Shown, taken: Sequence[Hunk]) -> Verdict:
    # A tag may be offered twice, as a new one and as the new name of an old one: either takes it.
    chosen, tags = frozenset(taken), {hunk.tag_added for hunk in taken} - {""}
    whole = all(hunk in chosen or hunk.tag_added in tags for hunk in shown.hunks)
    as_proposed = whole and not any(hunk.edited for hunk in taken)
    answer: Answer = "taken" if as_proposed else "partly" if taken else "left"
    view_seen = b"" if shown.view is None else msgspec.json.encode(shown.view)
    return Verdict(shown.proposal.id, answer, tuple(hunk.label for hunk in taken), view_seen)


def image_row(db: sqlite3.Connection, image: int) -> Image:
    """Return an image's row.

    Raises:
        KeyError: The store has no such image.
    """
    row = image_rows.get(db, image)
    if row is None:
        raise KeyError(image)
    return row
