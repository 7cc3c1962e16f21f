r"""Edits a person asks for in words, and those words: `drop:blurry`, `rename:grey=gray`, `regex:(\d)girls=\1 girls`.

`\=` `\@` `\,` `\*` `\?` and `\\` stand for the character itself; any other backslash is a backslash
(`add:saber \(fate\)`). Only `regex` keeps its own escapes: there `\=` is an equals sign, and the one of `(?=`, `(?<=`
and `(?P=` needs none.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import msgspec

from engine.captions.editing.patterns import check_pattern
from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable

Verb = Literal["rename", "drop", "add", "replace", "regex", "prefix", "suffix", "dedupe", "order"]

FORMS: dict[Verb, tuple[str, str]] = {
    "rename": ("rename:OLD=NEW", "give a tag another name; where that one is there already, the old one goes"),
    "drop": ("drop:TAG", "take a tag out; in TAG and OLD, * is any text and ? any character"),
    "add": ("add:TAG[@first|@last]", "put a tag before or behind the others, where it is not there yet"),
    "replace": ("replace:TEXT=TEXT", "one text for another, anywhere in the caption; case counts"),
    "regex": ("regex:PATTERN=TEXT", r"the same with a regular expression; \1 is its first group, (?i) ignores case"),
    "prefix": ("prefix:TEXT", "put a text before the caption, once; blank captions stay blank"),
    "suffix": ("suffix:TEXT", "put a text behind the caption, once; blank captions stay blank"),
    "dedupe": ("dedupe", "of tags that stand more than once, keep the first"),
    "order": (
        "order:first=TAG,TAG",
        "move these tags, where they are there, to the front in this order; none across |||",
    ),
}
"""How each edit is written, and what it does: for help, and for forms on a screen."""

ESCAPES = r"\= \@ \, \* \? and \\ stand for the character itself"

_ESCAPE = re.compile(r"\\([=@,*?\\])")
_PIECE = re.compile(r"\\[=@,*?\\]|.", re.DOTALL)
_NEEDS_DOUBLING = re.compile(r"\\(?=[=@,*?\\]|\Z)")
_IN_WILD = frozenset((r"\*", r"\?", r"\\"))
_REGEX = re.compile(r"((?:\\.|\(\?(?:<|P)?=|[^=\\])*)=((?:\\.|[^=\\])*)", re.DOTALL)
_REGEX_PIECE = re.compile(r"\\.|\(\?(?:<|P)?=|=", re.DOTALL)
_BOTH = 2


class Edit(msgspec.Struct, frozen=True):
    """One edit."""

    verb: Verb
    text: str = ""
    """The tag concerned, the text sought, the pattern, or what is put before or behind."""
    new: str = ""
    """What comes instead; of `rename`, `replace` and `regex`."""
    first: bool = False
    """Whether the tag goes before the others; only of `add`."""
    wild: bool = False
    r"""Whether `*` and `?` in `text` stand for others, and a backslash makes them plain; of `drop` and `rename`."""
    tags: tuple[str, ...] = ()
    """Those that come first, in this order; only of `order`."""


def parse_edit(text: str, separator: str = ",") -> Edit:
    """Read an edit as a person spells it.

    Args:
        text: A verb, and what it needs behind a colon.
        separator: What stands between tags in the captions, one character.

    Raises:
        WrongUsage: There is no such verb, or what follows it cannot be read.
    """
    word, colon, rest = text.replace("\r\n", "\n").partition(":")
    verb: Verb | None = next((known for known in FORMS if known == word.strip()), None)
    if verb is None:
        near = [known for known in FORMS if known in get_close_matches(word.strip(), FORMS, 1, 0.5)]
        forms = ", ".join(form for form, _ in FORMS.values())
        raise WrongUsage(f"no such edit: {text}", f"did you mean {FORMS[near[0]][0]}?" if near else f"write {forms}")
    if bool(colon) != (verb != "dedupe"):
        raise WrongUsage(f"cannot read {text}", f"write {FORMS[verb][0]}")
    edit = _READERS[verb](verb, rest)
    if edit is None:
        raise WrongUsage(f"cannot read {text}", f"write {FORMS[verb][0]}; {ESCAPES}")
    _check(edit, text, separator)
    return edit


def _read_text(verb: Verb, rest: str) -> Edit:
    return Edit(verb, _plain(rest))


def _read_dedupe(verb: Verb, _: str) -> Edit:
    return Edit(verb)


def _read_drop(verb: Verb, rest: str) -> Edit:
    text, wild = _sought(rest)
    return Edit(verb, text, wild=wild)


def _read_add(verb: Verb, rest: str) -> Edit | None:
    tag, *where = _split(rest, "@")
    known = where in ([], ["first"], ["last"])
    return Edit(verb, _plain(tag).strip(), first=where == ["first"]) if known else None


def _read_order(verb: Verb, rest: str) -> Edit | None:
    word, equals, tags = rest.partition("=")
    found = tuple(tag for part in _split(tags, ",") if (tag := _plain(part).strip()))
    return Edit(verb, tags=found) if equals and word.strip() == "first" else None


def _read_regex(verb: Verb, rest: str) -> Edit | None:
    halves = _REGEX.fullmatch(rest)
    return halves and Edit(verb, halves[1], _REGEX_PIECE.sub(_without_escape, halves[2]))


def _read_replace(verb: Verb, rest: str) -> Edit | None:
    both = _split(rest, "=")
    return Edit(verb, _plain(both[0]), _plain(both[1])) if len(both) == _BOTH else None


def _read_rename(verb: Verb, rest: str) -> Edit | None:
    both = _split(rest, "=")
    if len(both) != _BOTH or _is_wild(both[1]):  # `rename:* hair=* locks` would make a tag with a star of every hair
        return None
    text, wild = _sought(both[0])
    return Edit(verb, text, _plain(both[1]).strip(), wild=wild)


_READERS: dict[Verb, Callable[[Verb, str], Edit | None]] = {
    "rename": _read_rename,
    "drop": _read_drop,
    "add": _read_add,
    "replace": _read_replace,
    "regex": _read_regex,
    "prefix": _read_text,
    "suffix": _read_text,
    "dedupe": _read_dedupe,
    "order": _read_order,
}


def _check(edit: Edit, text: str, separator: str) -> None:
    """Refuse an edit that says nothing, or that no tag can ever fit."""
    tags = {"drop": (edit.text,), "add": (edit.text,), "rename": (edit.text, edit.new), "order": edit.tags}
    named = tags.get(edit.verb, ())
    if not all(named) or not (named or edit.text or edit.verb == "dedupe"):
        raise WrongUsage(f"nothing to {edit.verb} in {text}", f"write {FORMS[edit.verb][0]}")
    if any(separator in tag or "\n" in tag for tag in named):
        raise WrongUsage(f"a tag cannot hold a separator: {text}", "give one edit for each tag")
    if edit.verb == "regex":
        check_pattern(edit.text, edit.new)


def edit_text(edit: Edit) -> str:
    """Return an edit as `parse_edit` reads it."""
    sought = edit.text if edit.wild else _escaped(edit.text, "*?")
    if edit.verb == "add":
        rest = _escaped(edit.text, "@") + ("@first" if edit.first else "")
    elif edit.verb == "drop":
        rest = sought
    elif edit.verb == "order":
        rest = "first=" + ",".join(_escaped(tag, ",") for tag in edit.tags)
    elif edit.verb == "rename":
        rest = f"{_escaped_equals(sought)}={_escaped(edit.new, '=*?')}"
    elif edit.verb == "replace":
        rest = f"{_escaped(edit.text, '=')}={_escaped(edit.new, '=')}"
    elif edit.verb == "regex":
        rest = f"{_escaped_equals(edit.text)}={_escaped_equals(edit.new)}"
    else:
        rest = _escaped(edit.text)
    return f"{edit.verb}:{rest}" if rest else edit.verb


def _split(text: str, mark: str) -> list[str]:
    """Part a text at a character, where no backslash stands before it; escapes stay."""
    parts = [""]
    for piece in _PIECE.findall(text):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _is_wild(text: str) -> bool:
    return any(piece in ("*", "?") for piece in _PIECE.findall(text))


def _sought(text: str) -> tuple[str, bool]:
    """Return what tags are compared with, and whether its `*` and `?` stand for others."""
    if not _is_wild(text):
        return _plain(text).strip(), False
    pieces = [piece if piece in _IN_WILD else piece[-1] for piece in _PIECE.findall(text.strip())]
    if pieces[-1] == "\\":  # it would take the meaning from what `edit_text` writes behind it
        pieces[-1] = r"\\"
    return "".join(pieces).strip(), True


def _escaped(text: str, marks: str = "") -> str:
    """Return a text so that it is read as it is, with these characters in it."""
    doubled = _NEEDS_DOUBLING.sub(r"\\\\", text)
    return "".join(f"\\{sign}" if sign in marks else sign for sign in doubled)


def _without_escape(piece: re.Match[str]) -> str:
    return "=" if piece[0] == r"\=" else piece[0]


def _escaped_equals(text: str) -> str:
    """Escape what would part two halves, in a text whose backslashes already mean what they should."""
    return _REGEX_PIECE.sub(lambda piece: r"\=" if piece[0] == "=" else piece[0], text)
