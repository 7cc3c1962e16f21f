"""The options of the view: what they become, and what they say when they make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.captions.viewing.view import View
from engine.errors import WrongUsage
from engine.tagging.views import Changes, changed
from tui.shell.parser import Parser
from tui.shell.view_options import FIELDS, add_view_options, view_changes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal


def read(*arguments: object) -> Changes:
    """Read options as `tag` and `accept` do."""
    parser = Parser("tag", "Tag.", "cutline tag")
    add_view_options(parser)
    return view_changes(parser.read([str(argument) for argument in arguments]))


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ([], {}),
        (["--threshold", "0.4"], {"threshold": 0.4}),
        (["--character-threshold", "0.7"], {"categories": {"character": 0.7}}),
        (
            ["--category-threshold", "artist=0.5", "--category-threshold", "meta=1", "--character-threshold", "0"],
            {"categories": {"artist": 0.5, "meta": 1.0, "character": 0.0}},
        ),
        (["--tag-threshold", "a=b=0.5"], {"tags": {"a=b": 0.5}}),
        (["--category-threshold", "", "--tag-threshold", ""], {"categories": {}, "tags": {}}),
        (["--mcut"], {"mcut": True}),
        (
            ["--no-mcut", "--no-escape", "--no-expand-characters"],
            {"mcut": False, "escape": False, "expand_characters": False},
        ),
        (["--top-k", "3"], {"top_k": 3}),
        (["--replace", "a,b;c,"], {"replace": {"a": "b", "c": ""}}),
        (["--replace", ""], {"replace": {}}),
        (
            ["--include-tags", "", "--exclude-tags", "", "--implications", ""],
            {"include": (), "exclude": (), "implications": {}},
        ),
        (["--implied", "drop"], {"implied": "drop"}),
        (
            ["--underscores", "kohya", "--escape", "--expand-characters"],
            {"underscores": "kohya", "escape": True, "expand_characters": True},
        ),
        (
            ["--first", "a, b c,", "--category-order", "character"],
            {"first": ("a", "b c"), "category_order": ("character",)},
        ),
        (["--first", ""], {"first": ()}),
        (["--order", "name", "--rating", "last"], {"order": "name", "rating": "last"}),
    ],
)
def test_options_become_fields(arguments: list[str], fields: dict[str, Any]) -> None:
    """Each option is the field it says; what is not given is left out."""
    assert read(*arguments) == Changes(fields)
    assert isinstance(changed(View(), Changes(fields)), View)


def test_every_field_has_its_option() -> None:
    """A field that the view gains needs an option, or this fails."""
    assert {*FIELDS, "categories", "tags"} == set(View.__struct_fields__)


def test_files(tmp_path: Path) -> None:
    """Lists and tables come from files; a BOM and line ends are nobody's tag."""
    tags, pairs, implied = tmp_path / "tags.csv", tmp_path / "a,b.csv", tmp_path / "implied.csv"
    tags.write_bytes(b"\xef\xbb\xbfname,keep\r\na_b,1\r\nc,0\r\n")
    pairs.write_text("old,new\na,b\n")
    implied.write_text("tag,implied\na,b\n")
    assert read("--include-tags", tags, "--replace", pairs, "--implications", implied).fields == {
        "include": ("a_b",),
        "replace": {"a": "b"},
        "implications": {"a": ("b",)},
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threshold", "2"], "no number from 0 to 1"),
        (["--tag-threshold", "a"], "names no threshold"),
        (["--tag-threshold", "=0.5"], "names no threshold"),
        (["--category-threshold", "a=b"], "no number from 0 to 1"),
        (["--include-tags", "nowhere.txt"], "cannot be read"),
        (["--replace", "nowhere.csv"], "cannot be read"),
        (["--replace", "a,b;" + "c" * 5000], "is no replacement"),
        (["--implied", "drp"], "`drp` is not possible here"),
        (["--view", "mine"], "not possible here"),
        (["--treshold", "1"], "has no option"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], message: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(WrongUsage, match=message) as refusal:
        read(*arguments)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """UTF-16, as some editors save, is named as what is wrong."""
    (tmp_path / "list.txt").write_bytes("a\nb\n".encode("utf-16"))
    with pytest.raises(WrongUsage, match="not UTF-8"):
        read("--exclude-tags", tmp_path / "list.txt")


def test_thresholds_are_added_and_lists_replaced() -> None:
    """One category's threshold leaves those of others; an empty one takes all back; a list is a new list."""
    base = View(categories={"character": 0.85, "artist": 0.5}, tags={"a": 0.1}, exclude=("x",))
    after = changed(base, read("--character-threshold", "0.7", "--tag-threshold", "b=0.2"))
    assert after.categories == {"character": 0.7, "artist": 0.5}
    assert after.tags == {"a": 0.1, "b": 0.2}
    assert after.exclude == ("x",)
    assert changed(base, read("--category-threshold", "")).categories == {}


@pytest.mark.parametrize("command", ["tag", "accept"])
def test_help_has_the_options_in_groups(cutline: Terminal, command: str) -> None:
    """Both commands take them, and say which tags and how they are written apart from the rest."""
    said = cutline(command, "--help").out
    assert said.index("which tags are proposed:") < said.index("--mcut, --no-mcut")
    assert said.index("how they are written:") < said.index("--underscores HOW  ")
