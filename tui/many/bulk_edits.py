"""Edits of many captions as they are typed on the screen: a verb by its key, and a line for what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.captions.editing.edits import Edit, edit_text, parse_edit
from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.captions.editing.edits import Verb

Ask = Literal["trigger", "add", "drop", "rename", "replace", "regex", "prefix", "suffix", "dedupe", "order"]
"""What can be asked for: the verbs of `cutline edit`, and the trigger word, which is an `add` at the front."""

FORMS: dict[Ask, str] = {
    "trigger": "WORD",
    "add": "TAG, TAG@first",
    "drop": "TAG, TA*",
    "rename": "OLD=NEW",
    "replace": "TEXT=TEXT",
    "regex": r"PATTERN=TEXT",
    "prefix": "TEXT",
    "suffix": "TEXT",
    "dedupe": "",
    "order": "TAG, TAG",
}
"""What the line holds."""

_LISTS: frozenset[Ask] = frozenset(("trigger", "add", "drop", "order"))
"""What takes several tags with separators between them."""


def edits_of(ask: Ask, line: str, separator: str = ",") -> list[Edit]:
    """Return the edits that a line means.

    Args:
        ask: What is asked for.
        line: What was typed.
        separator: What stands between tags in the captions, one character.

    Raises:
        WrongUsage: The line cannot be read, or says nothing.
    """
    if ask == "dedupe":
        return [Edit("dedupe")]
    if ask not in _LISTS:
        return [parse_edit(f"{ask}:{line}", separator)]
    parts = [part.strip() for part in line.split(separator) if part.strip()]
    if not parts:
        raise WrongUsage("no tag is named yet", f"write {FORMS[ask]}")
    if ask == "order":
        return [checked(Edit("order", tags=tuple(parts)), separator)]
    if ask == "trigger":  # each goes to the front, so the last one first
        return [checked(Edit("add", part, first=True), separator) for part in reversed(parts)]
    return [parse_edit(f"{ask}:{part}", separator) for part in parts]


def checked(edit: Edit, separator: str) -> Edit:
    """Return an edit that was made without a text, if it can be written as one.

    Raises:
        WrongUsage: A tag holds a separator, or is empty.
    """
    return parse_edit(edit_text(edit), separator)


class Word(NamedTuple):
    """The tag under the cursor of a line."""

    start: int
    end: int
    typed: str
    """What stands before the cursor."""


def word_at(ask: Ask, line: str, cursor: int, separator: str = ",") -> Word | None:
    """Return the tag that is being typed; None where the line holds no tags.

    Args:
        ask: What is asked for.
        line: What was typed.
        cursor: In characters from its beginning.
        separator: What stands between tags.
    """
    if ask not in _LISTS and ask != "rename":
        return None
    ends = (separator,) if ask in _LISTS else ("=",)
    start = max(line.rfind(end, 0, cursor) for end in ends) + 1
    start += len(line[start:cursor]) - len(line[start:cursor].lstrip())
    found = [at for end in ends if (at := line.find(end, cursor)) >= 0]
    return Word(start, min(found, default=len(line)), line[start:cursor])


def completed(ask: Ask, line: str, word: Word, tag: str) -> tuple[str, int]:
    """Return the line with a tag in the place of a word, and where the cursor goes."""
    verb: Verb = "add" if ask in ("trigger", "add", "order") else "drop"
    written = tag if ask in ("trigger", "order") else edit_text(Edit(verb, tag)).partition(":")[2]
    if ask == "rename":
        written = written.replace("=", r"\=")
    return line[: word.start] + written + line[word.end :], word.start + len(written)


def told(edits: Sequence[Edit]) -> str:
    """Return edits as `cutline edit` takes them."""
    return " ".join(map(edit_text, edits))
