"""Moving a threshold: a run of presses on one of them, seen at once on the card, put in force when the run is over.

While it lasts the new view is only looked through. One step in the journal stands for the whole run; what is put in
force is the threshold alone, so that what others changed of the view meanwhile stays.
"""

from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.captions.viewing.scores import to_u16
from engine.errors import Refused
from engine.review.candidates import floor_of_proposal, model_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.captions.viewing.view import View
    from engine.review.threshold_counts import Counted
    from engine.workspace import Workspace
    from tui.course.card import Card

STEPS = 100
"""A press goes to the next multiple of 1 / 100."""

Way = Literal[-1, 1]


class Moved(NamedTuple):
    """One threshold on its way."""

    source: str
    category: str
    """Whose own threshold it is; empty for the general one."""
    was: float
    to: float
    before: View
    """In force when the run began."""

    def applied(self, settings: View) -> View:
        """Return a view with this threshold where it is by now."""
        if self.category:
            return msgspec.structs.replace(settings, categories={**settings.categories, self.category: self.to})
        return msgspec.structs.replace(settings, threshold=self.to)

    @property
    def line(self) -> str:
        """What the status bar says of it."""
        which = f"threshold of {self.category}" if self.category else "threshold"
        return f"{which} {told(self.to)} (was {told(self.was)}), {self.source}"


class Thresholds:
    """The run under way; its methods that touch the store are called in the hand's thread."""

    def __init__(self, workspace: Workspace) -> None:
        """Start with no run.

        Args:
            workspace: The dataset.
        """
        self._workspace = workspace
        self.moved: Moved | None = None
        """The threshold that is being moved; None when there is none."""

    @property
    def views(self) -> Mapping[str, View]:
        """By source: what is looked through in place of the view in force."""
        moved = self.moved
        return {} if moved is None else {moved.source: moved.applied(self._workspace.view_of(moved.source))}

    def move(self, card: Card, way: Way, floors: Mapping[str, float]) -> Moved:
        """Move the threshold of the candidate in view by one step.

        Args:
            card: With an open candidate of tags in view.
            way: Down or up.
            floors: By source, where it is known: below it not all of its candidates kept their tags, 0 to 1.

        Raises:
            Refused: There is nowhere to go.
        """
        candidate = card.candidate
        assert candidate is not None
        source = candidate.proposal.source
        moved = self.moved
        if moved is None or moved.source != source:
            self.settle()
            before = self._workspace.view_of(source)
            category = _category_at(card) if _category_at(card) in before.categories else ""
            now = before.categories[category] if category else before.threshold
            moved = Moved(source, category, now, now, before)
        to = stepped(moved.to, way)
        if not 0 <= to <= 1:
            raise Refused(f"{source}: the threshold is {told(moved.to)} already", "there is nothing beyond it")
        if way < 0:
            own = floor_of_proposal(self._workspace.store.db, candidate.proposal.id)
            self._refuse_below(max(own, floors.get(source, 0.0)), to, source)
        self.moved = moved._replace(to=to)
        return self.moved

    def settle(self) -> None:
        """Put the threshold in force, as one step; nothing where none was moved."""
        if (moved := self.moved) is not None:
            self._workspace.change_view(moved.source, moved.applied)
            self.moved = None

    def _refuse_below(self, floor: float, to: float, source: str) -> None:
        if to_u16(to) >= to_u16(floor):
            return
        model = model_of(self._workspace.store.db, source)
        name = "" if model.rpartition("/")[2] == source else f" --as {shlex.quote(source)}"
        folder = shlex.quote(str(self._workspace.root))
        raise Refused(
            f"{source}: scores below {told(floor)} are not stored",
            f"set `floor` lower in the catalogue entry of {model}, then run: "
            f"cutline tag {folder} --model {shlex.quote(model)}{name} --again",
        )


def _category_at(card: Card) -> str:
    """Return the category of the tag under the cursor; empty where there is none."""
    return card.hunks[card.cursor].category if card.hunks else ""


def stepped(threshold: float, way: Way) -> float:
    """Return the next multiple of 1 / 100 below or above."""
    hundredths = round(threshold * STEPS, 6)
    return (math.ceil(hundredths) - 1 if way < 0 else math.floor(hundredths) + 1) / STEPS


def told(threshold: float) -> str:
    """Write a threshold with two digits after the point, or as many as it has."""
    text = f"{threshold:.4f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))


def told_count(counted: Counted) -> str:
    """Say what would change in how many images."""
    where = f"of {counted.waiting:,} waiting {'image' if counted.waiting == 1 else 'images'}"
    if not counted.images:
        return f"changes none {where}"
    parts = [(counted.more, "more"), (counted.fewer, "fewer")]
    said = [(number, word) for number, word in parts if number]
    tags = [
        f"{number:,} {('tag ' if number == 1 else 'tags ') if place == 0 else ''}{word}"
        for place, (number, word) in enumerate(said)
    ]
    return f"{', '.join(tags)} in {counted.images:,} {where}"
