"""The edits that can be made of many captions, a line each: key, form, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import show
from tui.actions.bulk import OtherTrigger, TriggerWord
from tui.keys import keymap
from tui.many.bulk_edits import FORMS
from tui.widgets.item_list import ItemList
from tui.widgets.paint import Line, Span, clip, width_of, wrap

if TYPE_CHECKING:
    from tui.actions.bulk import BulkVerb

KEY_CELLS, NAME_CELLS, FORM_CELLS = 3, 15, 17
LEAST_HELP_CELLS = 24
"""Beside the forms; with less room what an edit does stands under them."""


class VerbList(ItemList["type[BulkVerb]"]):
    """Draws each edit under its key; the trigger word's with the word."""

    EVEN = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start without a trigger word."""
        super().__init__(id=id)
        self.trigger = ""

    def height_of(self, item: type[BulkVerb], width: int) -> int:
        """One line."""
        del item, width
        return 1

    def lines_of(self, item: type[BulkVerb], width: int, *, in_view: bool) -> list[Line]:
        """Paint one edit."""
        dead = item is OtherTrigger and not self.trigger
        key = keymap.here(self.screen).shown(item)
        form = show(self.trigger, one_line=True) if item is TriggerWord and self.trigger else FORMS[item.ask]
        head = [
            Span(f"{key:<{KEY_CELLS}}", self.ink("faint" if dead else "key")),
            Span(f"{name_of(item):<{NAME_CELLS}}", self.ink("name" if in_view else "muted" if dead else "text")),
            Span(f"{clip(form, FORM_CELLS - 1):<{FORM_CELLS}}", self.ink("accent" if item is TriggerWord else "muted")),
        ]
        used = width_of(head)
        told = Span(item.help, self.ink("muted"))
        if not in_view:
            return [[*head, Span(clip(told.text, max(1, width - used)), told.style)]]
        if width - used < LEAST_HELP_CELLS:
            indent = Span(" " * KEY_CELLS, told.style)
            return [head, *([indent, *line] for line in wrap([told], max(1, width - KEY_CELLS)))]
        first, *more = wrap([told], max(1, width - used))
        return [[*head, *first], *([Span(" " * used, told.style), *line] for line in more)]


def name_of(verb: type[BulkVerb]) -> str:
    """Return what a verb is called in the list and before its line."""
    return {"trigger_word": "trigger word", "other_trigger": "another one"}.get(verb.name, verb.ask)
