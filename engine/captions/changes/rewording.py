"""A change whose new text a person writes: `grey → black` becomes `grey → dark grey`, marked as theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.captions.changes.hunks import Hunk

if TYPE_CHECKING:
    from engine.captions.caption import Caption


def reword(current: Caption, hunk: Hunk, text: str) -> tuple[Hunk, ...]:
    r"""Return what a change becomes when a person writes the text that it puts in.

    Args:
        current: The caption.
        hunk: The change.
        text: What they wrote, line ends as `\n`. Several tags become several changes.

    Returns:
        The changes instead; the same one where nothing is different or where a tag is only moved, none where something
        was to be put in and now is not.
    """
    written, offered = (one.replace("\r\n", "\n").strip() for one in (text, hunk.new))
    if hunk.op == "move" or written == offered:
        return (hunk,)
    return _tags(current, hunk, text) if hunk.part == "tags" else _prose(current, hunk, text)


def _tags(current: Caption, hunk: Hunk, text: str) -> tuple[Hunk, ...]:
    names = [name for piece in text.split(current.separator) if (name := " ".join(piece.split()))]
    added = tuple(Hunk("add", "tags", hunk.end, hunk.end, "", name, edited=True) for name in names)
    if hunk.op == "add":
        return added
    if not names:
        return (Hunk("remove", "tags", hunk.at, hunk.end, hunk.old, "", edited=True),)
    return (Hunk("replace", "tags", hunk.at, hunk.end, hunk.old, names[0], edited=True), *added[1:])


def _prose(current: Caption, hunk: Hunk, text: str) -> tuple[Hunk, ...]:
    new = text.strip().replace("\n", current.newline)
    like = hunk.new or hunk.old
    space = like[: len(like) - len(like.lstrip())], like[len(like.rstrip()) :]
    if new:
        op = "replace" if hunk.old else "add"
        return (msgspec.structs.replace(hunk, op=op, new=space[0] + new + space[1], edited=True),)
    if not hunk.old:
        return ()
    at, end = hunk.at, hunk.end
    # A word that goes takes one of the spaces around it along.
    around = current.text[max(0, at - 1) : at], current.text[end : end + 1]
    if hunk.old == hunk.old.strip() and around[0].isspace() and (around[1].isspace() or not around[1]):
        at -= 1
    elif current.prose and at == current.prose[0] and around[1].isspace():
        end += 1
    old = current.text[at:end]
    return (msgspec.structs.replace(hunk, op="remove", at=at, end=end, old=old, new="", edited=True),)
