"""Lines of a form, and models to choose from: one line each, the one under the cursor with what there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import show
from engine.models.amounts import size
from tui.jobs.job_start import READY
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, spread, width_of, wrap

if TYPE_CHECKING:
    from tui.jobs.job_form import Line as FormLine
    from tui.jobs.job_start import Model

NAME_CELLS = 26
LEAST_HELP_CELLS = 24
"""Beside the names; with less room what a line means stands under them."""


class FormList(ItemList["FormLine"]):
    """Draws a form."""

    EVEN = True

    def height_of(self, item: FormLine, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: FormLine, width: int, *, in_view: bool) -> list[Line]:
        """Paint name and value; under the cursor what it means, and the other choices."""
        name = clip(show(item.name, one_line=True), NAME_CELLS - 2)
        head = Span(f" {name:<{NAME_CELLS}}", self.ink("name" if in_view else "muted"))
        room = width - NAME_CELLS - 2
        if item.value:
            warns = bool(item.warns) and item.value == item.warns
            value = Span(clip(show(item.value, one_line=True), room), self.ink("warning" if warns else "text"))
        else:
            value = Span(clip(f"({show(item.empty, one_line=True)})", room), self.ink("faint"))
        lines = [[head, value]]
        if in_view:
            others = f" — {' · '.join(item.choices)}" if item.choices else ""
            told = [Span(show(item.help + others, one_line=True), self.ink("muted"))]
            indent = NAME_CELLS + 1 if room >= LEAST_HELP_CELLS else 3
            lines += [[Span(" " * indent, self.ink("text")), *line] for line in wrap(told, max(10, width - indent - 1))]
        return lines


class ModelList(ItemList["Model"]):
    """Draws models; those that cannot be asked dimmed, with what to do about it."""

    EVEN = True

    def height_of(self, item: Model, width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: Model, width: int, *, in_view: bool) -> list[Line]:
        """Paint name, kind, state and size; under the cursor what it is."""
        entry, is_ready = item.entry, item.state == READY
        ink = self.ink("name" if in_view else "text" if is_ready else "muted")
        amount = size(entry.download_bytes) if entry.download_bytes else "no download"
        name = [Span(f" {show(entry.name, one_line=True)}", ink)]
        columns = (f"{entry.kind}  {item.state:<14} {amount:>11} ", f"{item.state} ", "")  # the name goes last
        shown = next((one for one in columns if width_of(name) + len(one) + 1 < width), "")
        lines = [spread(name, [Span(shown, self.ink("muted"))] if shown else [], width, self.ink("text"))]
        if in_view:
            terms = f" ({entry.weights.terms})" if entry.weights and entry.weights.terms else ""
            told = [Span(show(f"{entry.summary} · {entry.licence}{terms}", one_line=True), self.ink("muted"))]
            lines += [[Span("   ", self.ink("text")), *line] for line in wrap(told, max(10, width - 5))]
            if item.lacks:
                lacks = [Span(show(item.lacks, one_line=True), self.ink("warning"))]
                lines += [[Span("   ", self.ink("text")), *line] for line in wrap(lacks, max(10, width - 5))]
        return lines
