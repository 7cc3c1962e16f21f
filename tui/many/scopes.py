"""Scopes: the images that an edit of many is about. This one, those selected, those filtered, or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engine.review.records import ImageId
    from tui.course.turns import Turns


class Scope(NamedTuple):
    """Some images, and what they are called."""

    name: str
    images: Collection[ImageId]
    """Not a copy: of the moment when it was asked for."""

    def __str__(self) -> str:
        return self.name if self.name == THIS else f"{self.name} ({len(self.images):,})"


THIS, SELECTED, FILTERED, ALL = "this image", "selected", "filtered", "all"


def scopes(turns: Turns) -> list[Scope]:
    """Return those scopes that there are, the smallest first."""
    found = [Scope(THIS, (turns.card.image,))] if turns.card else []
    if turns.selection.images:
        found.append(Scope(SELECTED, frozenset(turns.selection.images)))
    entries, queue = turns.workspace.entries, turns.lineup.ids
    if len(queue) < len(entries):
        found.append(Scope(FILTERED, queue))
    return [*found, Scope(ALL, tuple(entries))]


def usual(found: Sequence[Scope]) -> int:
    """Return the place of the scope that a person most likely means: selected, else filtered, else all."""
    names = [scope.name for scope in found]
    return next(names.index(name) for name in (SELECTED, FILTERED, ALL) if name in names)
