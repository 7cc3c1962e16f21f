"""Keys for hands that know other programs; what a preset does not name keeps the key it has by default.

A preset never leaves an action without a key: one that would have none takes its own back from an action of the preset
that has others.
"""

from __future__ import annotations

PRESETS: dict[str, dict[str, tuple[str, ...]]] = {
    "default": {},
    # h and l go through the changes of an image, j and k through the images; `:q` leaves, as : alone does nothing.
    "vim": {
        "next": ("j", "down", "n"),
        "previous": ("k", "up", "N"),
        "next_hunk": ("l", "tab", "right"),
        "previous_hunk": ("h", "shift+tab", "left"),
        "first": ("g", "home"),
        "last": ("G", "end"),
        "edit": ("i", "e"),
        "invert_choice": ("tilde",),
        "page_down": ("ctrl+f", "pagedown"),
        "page_up": ("ctrl+b", "pageup"),
    },
    # a accept, x reject, space ignore, backspace undo, f flag, digits choose.
    "prodigy": {
        "accept": ("a",),
        "reject": ("x",),
        "skip": ("space", "s"),
        "undo": ("backspace", "u"),
        "flag": ("f",),
        "toggle_hunk": ("enter",),
        "next": ("j", "down", "right"),
        "previous": ("k", "up", "left"),
        "help": ("question_mark", "h"),
    },
}
"""Name of the preset → name of the action → its keys as Textual spells them, the one that is shown first."""
