"""How many of the candidates for one image propose a tag, whatever its spelling, and with which scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.caption import tag_key
from engine.captions.changes.candidate import offered_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.captions.changes.candidate import Candidate


class Agreement:
    """What the tag candidates of one image say of each tag; candidates of prose have no voice."""

    def __init__(self, candidates: Sequence[Candidate], separator: str) -> None:
        """Look through the candidates.

        Args:
            candidates: Those whose voices count, in the order in which scores are given.
            separator: Between tags, in the caption.
        """
        self._offered = [offered_tags(one, separator) for one in candidates if one.kind == "tags"]

    @property
    def voices(self) -> int:
        """How many candidates there are."""
        return len(self._offered)

    def scores(self, tag: str) -> tuple[float | None, ...]:
        """Return the score that each candidate gives a tag; None where it does not propose it."""
        key = tag_key(tag)
        return tuple(offered[key].score if key in offered else None for offered in self._offered)

    def count(self, tag: str) -> int:
        """Return how many candidates propose a tag."""
        key = tag_key(tag)
        return sum(key in offered for offered in self._offered)

    def mark(self, tag: str) -> str:
        """Return it as `2/3`; empty where there is only one voice."""
        return f"{self.count(tag)}/{self.voices}" if self.voices > 1 else ""

    def tags(self, least: int) -> Iterable[str]:
        """Return the keys of the tags that at least so many propose, in the order in which they are met."""
        keys = dict.fromkeys(key for offered in self._offered for key in offered)
        return [key for key in keys if sum(key in offered for offered in self._offered) >= least]
