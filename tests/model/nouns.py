"""What the model speaks of: photos, what was proposed for them, what was done to them, what somebody saw."""

from __future__ import annotations

import os.path
from dataclasses import dataclass, field


@dataclass(eq=False)
class Proposal:
    """What one source proposed for one photo."""

    number: int
    source: str
    merge: str
    tags: tuple[str, ...]
    """Empty for prose."""
    text: str
    """Empty for tags."""
    inherits: Proposal | None = None
    """An older one that says the same and was answered when this came."""


@dataclass(eq=False)
class Photo:
    """One image as the store should know it."""

    name: str
    content: bytes
    number: int = 0
    """As the engine calls it; 0 before it was seen there."""
    hashed: bool = False
    """Whether its content is known to the store: then it is found again under another name."""
    gone: bool = False
    earlier: list[str] = field(default_factory=list)
    """Names it had and was found again without, newest first."""
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def caption(self) -> str:
        """The name of its caption file."""
        return caption_of(self.name)

    def newest(self) -> list[Proposal]:
        """Return the newest proposal of each source."""
        return list({proposal.source: proposal for proposal in self.proposals}.values())


@dataclass(eq=False)
class Row:
    """One row that the journal must have."""

    kind: str
    photo: Photo
    session: str
    caption: str | None = None
    """The file it wrote; None when it wrote none."""
    before: bytes | None = None
    after: bytes | None = None
    undoes: Row | None = None
    answers: tuple[Proposal, ...] = ()
    moves: tuple[str, ...] = ()
    """Of a step that sets aside or brings back: the image, and its caption where that goes along."""
    back: bool = False
    """Whether those come back."""
    void: bool = False
    """Whether nothing came of it."""
    number: int = 0
    group: int | None = None
    takers: list[Row] = field(default_factory=list)
    """What took it back at some time, oldest first."""

    @property
    def root(self) -> Row:
        """What was done at first."""
        return self if self.undoes is None else self.undoes.root

    def stands(self, before: int | None = None) -> bool:
        """Say whether it is in force; or was, before a row."""
        if self.void or (before is not None and self.number >= before):
            return False
        return not any(taker.stands(before) for taker in self.takers)

    @property
    def carrier(self) -> Row:
        """What has to be taken back so that it does not stand any more."""
        if not self.takers:
            return self
        return next(again for again in reversed(self.takers[-1].takers) if again.stands()).carrier


@dataclass(frozen=True)
class Seen:
    """What a person saw of a photo when it was shown."""

    photo: Photo
    name: str
    raw: bytes | None
    open: tuple[Proposal, ...]

    @property
    def caption(self) -> str:
        """The file that was shown."""
        return caption_of(self.name)


def caption_of(name: str) -> str:
    """Return the name of an image's caption file."""
    return os.path.splitext(name)[0] + ".txt"  # noqa: PTH122  (names, not places)
