"""The options that say how scores become tags, for every command that takes them, and reading them."""

from __future__ import annotations

from argparse import BooleanOptionalAction
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from engine.captions.viewing.tag_lists import parse_replacements, read_implications, read_replacements, read_tags
from engine.captions.viewing.view import View
from engine.errors import WrongUsage
from engine.tagging.views import Changes
from tui.shell.parser import at_least, given, one_of, score

if TYPE_CHECKING:
    from argparse import Namespace, _ArgumentGroup
    from collections.abc import Callable

    from tui.shell.parser import Parser

_SAID_AS_PAIRS = ("categories", "tags")
FIELDS = tuple(name for name in View.__struct_fields__ if name not in _SAID_AS_PAIRS)
"""Options that are a field of the view each, under the same name."""


def add_view_options(parser: Parser) -> None:
    """Declare the options of the view, in groups of their own."""
    which = parser.add_argument_group(
        "which tags are proposed",
        "What is not given stays as it is in force for the source; no model is run again.\n"
        "A list that is given empty, as in --first '', is taken back.",
    )
    _add_thresholds(which)
    _add_lists(which)
    how = parser.add_argument_group("how they are written")
    _add_spelling(how)


def view_changes(args: Namespace) -> Changes:
    """Return what the person wants of the view."""
    fields: dict[str, Any] = given(args, *FIELDS)
    categories = _pairs(args.category_thresholds)
    if args.character_threshold is not None:
        categories = {**(categories or {}), "character": args.character_threshold}
    if categories is not None:
        fields["categories"] = categories
    if (tags := _pairs(args.tag_thresholds)) is not None:
        fields["tags"] = tags
    return Changes(fields, own=args.view is not None)


def _add_thresholds(group: _ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--view",
        metavar="default",
        type=one_of("default"),
        help="begin with the model's own view, not the one in force",
    )
    add("--threshold", metavar="S", type=score, help="propose tags whose score is at least S, 0 to 1")
    add("--character-threshold", metavar="S", type=score, help="the same for the category character")
    add(
        "--category-threshold",
        metavar="CATEGORY=S",
        dest="category_thresholds",
        action="append",
        type=_threshold_of,
        help="the same for a category; may be given again; other categories stay as they are",
    )
    add(
        "--tag-threshold",
        metavar="TAG=S",
        dest="tag_thresholds",
        action="append",
        type=_threshold_of,
        help="the same for one tag; may be given again; other tags stay as they are",
    )
    _add_switch(group, "mcut", "in each image and category, cut at the widest gap between scores, not at a threshold")
    add("--top-k", metavar="K", type=at_least(0), help="propose at most the K best tags; 0 for all")


def _add_lists(group: _ArgumentGroup) -> None:
    add = group.add_argument
    what = "one a line, or a CSV with a column `name` and, where not all are meant, one of 0 and 1"
    add("--include-tags", metavar="FILE", dest="include", type=tag_list, help=f"propose only tags in FILE: {what}")
    add("--exclude-tags", metavar="FILE", dest="exclude", type=tag_list, help="never propose tags in FILE")
    add(
        "--replace",
        metavar="PAIRS",
        type=replacements,
        help=r"write other tags: 'old,new;old,new' (\, and \; for the signs themselves), or a CSV file old,new",
    )
    add(
        "--implied",
        metavar="HOW",
        type=_choice("implied"),
        help="keep or drop tags that others say already, as `long hair` beside `very long hair`",
    )
    add("--implications", metavar="FILE", type=implications, help="what else is dropped then: a CSV file tag,implied")
    add(
        "--rating",
        metavar="WHERE",
        type=_choice("rating"),
        help="propose the best of the rating tags: first, last, or never; it has no threshold",
    )


def _add_spelling(group: _ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--underscores",
        metavar="HOW",
        type=_choice("underscores"),
        help="spaces in their place (not in ^_^ and its like), keep, or kohya: spaces in tags longer than 3",
    )
    _add_switch(group, "escape", r"put a backslash before ( ) and \, as prompts of the SD web UI need")
    _add_switch(
        group, "expand-characters", "write a character's series as a tag of its own: `saber (fate)` → `saber, fate`"
    )
    add("--first", metavar="TAG,TAG", type=_names, help="these stand first where they are proposed")
    add("--category-order", metavar="NAME,NAME", type=_names, help="these categories stand before all others")
    add("--order", metavar="HOW", type=_choice("order"), help="by score, the highest first, or by name")


def _add_switch(group: _ArgumentGroup, name: str, help_text: str) -> None:
    """Declare `--name` and `--no-name`; neither leaves the view as it is."""
    group.add_argument(f"--{name}", action=BooleanOptionalAction, default=None, help=help_text)


def _choice(field: str) -> Callable[[str], str]:
    """Return a type for an option whose words are those of a field of the view."""
    return one_of(*get_args(get_type_hints(View)[field]))


def _threshold_of(text: str) -> tuple[str, float] | None:
    """Read NAME=S; None for an empty text, which takes all of them back."""
    if not text:
        return None
    name, sign, number = text.rpartition("=")
    if not sign or not name.strip():
        raise WrongUsage(f"`{text}` names no threshold", "write NAME=S, with S from 0 to 1")
    return name.strip(), score(number)


def _pairs(given_pairs: list[tuple[str, float] | None] | None) -> dict[str, float] | None:
    """Return thresholds by name; None where none was given, and none at all where they are taken back."""
    return None if given_pairs is None else dict(pair for pair in given_pairs if pair is not None)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for piece in text.split(",") if (name := piece.strip()))


def tag_list(path: str) -> tuple[str, ...]:
    """Read a list of tags; see `read_tags`. An empty path is an empty list.

    Raises:
        WrongUsage: The file cannot be read, or holds no tag.
    """
    return read_tags(_text(path, "one tag a line"), path) if path else ()


def replacements(text: str) -> dict[str, str]:
    """Read replacements from a file, where the text names one, or from the text itself.

    Raises:
        WrongUsage: They make no sense, or the file cannot be read.
    """
    inline = not text.strip() or ("," in text and not _is_file(text))
    return parse_replacements(text) if inline else read_replacements(_text(text, "old,new in each line"), text)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # longer than any name
        return False


def implications(path: str) -> dict[str, tuple[str, ...]]:
    """Read which tags follow from which; see `read_implications`. An empty path is an empty table.

    Raises:
        WrongUsage: The file cannot be read, or says nothing.
    """
    return read_implications(_text(path, "tag,implied in each line"), path) if path else {}


def _text(path: str, content: str) -> str:
    """Read a text file without its BOM.

    Raises:
        WrongUsage: It cannot be read, or is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}", f"name a text file with {content}") from error
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{path} is not UTF-8 text", "save it as UTF-8") from error
