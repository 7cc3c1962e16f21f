"""How an image, its caption, its candidates, their changes and the result are put into words, a raw line for each.

Words, not signs: a voice passes over signs, or says them wrong. What is from outside stands at the end of a line, or in
lines that begin with two spaces, so that it can be told from what cutline says.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from engine.captions.caption import unparsed
from engine.captions.weights import name_key
from engine.dataset.images import repeats
from tui.shell.output import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.captions.changes.hunks import Hunk
    from engine.captions.changes.merging import Blend
    from engine.captions.changes.spaces import Spaced
    from engine.review.frames import Shown
    from engine.review.states import Entry
    from tui.course.card import Card

LISTED = 20
"""Changes that are read at once; who wants the rest asks for it."""
LONG = 300
"""Characters of a text that takes more than 20 seconds to hear."""
SPACES = {" ": "space", "\n": "line break", "\t": "tab", "\u00a0": "no-break space"}
QUIET_CATEGORIES = frozenset({"", "general"})
ANSWERS = {"taken": "taken", "partly": "partly taken", "left": "left"}


def head(card: Card, entry: Entry | None, place: str, size: tuple[int, int] | None, *, has_draft: bool) -> list[str]:
    """Return which image it is.

    Args:
        card: What is shown.
        entry: State and marks.
        place: Where it stands in the queue, in words.
        size: Width and height in px; None where they cannot be read.
        has_draft: Whether text waits that was typed and not written.
    """
    key = card.frame.image.key
    said = marks(entry)
    said.append(f"{size[0]:,} by {size[1]:,}" if size else "the picture cannot be read")
    if times := repeats(key):
        said.append(f"repeated {times[0]} times")
    lines = ["", f"{place}: {key.decode(errors='surrogateescape')}", f"{', '.join(said)}."]
    if has_draft:
        lines.append("A draft of yours waits here, not written: edit goes on with it.")
    return lines


def marks(entry: Entry | None) -> list[str]:
    """Return the state of an image, and what else it is marked with."""
    said: list[str] = [entry.state if entry else "untouched"]
    return said + [word for word in ("flagged", "skipped") if entry and getattr(entry, word)]


def body(card: Card) -> list[str]:
    """Return everything else there is to know of an image before deciding."""
    if card.problem:
        return [f"Nothing can be decided here: {card.problem}"]
    return [*caption(card), *candidates(card), *changes(card), *result(card)]


# --- text -----------------------------------------------------------------------------------------------------


def named(name: str, text: str) -> list[str]:
    """Return a text under a name; one of several lines in lines of its own."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) == 1:
        return [f"{name}: {lines[0]}"]
    return [f"{name}, {len(lines)} lines:", *(f"  {line}" for line in lines)]


def caption(card: Card) -> list[str]:
    """Return the caption as it is."""
    now = card.frame.caption
    if now.absent:
        return ["No caption yet."]
    return ["The caption is empty."] if now.blank else named("Caption", now.text)


def result(card: Card, *, long: bool = True) -> list[str]:
    """Return exactly what accepting would leave in the file.

    Args:
        card: What is shown.
        long: Whether a long one is read, too; else only how long it is.
    """
    raw, frame = card.result(), card.frame
    if raw == frame.raw:
        return ["Accepting leaves the caption as it is."]
    text = unparsed(raw, frame.caption.separator).text
    if not text.strip():
        return ["Accepting would leave an empty caption."]
    if not long and len(text) > LONG:
        return [f"The result has {len(text):,} characters: result reads it."]
    return named("Result" if frame.raw is not None else "Result, a new file", text)


# --- candidates -----------------------------------------------------------------------------------------------


def candidates(card: Card, *, others: bool = True) -> list[str]:
    """Return who proposes something, what is in view last.

    Args:
        card: What is shown.
        others: Whether all are named that are not in view, else those of which something is chosen.
    """
    shown = card.frame.candidates
    if not shown:
        return ["Nothing is proposed for this image."]
    lines = [
        _candidate(card, place, one)
        for place, one in enumerate(shown)
        if place != card.shown and (others or card.chosen(place))
    ]
    if (way := card.blend) is not None:
        return [*lines, f"Merged: {blend_in_words(way)}, {_amount(card)}"]
    lines.append(f"{_candidate(card, card.shown, shown[card.shown])}, {_amount(card)}")
    return lines


