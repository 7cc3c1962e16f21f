"""What a candidate's tags would change in a caption: tags that are added, removed, renamed, moved.

Where the candidate only adds, it removes and moves nothing; a tag that is another spelling of one that stands there is
offered as its new name, too, and that is not chosen. Where it replaces, all changes together leave exactly its tags, in
its order and spelling; as few tags as possible are moved.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.brackets import bare_tags
from engine.captions.caption import tag_key
from engine.captions.changes.candidate import is_chosen, offered_tags, offers_replacement
from engine.captions.changes.hunks import Hunk
from engine.captions.changes.kinship import kin
from engine.captions.weights import name_key, split_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from engine.captions.caption import Caption, Tag
    from engine.captions.changes.candidate import Candidate
    from engine.captions.viewing.view import ViewedTag


class Kept(NamedTuple):
    """A tag that the caption has and the candidate gives, too: nothing to write."""

    text: str
    """As the caption has it, without its halves of brackets around several tags."""
    score: float
    """From 0 to 1."""
    category: str


def kept(current: Caption, candidate: Candidate, hunks: Sequence[Hunk]) -> tuple[Kept, ...]:
    """Return the caption's tags that the candidate gives as they are, in the order of the text, each once.

    Args:
        current: The caption.
        candidate: The candidate.
        hunks: What it would change: a tag that it moves or names anew is not kept.
    """
    offered = offered_tags(candidate, current.separator)
    changed = {hunk.at for hunk in hunks if hunk.part == "tags" and hunk.op != "add"}
    both: dict[str, Tag] = {}
    for tag in bare_tags(current.tags):
        if (key := _key(tag, offered)) in offered:
            both.setdefault(key, tag)
    return tuple(
        Kept(tag.text, offered[key].score, offered[key].category)
        for key, tag in both.items()
        if tag.start not in changed
    )


def tag_hunks(current: Caption, candidate: Candidate) -> Iterator[Hunk]:
    """Yield the changes: what goes in the order of the text, then what comes or changes in the candidate's."""
    offered = offered_tags(candidate, current.separator)
    if not offered:
        return
    chosen = is_chosen(current, candidate)
    if offers_replacement(current, candidate):
        yield from _replacing(current, offered, chosen=chosen)
    else:
        yield from _adding(current, offered, first=candidate.merge == "prepend", chosen=chosen)


def _adding(current: Caption, offered: Mapping[str, ViewedTag], *, first: bool, chosen: bool) -> Iterator[Hunk]:
    if current.tags:
        at = current.tags[0].start if first else current.tags[-1].end
    else:
        at = current.prose[0] if current.prose else 0
    tags = bare_tags(current.tags)
    present = [_key(tag, offered) for tag in tags]
    there, names = set(present), {name_key(tag.text) for tag in tags}
    missing = [key for key, new in offered.items() if key not in there and name_key(new.text) not in names]
    own = [i for i, key in enumerate(present) if key not in offered]
    renamed = dict(_relatives(tags, own, offered, missing))
    for key in missing:
        new = offered[key]
        if key in renamed:
            old = tags[renamed[key]]
            said = (_weighted(old, new.text), new.score, new.category)
            yield Hunk("replace", "tags", old.start, old.end, old.text, *said, chosen=False)
        yield Hunk("add", "tags", at, at, "", new.text, new.score, new.category, chosen)


def _replacing(current: Caption, offered: Mapping[str, ViewedTag], *, chosen: bool) -> Iterator[Hunk]:
    tags = bare_tags(current.tags)
    stands: dict[str, int] = {}
    for i, tag in enumerate(tags):
        stands.setdefault(_key(tag, offered), i)
    place = {key: stands[key] for key in offered if key in stands}
    rest = [i for key, i in stands.items() if key not in place]
    place.update(_relatives(tags, rest, offered, [key for key in offered if key not in place]))
    stay = set(place.values())
    for i, tag in enumerate(tags):
        if i not in stay:
            yield Hunk("remove", "tags", tag.start, tag.end, tag.text, "", chosen=chosen)
    if current.prose:
        at, end = current.prose
        yield Hunk("remove", "prose", at, end, current.text[at:end], "", chosen=chosen)
    unmoved = _longest_rising([place[key] for key in offered if key in place])
    at = current.tags[0].start if tags else current.prose[0] if current.prose else 0
    for key, new in offered.items():
        if key not in place:
            yield Hunk("add", "tags", at, at, "", new.text, new.score, new.category, chosen)
            continue
        i = place[key]
        old = tags[i]
        text = new.text if tag_key(old.text) == key else _weighted(old, new.text)
        said = (text, new.score, new.category, chosen)
        if old.text != said[0]:
            yield Hunk("replace", "tags", old.start, old.end, old.text, *said)
        if i in unmoved:
            at = old.end
        else:
            yield Hunk("move", "tags", old.start, old.end, old.text, *said, to=at)


def _relatives(
    tags: Sequence[Tag], own: Iterable[int], offered: Mapping[str, ViewedTag], missing: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """Yield which offered tags are other spellings of tags in the caption, each of both at most once.

    Args:
        tags: Those of the caption.
        own: Places of the tags to look among.
        offered: The candidate's tags by key.
        missing: Keys of those to look for.
    """
    by_kin: dict[str, int] = {}
    for i in own:
        for name in kin(split_weight(tags[i].text).name):
            by_kin.setdefault(name, i)
    taken: set[int] = set()
    for key in missing if by_kin else ():
        found = next(
            (by_kin[name] for name in kin(offered[key].text) if by_kin.get(name, -1) not in {-1, *taken}), None
        )
        if found is not None:
            taken.add(found)
            yield key, found


def _key(tag: Tag, offered: Mapping[str, ViewedTag]) -> str:
    """Return what makes a tag the same as one offered: brackets around it are its name where such a name is offered."""
    whole = tag_key(tag.text)
    return whole if whole in offered else name_key(tag.text)


def _weighted(tag: Tag, name: str) -> str:
    """Return a name with the weight that a tag of the caption has."""
    _, prefix, suffix = split_weight(tag.text)
    return prefix + name + suffix


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Return the members of a longest rising subsequence of distinct numbers."""
    least_end: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(least_end, number)
        before.append(ends[length - 1] if length else -1)
        least_end[length : length + 1] = [number]
        ends[length : length + 1] = [at]
    found = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        found.add(numbers[at])
        at = before[at]
    return found
