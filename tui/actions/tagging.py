"""Actions of the tags screen: what is done to a tag wherever it stands, and to several at once."""

from __future__ import annotations

from typing import Protocol

from tui.actions.listing import EVERYWHERE, ListCommand, ListSituation, no_item


class TagSituation(ListSituation, Protocol):
    """What an action on tags can depend on."""

    @property
    def marked(self) -> int:
        """How many tags are selected."""

    @property
    def scope_count(self) -> int:
        """How many choices of images there are."""


class TagCommand(ListCommand):
    """One action of the tags screen."""

    group = "On the tags screen"


def _too_few(now: TagSituation) -> str:
    return no_item(now) or ("" if now.marked > 1 else "merging needs two selected tags or more")


def _nothing_marked(now: TagSituation) -> str:
    return "" if now.marked else "no tag is selected"


def _one_scope(now: TagSituation) -> str:
    return "" if now.scope_count > 1 else "there are no other images to choose: nothing is filtered or selected"


class ShowTag(TagCommand):
    """Filter the review by a tag."""

    name, keys, hint = "show_tag", ("enter",), "filter"
    help = "Go back to the review, with only the images that have this tag"
    why_not = staticmethod(no_item)


class SearchTags(TagCommand):
    """Search tags."""

    name, keys, hint = "search_tags", ("slash",), "search"
    help = "List only tags with this text in them; with * (any text) or ? (any character) the whole tag is compared"


class MarkTag(TagCommand):
    """Select a tag."""

    name, keys, hint = "mark_tag", ("v", "space"), "select"
    help = "Select this tag, or let it go, and go to the next"
    why_not = staticmethod(no_item)


class UnmarkTags(TagCommand):
    """Let go of all tags."""

    name, keys = "unmark_tags", ("L",)
    help = "Let go of all selected tags"
    why_not = staticmethod(_nothing_marked)


class RenameTag(TagCommand):
    """Rename a tag."""

    name, keys, hint = "rename_tag", ("r",), "rename"
    help = "Give this tag another name wherever it stands; where that one is there already, this one goes"
    why_not = staticmethod(no_item)


class MergeTags(TagCommand):
    """Merge tags."""

    name, keys, hint = "merge_tags", ("m",), "merge"
    help = "Give all selected tags one name; a caption with several of them has it once"
    why_not = staticmethod(_too_few)


class DropTags(TagCommand):
    """Drop tags."""

    name, keys, hint = "drop_tags", ("d",), "drop"
    help = "Take the selected tags, else the one under the cursor, out of every caption"
    why_not = staticmethod(no_item)


class AddTag(TagCommand):
    """Add a tag."""

    name, keys, hint = "add_tag", ("a",), "add"
    help = "Put a tag on every image that is selected, else filtered, else on all; the one under the cursor is offered"


class SortTags(TagCommand):
    """Sort otherwise."""

    name, keys, hint = "sort_tags", ("o",), "order"
    help = "Order by count, by name, or by which share of a tag's images is among those chosen"
    why_not = staticmethod(no_item)


class OtherImages(TagCommand):
    """Choose other images."""

    name, keys, hint = "other_images", ("tab",), "images"
    help = "Choose whose tags are counted and changed: all images, those filtered, those selected"
    why_not = staticmethod(_one_scope)


TAGS: tuple[type[ListCommand], ...] = (
    *(ShowTag, SearchTags, MarkTag, UnmarkTags, RenameTag, MergeTags, DropTags, AddTag, SortTags, OtherImages),
)
ALL: tuple[type[ListCommand], ...] = (*TAGS, *EVERYWHERE)
