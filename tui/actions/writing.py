"""Actions of the two editors on the review screen: that of the caption, and the line of one change."""

from __future__ import annotations

from tui.actions.action import Action


class WriteCaption(Action):
    """Write the file."""

    name, keys, group = "write_caption", ("ctrl+s",), "In the caption editor"
    help = "Write the caption"


class LeaveCaption(Action):
    """Leave without writing."""

    name, keys, group = "leave_caption", ("escape",), "In the caption editor"
    help = "Close the list of tags; where it is closed, leave, and keep what was typed as a draft"


class TakeTag(Action):
    """Complete."""

    name, keys, group = "take_tag", ("tab",), "In the caption editor"
    help = "Complete the tag as the list has it"


class ListTags(Action):
    """Open the list."""

    name, keys, group = "list_tags", ("ctrl+space", "ctrl+@"), "In the caption editor"
    help = "List the tags that complete what stands before the cursor, also in prose"


class MoveTagLeft(Action):
    """Move a tag to the front."""

    name, keys, group = "move_tag_left", ("alt+left",), "In the caption editor"
    help = "Move the tag under the cursor past the one before it, or past all in one bracket; weights stay"


class MoveTagRight(Action):
    """Move a tag to the end."""

    name, keys, group = "move_tag_right", ("alt+right",), "In the caption editor"
    help = "Move the tag under the cursor past the one behind it, or past all in one bracket; weights stay"


class DeleteTag(Action):
    """Take a tag out."""

    name, keys, group = "delete_tag", ("alt+d",), "In the caption editor"
    help = "Take the tag under the cursor out"


class UndoTyping(Action):
    """Take typing back."""

    name, keys, group = "undo_typing", ("ctrl+z", "super+z"), "In the caption editor"
    help = "Take back what was typed last"


class RedoTyping(Action):
    """Type again."""

    name, keys, group = "redo_typing", ("ctrl+y", "super+y"), "In the caption editor"
    help = "Type again what was taken back"


class TakeChange(Action):
    """Take a change as it is written now."""

    name, keys, group = "take_change", ("enter", "ctrl+s"), "In the line of a change"
    help = "Take the change as it stands in the line"


class LeaveChange(Action):
    """Leave a change as it was."""

    name, keys, group = "leave_change", ("escape",), "In the line of a change"
    help = "Leave the change as it was; what was typed is there again the next time"


CAPTION: tuple[type[Action], ...] = (
    *(WriteCaption, LeaveCaption, TakeTag, ListTags, MoveTagLeft, MoveTagRight, DeleteTag, UndoTyping, RedoTyping),
)
CHANGE: tuple[type[Action], ...] = (TakeChange, LeaveChange)

Hints = tuple[tuple[tuple[type[Action], ...], str], ...]
"""What the key bar says while something is typed; where it is narrow, the later ones go first."""

CAPTION_HINTS: Hints = (
    ((WriteCaption,), "write the file"),
    ((LeaveCaption,), "leave, keep as draft"),
    ((TakeTag,), "complete"),
    ((UndoTyping, RedoTyping), "undo, redo typing"),
    ((MoveTagLeft, MoveTagRight), "move the tag"),
    ((DeleteTag,), "delete it"),
    ((ListTags,), "list tags"),
)
CHANGE_HINTS: Hints = (((TakeChange,), "take"), ((LeaveChange,), "leave"))
