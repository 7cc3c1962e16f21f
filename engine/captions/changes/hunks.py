"""Single changes to a caption, and what the file becomes when some of them are applied.

What no hunk touches keeps its bytes: line ends, BOM, trailing comma, order, space. A hunk on tags holds the tag alone;
the separators are found here, in the style of the file. A hunk inside prose holds exactly what it puts in or takes
out, white space included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.brackets import Enclosed, enclosed, renamed, written
from engine.captions.caption import Caption, encode, join, raw_of
from engine.captions.changes.spaces import Spaced, spaced
from engine.captions.display import show_space
from engine.captions.prose import FENCE
from engine.captions.weights import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Hunk(msgspec.Struct, frozen=True):
    """One change, to be chosen or not."""

    op: Literal["add", "remove", "replace", "move"]
    part: Literal["tags", "prose"]
    at: int
    """Where the change begins in the caption's text."""
    end: int
    """Where it ends; equal to `at` when something is added."""
    old: str
    """The text between `at` and `end`."""
    new: str
    """What comes instead; empty when something is removed."""
    score: float | None = None
    """From 0 to 1; None when nobody gave one."""
    category: str = ""
    chosen: bool = True
    """Whether it is chosen when the image is opened."""
    to: int = 0
    """Where a tag goes that is moved; of no meaning otherwise."""
    edited: bool = False
    """Whether a person wrote what it puts in."""
    path: tuple[int, ...] = ()
    """Which part it is of a change that was split, and of which part of that; empty for a whole change."""
    glued: bool = False
    """Whether it goes on with the text that another part puts in at the same place, without a space or a stop."""

    @property
    def label(self) -> str:
        """The change in one short text, as the journal keeps it."""
        old, new = (f"{show_space(one.before)}{one.text}{show_space(one.behind)}" for one in self.sides)
        text = {"add": f"+{new}", "remove": f"-{old}", "replace": f"{old} → {new}", "move": f"↕{old}"}[self.op]
        return f"{text} (edited)" if self.edited else text

    @property
    def sides(self) -> tuple[Spaced, Spaced]:
        """What goes and what comes, each with the white space around it that is part of the change."""
        return spaced(self.old, self.new), spaced(self.new, self.old)

    @property
    def tag_added(self) -> str:
        """What makes the tag that it puts in the same as another; empty where it puts in none."""
        return name_key(self.new) if self.part == "tags" and self.op in ("add", "replace") else ""


def apply(current: Caption, hunks: Sequence[Hunk]) -> bytes | None:
    """Return what the caption file becomes: the hunks given, and nothing else.

    Hunks of several candidates may come together: a tag that several add goes in once, and of changes to the same
    place the first given wins.

    Args:
        current: The caption the hunks were made for.
        hunks: Those chosen, in order of precedence; with none the file stays as it is.

    Returns:
        The new bytes; None when there was no file and nothing is to be written.
    """
    if not hunks:
        return raw_of(current)
    tags = _tags_after(current, [hunk for hunk in hunks if hunk.part == "tags"])
    prose = _prose_after(current, [hunk for hunk in hunks if hunk.part == "prose"])
    text = _assembled(current, tags, prose)
    return None if current.absent and not text else encode(text, current)


def sentences(first: str, second: str) -> str:
    """Join two pieces of prose, either may be empty."""
    if not (first and second):
        return first or second
    return f"{first} {second}" if first.endswith(tuple(".!?…。！？")) else f"{first}. {second}"


def _tags_after(current: Caption, hunks: Sequence[Hunk]) -> str:
    """Return the text from the first tag to the last, after the hunks on tags."""
    tags, text = current.tags, current.text
    after = _changed(current, hunks)
    arriving, moved = _arriving(current, hunks, after)
    style = current.gap if arriving else ""
    gaps = [text[left.end : right.start] for left, right in pairwise(tags)]
    row: list[Enclosed] = []
    between: list[str] = []  # what stands before each of the row
    passed = 0  # how many gaps of the old text are behind us
    after_old = False  # whether an old tag stands last in the row
    for i in range(len(tags) + 1):
        for new in arriving.get(i, ()):
            between.append(_strongest([style, *gaps[passed:i]]))
            row.append(new)
            passed, after_old = min(i, len(gaps)), False
        if i < len(tags) and after[i].text and i not in moved:
            between.append(_strongest(gaps[passed:i] if after_old else [style, *gaps[passed:i]]))
            row.append(after[i])
            passed, after_old = i, True
    between[:1] = [""] * bool(row)
    return "".join(chain.from_iterable(zip(between, written(row), strict=True)))


