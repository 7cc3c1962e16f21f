r"""Edits a person asks for by name, and their grammar: `add:TAG[@first|@last]`, `drop:TAG`, `rename:OLD=NEW`, `prefix:TEXT`.

`\=`, `\@` and `\\` stand for the character itself; any other backslash is a backslash (`add:saber \(fate\)`). Tags match
whatever their spelling (case, underscores, escapes). Edits concern the tags, not words in prose; `prefix` alone puts
its text before everything, once, and leaves blank captions alone.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Literal

import msgspec

from engine.captions.caption import Caption, encode, raw_of, tag_key
from engine.captions.hunks import Hunk, apply
from engine.errors import WrongUsage

Verb = Literal["add", "drop", "rename", "prefix"]
_VERBS: dict[str, Verb] = {"add": "add", "drop": "drop", "rename": "rename", "prefix": "prefix"}
_GRAMMAR = "write add:TAG[@first|@last], drop:TAG, rename:OLD=NEW or prefix:TEXT"
_ESCAPE = re.compile(r"\\([=@\\])")
_PLAIN = r"(?:\\[=@\\]|[^{}])*"
_RENAME = re.compile(rf"({_PLAIN.format('=')})=({_PLAIN.format('=')})", re.DOTALL)
_ADD = re.compile(rf"({_PLAIN.format('@')})(?:@(first|last))?", re.DOTALL)


class Edit(msgspec.Struct, frozen=True):
    """One edit."""

    verb: Verb
    text: str
    """The tag concerned, or the text of a prefix."""
    new: str = ""
    """The new name; only of `rename`."""
    first: bool = False
    """Whether the tag goes before the others; only of `add`."""


def parse_edit(text: str, separator: str = ",") -> Edit:
    """Read an edit as the command line spells it.

    Raises:
        WrongUsage: There is no such verb, or what follows it cannot be read.
    """
    word, colon, rest = text.partition(":")
    verb = _VERBS.get(word.strip())
    if verb is None or not colon:
        near = get_close_matches(word.strip(), _VERBS, 1, 0.5)
        raise WrongUsage(f"no such edit: {text}", f"did you mean {near[0]}: ? {_GRAMMAR}" if near else _GRAMMAR)
    if verb == "prefix":
        edit = Edit(verb, _unescape(rest))
    elif verb == "drop":
        edit = Edit(verb, _unescape(rest).strip())
    elif verb == "rename":
        both = _RENAME.fullmatch(rest)
        if both is None:
            raise WrongUsage(f"cannot read {text}", r"write rename:OLD=NEW with one =, and \= for one that is meant")
        edit = Edit(verb, _unescape(both[1]).strip(), _unescape(both[2]).strip())
    else:
        one = _ADD.fullmatch(rest)
        if one is None:
            raise WrongUsage(f"cannot read {text}", r"write add:TAG, add:TAG@first or add:TAG@last, and \@ for an @")
        edit = Edit(verb, _unescape(one[1]).strip(), first=one[2] == "first")
    _check(edit, text, separator)
    return edit


def _unescape(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _check(edit: Edit, text: str, separator: str) -> None:
    if not edit.text or (edit.verb == "rename" and not edit.new):
        raise WrongUsage(f"nothing to {edit.verb} in {text}", _GRAMMAR)
    written = {"add": edit.text, "rename": edit.new}.get(edit.verb, "")
    if separator in written or "\n" in written:
        raise WrongUsage(f"a tag cannot hold a separator: {text}", "give one edit for each tag")


def apply_edit(caption: Caption, edit: Edit) -> bytes | None:
    """Return what the caption file becomes; the same bytes where the edit finds nothing to do."""
    if edit.verb == "prefix":
        if caption.blank or caption.text.startswith(edit.text):
            return raw_of(caption)
        return encode(edit.text + caption.text, caption)
    return apply(caption, _added(caption, edit) if edit.verb == "add" else _changed(caption, edit))


def _added(caption: Caption, edit: Edit) -> list[Hunk]:
    if any(tag_key(tag.text) == tag_key(edit.text) for tag in caption.tags):
        return []
    if caption.tags:
        at = caption.tags[0].start if edit.first else caption.tags[-1].end
    else:
        at = caption.prose[0] if caption.prose else 0
    return [Hunk("add", "tags", at, at, "", edit.text)]


def _changed(caption: Caption, edit: Edit) -> list[Hunk]:
    """Return the hunks that drop a tag, or rename it: dropped, too, where the new name already stands elsewhere."""
    old, new = tag_key(edit.text), tag_key(edit.new)
    there = edit.verb == "rename" and old != new and any(tag_key(tag.text) == new for tag in caption.tags)
    name = "" if there else edit.new
    return [
        Hunk("replace" if name else "remove", "tags", tag.start, tag.end, tag.text, name)
        for tag in caption.tags
        if tag_key(tag.text) == old and tag.text != name
    ]
