"""The two lines over a card: the image's name, marks and state; its folder, size and what a trainer does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.widgets.paint import Line, Span, clip_start, spread, width_of
from tui.widgets.signs import DRAFT, FLAGGED, SKIPPED, STATES, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from engine.review.states import Entry
    from tui.course.card import Card
    from tui.preview.shrink import Facts


def card_head(
    card: Card,
    entry: Entry | None,
    facts: Facts | None,
    repeats: int | None,
    width: int,
    ink: Callable[[str], Style],
    *,
    has_draft: bool,
) -> list[Line]:
    """Paint them.

    Args:
        card: What is in view.
        entry: The image's marks and state.
        facts: What the picture's head says; None when it is not known yet.
        repeats: How often a trainer is told to repeat the image; None when its folder does not say.
        width: In cells.
        ink: Gives the styles.
        has_draft: Whether unsaved text of the person waits.
    """
    folder, _, name = show(card.frame.image.key, one_line=True).rpartition("/")
    state = STATES[entry.state] if entry else STATES["untouched"]
    marks = [Span(f"{state.glyph} {state.word}", ink(state.ink))]
    for is_on, sign in (
        (entry and entry.flagged, FLAGGED),
        (entry and entry.skipped, SKIPPED),
        (has_draft, DRAFT),
        (entry and entry.unreadable, UNREADABLE),
    ):
        if is_on:
            marks.insert(0, Span(f"{sign.glyph} {sign.word}  ", ink(sign.ink)))
    title = Span(clip_start(name, max(8, width - width_of(marks) - 2)), ink("name"))
    details = [f"×{repeats}"] if repeats is not None else []
    if facts:
        details += [f"{facts.width}×{facts.height}", facts.format.lower()]
    details.append(_bytes(card.frame.image.size))
    place = Span(f"{clip_start(folder, width // 2)}/", ink("muted")) if folder else Span("", ink("muted"))
    detail = Span(" · ".join(details), ink("muted"))
    return [spread([title], marks, width, ink("text")), spread([place], [detail], width, ink("text"))]


def _bytes(size: int) -> str:
    """Return a file's size in two or three digits."""
    amount, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):  # noqa: B007  (the unit reached is the answer)
        if amount < 1000:  # noqa: PLR2004  (the step between the units)
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit in {"B", "kB"} or amount >= 100 else f"{amount:.1f} {unit}"  # noqa: PLR2004