def _candidate(card: Card, place: int, shown: Shown) -> str:
    of = f" of {len(card.frame.candidates)}" if place == card.shown and len(card.frame.candidates) > 1 else ""
    said = [f"Candidate {place + 1}{of}", shown.proposal.source]
    if shown.answer is not None:
        said.append(f"answered, {ANSWERS[shown.answer]}")
    if shown.stale:
        said.append("stale, made from another picture")
    chosen = card.chosen(place)
    if place != card.shown and chosen:
        said.append(f"{len(chosen)} chosen")
    return ", ".join(said)


def _amount(card: Card) -> str:
    """Say how many changes are in view; why there is none where there is none."""
    if card.hunks:
        return f"{count(len(card.hunks), 'change')}, {len(card.chosen(card.shown))} chosen:"
    candidate = card.candidate
    if candidate is not None and candidate.candidate.kind == "tags" and not candidate.candidate.tags:
        return "no tag reaches the threshold."
    return "the caption says all of it already."


def blend_in_words(way: Blend) -> str:
    """Say what a blend is made of."""
    places = [str(place + 1) for place in way.members]
    if not way.least:
        return f"the tags of candidate {places[0]} with the sentence of candidate {places[1]}"
    those = f"candidates {', '.join(places[:-1])} and {places[-1]}"
    if way.least == 1:
        return f"all tags of {those}"
    return f"the tags that {'all' if way.least == len(places) else f'{way.least} or more'} of {those} propose"


# --- changes --------------------------------------------------------------------------------------------------


def changes(card: Card, first: int = 0) -> list[str]:
    """Return the changes in view, from one of them on, as many as are read at once."""
    lines = [change(card, place) for place in range(first, min(first + LISTED, len(card.hunks)))]
    if (left := len(card.hunks) - first - len(lines)) > 0:
        lines.append(f"and {left} more: changes {first + len(lines) + 1} reads on.")
    return lines


def change(card: Card, place: int) -> str:
    """Return one change: its number, whether it is chosen, what it does."""
    is_chosen = place in card.chosen(card.shown)
    return f"{place + 1} {'chosen' if is_chosen else 'left out'}: {', '.join(_facts(card, card.hunks[place]))}"


def _facts(card: Card, hunk: Hunk) -> Iterator[str]:
    old, new = map(_said, hunk.sides)
    yield {"add": f"add {new}", "remove": f"remove {old}", "replace": f"replace {old} by {new}", "move": f"move {old}"}[
        hunk.op
    ]
    if hunk.category not in QUIET_CATEGORIES:
        yield hunk.category
    if hunk.score is not None:
        yield f"{hunk.score:.2f}"
    if hunk.part == "tags" and card.agreement.voices > 1:
        agreed = card.agreement.count(hunk.tag_added or name_key(hunk.old))
        yield f"{agreed} of {card.agreement.voices} propose it"
    if hunk.edited:
        yield "as you wrote it"


def _said(side: Spaced) -> str:
    """Return one side of a change with its white space in words."""
    before, behind = (space_in_words(space) for space in (side.before, side.behind))
    return ", then ".join(filter(None, (before, side.text, behind)))


def space_in_words(space: str) -> str:
    """Return white space in words: `a line break`, `2 spaces and a tab`."""
    runs = [(sign, len(list(same))) for sign, same in groupby(space.replace("\r\n", "\n"))]
    named = [(SPACES.get(sign, f"character U+{ord(sign):04X}"), many) for sign, many in runs]
    return " and ".join(f"a {name}" if many == 1 else count(many, name) for name, many in named)


def listed(card: Card, places: Iterable[int]) -> list[str]:
    """Return some changes; where they are many, only how many are chosen by now."""
    those = sorted(places)
    if len(those) > LISTED:
        return [f"{len(card.chosen(card.shown))} of {len(card.hunks)} changes chosen."]
    return [change(card, place) for place in those]
