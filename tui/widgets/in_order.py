"""Keys of widgets that are typed into: each has done its work before the next one is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import NoBinding

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget


async def do_bound(widget: Widget, event: events.Key) -> None:
    """Do at once what a key is bound to in the widget; for others nothing.

    Textual lets such a key rise through the widgets first, and types the next ones meanwhile. Over a line that stalls
    several arrive at once: of `!`, ctrl+s, `j` the j would be written into the caption, too.
    """
    try:
        (binding, *_) = widget._bindings.get_bindings_for_key(event.key)  # noqa: SLF001  (there is no other way)
    except NoBinding:
        return
    # What it declines, as a line does that cannot scroll up, is for the widgets around it.
    if await widget.app.run_action(binding.action, default_namespace=widget):
        event.prevent_default().stop()
