"""One page of the screen as text that can be kept and compared: its signs, and which style each cell has.

Signs are the same in every theme, or that is the first thing reported. A style is named by a letter, which stands for
what the cell looks like in each of the themes; so a page is kept once for all of them.
"""

from __future__ import annotations

import difflib
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual._context import visible_screen_stack  # what lies under a dialogue is drawn through it

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import App

LETTERS = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789αβγδεζηθικλμνξοπρστυφχψω"
"""Names of styles; the first is that of most cells."""
MOST_LINES = 40
"""Of a difference, for the eye."""
_MARKS = ("bold", "dim", "italic", "underline", "reverse", "strike")


class Shot(NamedTuple):
    """A screen in one theme."""

    lines: tuple[str, ...]
    styles: tuple[tuple[str, ...], ...]
    """For each line, what each of its cells looks like, in words."""


def take(app: App[int]) -> Shot:
    """Look at what is on the screen now, dialogues and what they lie over together."""
    token = visible_screen_stack.set(app._background_screens)
    try:
        app.screen._dirty_regions.clear()
        strips = app.screen._compositor.render_strips()
    finally:
        visible_screen_stack.reset(token)
    lines, styles = [], []
    for strip in strips:
        lines.append(strip.text)
        looks: list[str] = []
        for segment in strip:
            looks += [_look(segment.style)] * cell_len(segment.text)
        styles.append(tuple(looks))
    return Shot(tuple(lines), tuple(styles))


def _look(style: Style | None) -> str:
    if style is None:
        return "plain"
    ink, ground = ("-" if colour is None else colour.get_truecolor().hex for colour in (style.color, style.bgcolor))
    return " ".join([f"{ink}/{ground}", *(mark for mark in _MARKS if getattr(style, mark))])


def page(shots: dict[str, Shot]) -> str:
    """Write the same screen in several themes as one page.

    Args:
        shots: By the names of the themes.

    Raises:
        AssertionError: It says other words in another theme.
    """
    (first, shot), *others = shots.items()
    for name, other in others:
        differs = _other_words(shot, other)
        assert not differs, "\n".join([f"the words differ between {first} and {name}:", *differs])
    cells = [list(zip(*rows, strict=True)) for rows in zip(*(shot.styles for shot in shots.values()), strict=True)]
    letters = _letters(cells)
    words = [f"|{line.rstrip()}" for line in shot.lines]
    inks = [_runs([letters[look] for look in row]) for row in cells]
    legend = [f"{letter} {' | '.join(look)}" for look, letter in letters.items()]
    return "\n".join([*words, "", *inks, "", f"  {' | '.join(shots)}", *legend, ""])


def _letters(cells: Sequence[Sequence[tuple[str, ...]]]) -> dict[tuple[str, ...], str]:
    """Name the styles, that of most cells first, the others as they come."""
    counted: dict[tuple[str, ...], int] = {}
    for row in cells:
        for look in row:
            counted[look] = counted.get(look, 0) + 1
    most = max(counted, key=lambda look: counted[look])
    others = [look for look in counted if look != most]
    assert len(others) < len(LETTERS), f"{len(others) + 1} styles on one page"
    return dict(zip([most, *others], LETTERS, strict=False))


def _runs(letters: Sequence[str]) -> str:
    """Write a line's styles as how many cells of which follow each other."""
    return ":" + " ".join(f"{len(list(group))}{letter}" for letter, group in groupby(letters))


def read(written: str) -> dict[str, Shot]:
    """Read a page; see `page`. Lines are without the blanks at their ends."""
    rows = written.split("\n")
    words = [row.removeprefix("|") for row in rows if row.startswith("|")]
    head = rows.index("", rows.index("") + 1) + 1
    legend = {row[0]: row[2:].split(" | ") for row in rows[head + 1 :] if row}
    inks = [row.removeprefix(":").split() for row in rows if row.startswith(":")]
    return {
        theme: Shot(tuple(words), tuple(tuple(_spread(runs, legend, column)) for runs in inks))
        for column, theme in enumerate(rows[head].strip().split(" | "))
    }


def _spread(runs: Sequence[str], legend: dict[str, list[str]], column: int) -> list[str]:
    return [look for run in runs for look in [legend[run[-1]][column]] * int(run[:-1])]


def differences(kept: Shot, now: Shot) -> list[str]:
    """Say what is otherwise than it was, in lines for the eye; nothing where all is the same."""
    if found := _other_words(kept, now):
        return found
    for number, (was, are) in enumerate(zip(kept.styles, now.styles, strict=True), 1):
        at = 0
        for (before, after), group in groupby(zip(was, are, strict=True)):
            end = at + len(list(group))
            if before != after:
                found.append(f"  line {number}, cells {at}-{end}: was {before}, is {after}")
            at = end
    return found[:MOST_LINES]


def _other_words(kept: Shot, now: Shot) -> list[str]:
    ours, theirs = ([line.rstrip() for line in shot.lines] for shot in (kept, now))
    return list(difflib.unified_diff(ours, theirs, "kept", "now", lineterm="", n=0))[:MOST_LINES]
