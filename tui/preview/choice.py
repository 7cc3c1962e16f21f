"""Which kind of picture a terminal gets, decided from its environment: no question is sent to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.preview.cells import Shape

Preview = Literal["auto", "symbols", "none"]

NO_SEXTANTS = frozenset({"Apple_Terminal", "vscode"})
"""Values of TERM_PROGRAM whose usual fonts lack the sextants of Unicode 13 and show boxes."""


class Drawing(NamedTuple):
    """How pictures are drawn."""

    shape: Shape | None
    """None: not at all, only what their files' heads say."""
    palette256: bool
    """Whether only the 256-colour palette can be used."""
    why: str
    """In words, for a person who wonders."""


def choose(preview: str, environment: Mapping[str, str]) -> Drawing:
    """Choose for a wish and a terminal.

    Args:
        preview: `auto`, `symbols` or `none`.
        environment: TERM, COLORTERM, ... of the process.
    """
    term = environment.get("TERM", "")
    if preview == "none":
        return Drawing(None, palette256=False, why="switched off")
    true_colour = environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"} or term.endswith("-direct")
    many = true_colour or "256color" in term or term.startswith(("xterm-kitty", "xterm-ghostty", "foot", "alacritty"))
    if preview == "auto" and (not many or environment.get("NO_COLOR")):
        return Drawing(None, palette256=False, why=f"TERM={term} has too few colours for a picture")
    # xterm says who it is; its usual fonts have no sextants. The Linux console draws 512 glyphs at most.
    plain = environment.get("TERM_PROGRAM", "") in NO_SEXTANTS or "XTERM_VERSION" in environment or term == "linux"
    shape: Shape = "half" if plain else "sextant"
    colours = "true colour" if true_colour else "256 colours, as COLORTERM is not set"
    return Drawing(shape, palette256=not true_colour, why=f"{shape} cells, {colours}")