def _changed(current: Caption, hunks: Sequence[Hunk]) -> list[Enclosed]:
    """Return each old tag as it is now, empty where it is gone; a name that two get stands once."""
    bare = enclosed([tag.text for tag in current.tags])
    changed: dict[int, Enclosed] = {}
    names: set[str] = set()
    for hunk in hunks:
        if hunk.op not in ("remove", "replace"):
            continue
        new, i = hunk.new, _tag_at(current, hunk.at)
        while i < len(bare) and (end := current.tags[i].start + bare[i].end) <= hunk.end:
            if i not in changed:
                # A change of more than the tag itself brings its brackets, or takes them along.
                is_whole = hunk.at < current.tags[i].start + bare[i].start or hunk.end > end
                text = "" if name_key(new) in names else new
                changed[i] = Enclosed(text) if is_whole else renamed(bare[i], text)
                names.add(name_key(new))
            new, i = "", i + 1
    return [changed.get(i, tag) for i, tag in enumerate(bare)]


def _arriving(
    current: Caption, hunks: Sequence[Hunk], after: Sequence[Enclosed]
) -> tuple[dict[int, list[Enclosed]], frozenset[int]]:
    """Return what is put in before each old tag, and which old tags stand elsewhere now."""
    starts = [tag.start for tag in current.tags]
    arriving: dict[int, list[Enclosed]] = {}
    moved: set[int] = set()
    seen = {name_key(tag.text) for tag in after}
    for hunk in hunks:
        if hunk.op == "add" and (key := name_key(hunk.new)) not in seen:
            seen.add(key)
            arriving.setdefault(bisect_left(starts, hunk.at), []).append(Enclosed(hunk.new))
        elif hunk.op == "move" and (i := _tag_at(current, hunk.at)) not in moved and after[i].text:
            moved.add(i)
            arriving.setdefault(bisect_left(starts, hunk.to), []).append(after[i])
    return arriving, frozenset(moved)


def _tag_at(current: Caption, at: int) -> int:
    """Return which tag stands at a place of the text, or is the next one behind it."""
    return bisect_right(current.tags, at, key=attrgetter("end"))


def _strongest(gaps: Iterable[str]) -> str:
    """Return the gap that stays where the tags between several are gone: a fence, else a line's end, else the first."""
    return max(gaps, key=lambda gap: 2 * (FENCE in gap) + ("\n" in gap))


def _prose_after(current: Caption, hunks: Sequence[Hunk]) -> str:
    """Return the prose after the hunks on it."""
    if current.prose is None:
        prose = ""
        for hunk in _once(hunks):
            goes_on = prose and (hunk.glued or hunk.new[:1].isspace())
            prose = prose + hunk.new if goes_on else sentences(prose, hunk.new.lstrip())
        return prose
    kept = _without_clashes(hunks)
    at, end = current.prose
    pieces = []
    for hunk in kept:
        pieces += [current.text[at : hunk.at], hunk.new]
        at = hunk.end
    return "".join((*pieces, current.text[at:end]))


def _once(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return texts to put in, equal ones once: but two parts of one text may be equal."""
    found: dict[tuple[str, tuple[int, ...]], Hunk] = {}
    for hunk in hunks:
        found.setdefault((hunk.new, hunk.path), hunk)
    return list(found.values())


def _without_clashes(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return changes to prose in the order of the text; of those that clash, the first given."""
    kept: list[Hunk] = []
    for hunk in hunks:
        place = bisect_right(kept, (hunk.at, hunk.end), key=lambda other: (other.at, other.end))
        if not (_clash_behind(hunk, kept, place) or (place < len(kept) and kept[place].at < hunk.end)):
            kept.insert(place, hunk)
    return kept


def _clash_behind(hunk: Hunk, kept: Sequence[Hunk], place: int) -> bool:
    """Say whether one of those kept before that place reaches into the change, or says the same at the same place."""
    while place and (kept[place - 1].at, kept[place - 1].end) == (hunk.at, hunk.at):
        place -= 1
        if hunk.at == hunk.end and (kept[place].new, kept[place].path) == (hunk.new, hunk.path):
            return True
    return place > 0 and kept[place - 1].end > hunk.at


def _assembled(current: Caption, tags: str, prose: str) -> str:
    """Return the whole text from its new tags and its new prose."""
    text = current.text
    if current.blank:
        return join([tags] if tags else [], prose, current.separator) + text
    last_tag = current.tags[-1].end if current.tags else 0
    start = current.tags[0].start if current.tags else current.prose[0] if current.prose else 0
    end = current.prose[1] if current.prose else last_tag
    head, tail = text[:start], text[end:]
    space = tail[len(tail.rstrip()) :]
    if not (tags and current.tags):
        head = head if head.isspace() else ""  # separators go with the last tag
    if not prose:
        # What closes a list of tags (a trailing comma, a full stop) stays with it.
        return head + tags + (tail if tags and not current.prose else space)
    if not tags:
        return head + prose + space
    if current.tags and current.prose:
        border = text[last_tag : current.prose[0]]
        if border.isspace() and "\n" not in border and not tags.endswith(current.tags[-1].text):
            border = current.separator + border  # the old last tag closed the list itself: `wow! A cat sits.`
        return head + tags + border + prose + space
    closing = tail.rstrip() if current.tags else ""
    if not closing:
        return head + join([tags], prose, current.separator) + space
    return head + join([tags + closing], "", current.separator) + " " + prose + space
