"""The tags that the tags screen shows: in one of three orders, those that a search finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.captions.caption import tag_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.finding.finder import TagUse

Sort = Literal["count", "name", "share"]
SORTS: tuple[Sort, ...] = ("count", "name", "share")


class TagTable:
    """All tags, and which of them are listed; each order is made once."""

    def __init__(self, uses: Sequence[TagUse] = ()) -> None:
        """Take the tags, the most frequent first; of those not among the images chosen none is listed."""
        self._orders: dict[Sort, Sequence[TagUse]] = {"count": [use for use in uses if use.here]}
        self.sort: Sort = "count"
        self.sought = ""

    def __len__(self) -> int:
        return len(self._orders["count"])

    @property
    def all(self) -> Sequence[TagUse]:
        """All tags that any of the images chosen has, the most frequent first."""
        return self._orders["count"]

    @property
    def listed(self) -> Sequence[TagUse]:
        """The tags that the search finds, in order."""
        ordered = self._ordered()
        text = self.sought.strip()
        if not text:
            return ordered
        if "*" in text or "?" in text:
            from engine.finding.language.globs import tag_glob  # noqa: PLC0415  (few searches need it)

            fits = tag_glob(text).is_in
            return [use for use in ordered if fits(use.key)]
        key = tag_key(text)
        return [use for use in ordered if key in use.key]

    def _ordered(self) -> Sequence[TagUse]:
        if self.sort not in self._orders:
            uses = self._orders["count"]
            if self.sort == "name":
                self._orders["name"] = sorted(uses, key=lambda use: use.key)
            else:
                self._orders["share"] = sorted(uses, key=lambda use: -use.here / use.total)
        return self._orders[self.sort]
