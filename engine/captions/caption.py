"""A caption file as text: what is tag, what is prose, and how to write it back without losing a byte.

Tags end at the separator, at a line's end, and at kohya's `|||`. Nothing is normalised on reading: a tag knows where
it stands in the text, and everything between tags stays as it is. A full stop that closes the tags belongs to none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.captions.line_ends import with_ends_of
from engine.captions.prose import FENCE, prose_start

if TYPE_CHECKING:
    from collections.abc import Sequence

BOM = b"\xef\xbb\xbf"
_CLOSING_STOP = re.compile(r"(?:\w{3}|\A[^.]*[^.\s])\.\Z")  # not that of `g.i.` or `...`
_LONE_NEWLINE = re.compile(r"(?<!\r)\n")
_ESCAPED = re.compile(r"\\([\\()\[\]{}:])")
_NOT_A_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class Tag(NamedTuple):
    """One tag and where it stands."""

    text: str
    """As written, without the white space around it."""
    start: int
    end: int


class Caption(msgspec.Struct, frozen=True):
    """What one caption file says."""

    text: str
    """The whole file without its BOM, line ends as they are; bytes that are not UTF-8 as lone surrogates."""
    bom: bool
    absent: bool
    """There is no file; a file of zero bytes is not absent."""
    separator: str
    """What stands between tags, without space: `,` `;` `|` or a newline."""
    tags: tuple[Tag, ...]
    prose: tuple[int, int] | None
    """Where the prose stands in the text; None when there is none."""

    @property
    def blank(self) -> bool:
        """Whether it says nothing: no file, or nothing but white space and separators."""
        return not self.tags and self.prose is None

    @property
    def kind(self) -> Literal["blank", "tags", "prose", "both"]:
        """What it consists of."""
        if self.prose is None:
            return "tags" if self.tags else "blank"
        return "both" if self.tags else "prose"

    @property
    def newline(self) -> Literal["\r\n", "\n"]:
        r"""The line end of the file: `\r\n` only where every line ends so, else `\n`."""
        ends = self.text.count("\r\n")
        return "\r\n" if ends and ends == self.text.count("\n") and "\r\r\n" not in self.text else "\n"

    @property
    def gap(self) -> str:
        """What a new tag is joined with: what most often stands between two tags here, else separator and space."""
        gaps = (self.text[left.end : right.start] for left, right in pairwise(self.tags))
        usual = Counter(gap for gap in gaps if FENCE not in gap and gap.count(self.separator) <= 1)
        if usual:
            return usual.most_common(1)[0][0]
        return self.newline if self.separator == "\n" else self.separator + " "


def parse(raw: bytes | None, separator: str = ",") -> Caption:
    """Read a caption file.

    Args:
        raw: The file's bytes; None where there is no file.
        separator: What stands between tags, one character.
    """
    plain = unparsed(raw, separator)
    text = plain.text
    begin = prose_start(text, separator)
    pattern = _tag_pattern(separator, fenced=FENCE in text)
    found = pattern.finditer(text, 0, len(text) if begin is None else begin)
    tags = [Tag(tag[0], tag.start(), tag.end()) for tag in found if tag[0] != FENCE]
    if tags and _CLOSING_STOP.search(tags[-1].text):
        last = tags[-1]
        tags[-1] = Tag(last.text[:-1], last.start, last.end - 1)
    prose = None if begin is None else (begin, len(text.rstrip()))
    return Caption(text, plain.bom, plain.absent, separator, tuple(tags), prose)


def unparsed(raw: bytes | None, separator: str = ",") -> Caption:
    """Read a caption file for what concerns its text alone: as if there were neither tags nor prose in it."""
    bom = raw is not None and raw.startswith(BOM)
    text = (raw or b"")[len(BOM) if bom else 0 :].decode("utf-8", "surrogateescape")
    return Caption(text, bom, raw is None, separator, (), None)


@lru_cache
def _tag_pattern(separator: str, *, fenced: bool) -> re.Pattern[str]:
    mark = re.escape(separator)
    if fenced:  # slower, so only where a fence stands
        return re.compile(rf"\|\|\||[^{mark}\s](?:(?:(?!\|\|\|)[^{mark}\n])*(?!\|\|\|)[^{mark}\s])?")
    return re.compile(rf"[^{mark}\s](?:[^{mark}\n]*[^{mark}\s])?")


def encode(caption_text: str, like: Caption) -> bytes:
    """Return the bytes of a text in the encoding of a caption: `encode(caption.text, caption)` are the file's bytes.

    Half characters that no file can have held (they come from a model) become U+FFFD.
    """
    text = _NOT_A_BYTE.sub("\ufffd", caption_text)
    return (BOM if like.bom else b"") + text.encode("utf-8", "surrogateescape")


def raw_of(caption: Caption) -> bytes | None:
    """Return the bytes the caption was read from; None where there was no file."""
    return None if caption.absent else encode(caption.text, caption)


def to_hand(caption: Caption) -> str:
    r"""Return the text as a person edits it: the file's line ends as `\n`."""
    return caption.text.replace("\r\n", "\n") if caption.newline == "\r\n" else caption.text


def with_text(caption: Caption, edited: str) -> bytes | None:
    r"""Return what a hand edit makes of the file.

    Line ends follow the file's style, where it has both kinds line by line; the newlines at the end stay as the file
    had them, and an edit that changes nothing gives the same bytes. A caption that is emptied becomes a file without text; one that was absent and is
    given only white space stays absent.

    Args:
        caption: The file as it is.
        edited: The whole new text, with `\n` between lines (the file's own line ends are understood, too).
    """
    if _plain(edited) == _plain(caption.text):
        return raw_of(caption)  # also where its lines end in both ways
    if caption.newline == "\r\n":
        edited = _LONE_NEWLINE.sub("\r\n", edited)
    elif "\r" not in caption.text:
        edited = edited.replace("\r\n", "\n")
    elif "\r\n" in caption.text and "\r\n" not in edited:
        edited = with_ends_of(edited, caption.text)
    body, old_body = edited.rstrip("\r\n"), caption.text.rstrip("\r\n")
    if body == old_body or (caption.absent and not body.strip()):
        return raw_of(caption)
    return encode(body + caption.text[len(old_body) :] if body.strip() else "", caption)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\r\n")


@lru_cache(maxsize=1 << 14)
def tag_key(tag: str) -> str:
    r"""Return what makes two tags the same: `Long_Hair` and `long hair`, `saber \(fate\)` and `saber (fate)`."""
    plain = _ESCAPED.sub(r"\1", tag) if "\\" in tag else tag
    return " ".join(plain.casefold().replace("_", " ").split()) or plain


def join(tags: Sequence[str], prose: str = "", separator: str = ",") -> str:
    """Write tags, then prose, as a new caption."""
    gap = "\n" if separator == "\n" else separator + " "
    return gap.join((*tags, prose) if prose else tags)
