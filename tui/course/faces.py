"""A face: one way to look at what is proposed for an image (a candidate, or a blend of several), and what is chosen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.captions.changes.rewording import reword
from engine.captions.changes.splitting import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.captions.caption import Caption
    from engine.captions.changes.diff import Kept
    from engine.captions.changes.hunks import Hunk


class Work(NamedTuple):
    """What a person did to a change."""

    of: str
    """The change as it was, see `_same`."""
    text: str | None
    """What they wrote instead; None where they split it."""


class Face:
    """Changes to choose from."""

    def __init__(
        self,
        name: int | str,
        hunks: Sequence[Hunk],
        owners: Sequence[frozenset[int]],
        kept: Sequence[Kept] = (),
        *,
        is_open: bool = True,
        quiet: bool = False,
    ) -> None:
        """Start with nothing chosen by hand.

        Args:
            name: The proposal's id, or what the blend is called.
            hunks: The changes.
            owners: For each the places of the candidates that propose it.
            kept: Tags that the caption has, too.
            is_open: Whether nobody answered it.
            quiet: Whether nothing of it is chosen until the person chooses.
        """
        self.name, self.is_open, self.kept = name, is_open, tuple(kept)
        self.hunks, self.owners = tuple(hunks), tuple(owners)
        self._quiet = quiet
        self._touched: frozenset[int] | None = None
        self._said: dict[str, bool] = {}
        """What was last said of each change, see `_same`, also of those that are gone."""
        self.works: list[Work] = []
        self._opening: frozenset[int] | None = None
        """What a blend opens with; None for what is proposed as chosen."""
        self._opened: dict[str, bool] = {}
        """Of a blend: whether each of its changes was chosen then."""
        self.left_behind: tuple[str, ...] = ()
        """Of a blend: what the person wrote into its candidates, and it has no place for; labels."""
        self.typed: dict[str, str] = {}
        """By label of a change: what was typed in its place and not taken."""

    @property
    def touched(self) -> bool:
        """Whether the person chose of it by hand, or typed."""
        return self._touched is not None or bool(self.typed)

    @property
    def worked(self) -> bool:
        """Whether changes of it were split or written anew."""
        return bool(self.works)

    @property
    def written(self) -> list[Hunk]:
        """What is chosen of it, and the person wrote."""
        chosen = self.chosen(in_view=False)
        return [hunk for i, hunk in enumerate(self.hunks) if hunk.edited and i in chosen]

    def chosen(self, *, in_view: bool) -> frozenset[int]:
        """Return which changes are chosen: what the person said, else what is chosen on opening where it is in view."""
        if not self.is_open:
            return frozenset()
        if self._touched is not None:
            return self._touched
        return self._at_first() if in_view else frozenset()

    def choose(self, chosen: Iterable[int], rather: int | None = None) -> None:
        """Choose exactly these.

        Args:
            chosen: Places of changes. Of two that bring the same tag one is left out.
            rather: Which is not; without it, the one that is offered as the new name of another tag is.
        """
        wanted = sorted(chosen, key=lambda place: (place != rather, not self.hunks[place].chosen, place))
        found, tags = set(), set()
        for place in wanted:
            tag = self.hunks[place].tag_added
            if not tag or tag not in tags:
                found.add(place)
                tags.add(tag)
        self._touched = frozenset(found)

    def alike(self, place: int) -> frozenset[int]:
        """Return the changes of the same category; where it has none, those that do the same to the same part."""
        kind = self._kind(self.hunks[place])
        return frozenset(i for i, hunk in enumerate(self.hunks) if self._kind(hunk) == kind)

    @staticmethod
    def _kind(hunk: Hunk) -> tuple[str, str]:
        return ("category", hunk.category) if hunk.category else (hunk.part, hunk.op)

    def work(self, current: Caption, place: int, text: str | None = None) -> bool:
        """Split a change, or write it anew; say whether that made a difference.

        Args:
            current: The caption.
            place: Which change.
            text: What it puts in from now on; None splits it.
        """
        old = self.hunks[place]
        new = split(current, old) if text is None else reword(current, old, text)
        if new == (old,):
            return False
        before = self.chosen(in_view=True)
        if not new:  # what was to be put in is not: it is left out
            self.choose(before - {place})
            return True
        self.works.append(Work(_same(old), text))
        more = len(new) - 1
        chosen = {i if i < place else i + more for i in before if i != place}
        if text is not None or place in before:
            chosen |= set(range(place, place + len(new)))
        self.hunks = (*self.hunks[:place], *new, *self.hunks[place + 1 :])
        self.owners = (*self.owners[:place], *[self.owners[place]] * len(new), *self.owners[place + 1 :])
        self.choose(chosen)
        return True

    def type(self, label: str, text: str) -> None:
        """Keep what was typed in place of a change and not taken, if it says something else than the change."""
        self.typed.pop(label, None)
        if text not in [text_of(hunk) for hunk in self.hunks if hunk.label == label]:
            self.typed[label] = text

    def take_typed(self, current: Caption) -> bool:
        """Take all text that was typed; say whether there is any of the person in what is chosen."""
        for place, hunk in reversed(list(enumerate(self.hunks))):
            if text := self.typed.pop(hunk.label, "").strip():
                self.work(current, place, text)
        return bool(self.written)

    def take_over(self, those: Sequence[Face], current: Caption) -> None:
        """Take over what was done to the same face before, or of a blend to its candidates.

        What was chosen or left out by hand stays so, also where its change was gone for a while; a change that is new
        is as on opening.

        Args:
            those: Chosen is what one of them had chosen by hand.
            current: The caption.
        """
        for work in [work for was in those for work in was.works]:
            place = next((i for i, hunk in enumerate(self.hunks) if _same(hunk) == work.of), None)
            if place is not None:
                self.work(current, place, work.text)
            elif work not in self.works:
                self.works.append(work)
        said: dict[str, bool] = {}
        for was in those:
            self.typed |= was.typed
            for change, chosen in was.says().items():
                said[change] = chosen or said.get(change, False)
        if said:
            self._said, first = said, self.chosen(in_view=True)
            self._touched = frozenset(i for i, h in enumerate(self.hunks) if said.get(_same(h), i in first or h.edited))

    def open_with(self, members: Sequence[Face], current: Caption) -> None:
        """Open a blend with what was done by hand to its candidates."""
        self.take_over(members, current)
        self._opening, self._touched = self._touched, None
        self.works, self._said, self.typed = [], {}, {}  # those are the candidates'
        first = self._at_first()
        self._opened = {_same(hunk): i in first for i, hunk in enumerate(self.hunks)}
        labels = [hunk.label for face in members for hunk in face.written]
        self.left_behind = tuple(label for label in labels if label not in {hunk.label for hunk in self.hunks})

    def says(self) -> dict[str, bool]:
        """Return what the person said of changes; of a blend only what is otherwise than it opened."""
        if self._touched is None:
            return {}
        chosen = self.chosen(in_view=True)
        now = {_same(hunk): i in chosen for i, hunk in enumerate(self.hunks)}
        gone = {change: is_in for change, is_in in self._said.items() if change not in now}
        return gone | {change: is_in for change, is_in in now.items() if self._opened.get(change) is not is_in}

    def _at_first(self) -> frozenset[int]:
        if self._opening is not None:
            return self._opening
        return frozenset() if self._quiet else frozenset(i for i, hunk in enumerate(self.hunks) if hunk.chosen)


def text_of(hunk: Hunk) -> str:
    """Return what a change says, as it is written anew."""
    return (hunk.new or hunk.old).replace("\r\n", "\n").strip()


def _same(hunk: Hunk) -> str:
    """Return what a change has in common with the same one of another candidate, or of another reading."""
    return hunk.tag_added if hunk.op == "add" and hunk.tag_added and not hunk.edited else hunk.label
