"""Actions of the bulk edit screen: the edits there are, each by one key, and the images they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from tui.actions.listing import EVERYWHERE, ListCommand, ListSituation

if TYPE_CHECKING:
    from tui.many.bulk_edits import Ask


class BulkSituation(ListSituation, Protocol):
    """What an action on the bulk edit screen can depend on."""

    @property
    def scope_count(self) -> int:
        """How many choices of images there are."""

    @property
    def trigger(self) -> str:
        """The trigger word last used; empty for none."""


class BulkCommand(ListCommand):
    """One action of the bulk edit screen."""

    group = "In a bulk edit"


class BulkVerb(BulkCommand):
    """One kind of edit."""

    ask: ClassVar[Ask]


def _one_scope(now: BulkSituation) -> str:
    return "" if now.scope_count > 1 else "there are no other images to choose"


def _no_trigger(now: BulkSituation) -> str:
    return "" if now.trigger else "no trigger word was used yet: the first key of this list asks for one"


class TriggerWord(BulkVerb):
    """The trigger word."""

    name, keys, ask = "trigger_word", ("t",), "trigger"
    help = "Put the trigger word used last before every caption, where it is not there yet; asks for one the first time"


class OtherTrigger(BulkVerb):
    """Another trigger word."""

    name, keys, ask = "other_trigger", ("T",), "trigger"
    help = "The same with another trigger word, which is kept for the next time"
    why_not = staticmethod(_no_trigger)


class AddTag(BulkVerb):
    """Add tags."""

    name, keys, ask = "bulk_add", ("a",), "add"
    help = "Put tags behind the others, or with @first before them, where they are not there yet"


class DropTag(BulkVerb):
    """Drop tags."""

    name, keys, ask = "bulk_drop", ("d",), "drop"
    help = "Take tags out; * is any text and ? any character"


class RenameTag(BulkVerb):
    """Rename a tag."""

    name, keys, ask = "bulk_rename", ("r",), "rename"
    help = "Give a tag another name; where that one is there already, the old one goes"


class ReplaceText(BulkVerb):
    """Replace text."""

    name, keys, ask = "bulk_replace", ("s",), "replace"
    help = "One text for another, anywhere in the caption, prose too; case counts"


class RegexText(BulkVerb):
    """Replace by a pattern."""

    name, keys, ask = "bulk_regex", ("x",), "regex"
    help = r"The same with a regular expression; \1 is its first group, (?i) ignores case"


class PrefixText(BulkVerb):
    """Put text before."""

    name, keys, ask = "bulk_prefix", ("p",), "prefix"
    help = "Put a text before every caption that is not blank, once"


class SuffixText(BulkVerb):
    """Put text behind."""

    name, keys, ask = "bulk_suffix", ("f",), "suffix"
    help = "Put a text behind every caption that is not blank, once"


class Dedupe(BulkVerb):
    """Drop repetitions."""

    name, keys, ask = "bulk_dedupe", ("u",), "dedupe"
    help = "Of tags that stand more than once, keep the first"


class OrderTags(BulkVerb):
    """Order tags."""

    name, keys, ask = "bulk_order", ("o",), "order"
    help = "Move these tags, where they are there, to the front in this order"


class NextScope(BulkCommand):
    """Choose other images."""

    name, keys, hint = "next_scope", ("tab",), "images"
    help = "Choose for which images: this one, those selected, those filtered, all"
    why_not = staticmethod(_one_scope)


class PreviousScope(BulkCommand):
    """Choose other images, the other way."""

    name, keys = "previous_scope", ("shift+tab",)
    help = "The same, the other way round"
    why_not = staticmethod(_one_scope)


class Take(BulkCommand):
    """Take the edit under the cursor."""

    name, keys, hint = "take_row", ("enter",), "take"
    help = "Take the edit under the cursor; with a line typed, show what it would change"


VERBS: tuple[type[BulkVerb], ...] = (
    *(TriggerWord, OtherTrigger, AddTag, DropTag, RenameTag, ReplaceText, RegexText, PrefixText, SuffixText),
    *(Dedupe, OrderTags),
)
"""The edits, in the order of the list."""
BULK: tuple[type[ListCommand], ...] = (*VERBS, Take, NextScope, PreviousScope)
ALL: tuple[type[ListCommand], ...] = (*BULK, *EVERYWHERE)
