"""Text from outside made safe to look at: `show` for widgets and terminals, a reversible form for the editor."""

from __future__ import annotations

import re

from engine.errors import Refused

_TOKENS: dict[int, str] = {
    # bidi controls, line and paragraph separators, invisible marks; the zero-width joiner stays where emoji need it
    **{
        code: f"\\u{code:04x}"
        for code in (0x061C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
    },
    **{0xFFF9 + i: f"\\ufff{9 + i:x}" for i in range(3)},  # interlinear annotation
    **{code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)},  # half a character
    **{0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)},  # a byte that is not UTF-8
    **{code: f"\\x{code:02x}" for code in range(0x80, 0xA0)},  # C1
    **{code: chr(0x2400 + code) for code in range(0x20) if code != ord("\n")},  # C0
    0x7F: "\u2421",
}
"""What a terminal may obey or hide, and what is shown instead."""

_DANGER = re.compile(f"[{re.escape(''.join(map(chr, _TOKENS)))}]")
_PICTOGRAPH = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_LONE_JOINER = re.compile(f"(?<![{_PICTOGRAPH}])\u200d|\u200d(?![{_PICTOGRAPH}])")
"""A zero-width joiner that makes no emoji of two: invisible, and everybody counts its cells differently."""
_EDITOR_AREA = range(0xFD000, 0xFE000)
"""Private characters of plane 15, above those that icon fonts use."""

_TO_EDITOR = dict(zip(_TOKENS, _EDITOR_AREA, strict=False))
_JOINER_IN_EDITOR = _EDITOR_AREA[len(_TOKENS)]
_FROM_EDITOR = {private: unsafe for unsafe, private in _TO_EDITOR.items()} | {_JOINER_IN_EDITOR: 0x200D}
_DRAWN = {
    private: chr(0x2421 if unsafe == 0x7F else 0x2400 + unsafe) if unsafe < 0x80 else "\ufffd"  # noqa: PLR2004  (ASCII)
    for private, unsafe in _FROM_EDITOR.items()
}
_PRIVATE = re.compile(f"[{chr(_EDITOR_AREA[0])}-{chr(_EDITOR_AREA[-1])}]")


def show(text: str | bytes, *, one_line: bool = False) -> str:
    r"""Return text with everything a terminal could obey turned into something visible.

    C0 and DEL become control pictures (`␛`), C1 and bytes that are not UTF-8 become `\x9b`, bidi controls and other
    invisible marks `\u202e`; a Windows line end counts as a newline. Brackets stay: give the result to widgets as
    `Content` or with `markup=False`.

    Args:
        text: Anything; bytes are read as UTF-8.
        one_line: Whether newlines become `↵`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if text.isprintable():  # the usual case, and asking costs next to nothing
        return text
    if _DANGER.search(text):
        text = text.replace("\r\n", "\n").translate(_TOKENS)
    if "\u200d" in text:
        text = _LONE_JOINER.sub(r"\\u200d", text)
    return text.replace("\n", "↵") if one_line else text


def show_space(space: str) -> str:
    r"""Return white space as signs: `·` a space, `⍽` one that no line breaks at, `↵` a line's end, `\u3000` and others."""
    signs = {" ": "·", "\u00a0": "⍽"}
    shown = show(space, one_line=True)
    return "".join(signs.get(sign) or (f"\\u{ord(sign):04x}" if sign.isspace() else sign) for sign in shown)


def in_json(encoded: str) -> str:
    r"""Return JSON that says the same, with everything a terminal could obey written as `\u` and four digits."""
    return _DANGER.sub(lambda sign: f"\\u{ord(sign[0]):04x}", encoded)


def to_editor(text: str) -> str:
    """Return text in a form that an editor widget can hold, to be taken back by `from_editor`.

    Each unsafe character becomes one private character; newlines stay.

    Raises:
        Refused: The text already holds characters of the private area used.
    """
    if _PRIVATE.search(text):
        raise Refused(
            "the caption holds private-use characters that the editor needs itself", "edit it in another program"
        )
    if _DANGER.search(text):
        text = text.translate(_TO_EDITOR)
    return _LONE_JOINER.sub(chr(_JOINER_IN_EDITOR), text) if "\u200d" in text else text


def from_editor(edited: str) -> str:
    """Return the text that `to_editor` was given, with what the person changed."""
    return edited.translate(_FROM_EDITOR) if _PRIVATE.search(edited) else edited


def drawn_in_editor(edited: str) -> str:
    """Return the text of an editor as it is drawn, character by character: a control picture for each of C0 and DEL."""
    return edited.translate(_DRAWN) if _PRIVATE.search(edited) else edited
