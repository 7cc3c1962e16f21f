"""Edits as they are typed on the screen: what a line means, and the tag under its cursor."""

from __future__ import annotations

import pytest

from engine.captions.editing.edits import apply_edits
from engine.errors import WrongUsage
from tui.many.bulk_edits import FORMS, Ask, completed, edits_of, told, word_at


@pytest.mark.parametrize(
    ("ask", "line", "edits"),
    [
        ("trigger", "ohwx", "add:ohwx@first"),
        ("trigger", "ohwx, b@d", r"add:b\@d@first add:ohwx@first"),
        ("add", "a, b@first", "add:a add:b@first"),
        ("drop", "bl*, grey", "drop:bl* drop:grey"),
        ("rename", "grey=gray", "rename:grey=gray"),
        ("replace", "a, b=c", "replace:a, b=c"),
        ("regex", r"(\d)girls=\1 girls", r"regex:(\d)girls=\1 girls"),
        ("prefix", "photo, ", "prefix:photo, "),
        ("suffix", ", x", "suffix:, x"),
        ("dedupe", "", "dedupe"),
        ("order", "b , a,", "order:first=b,a"),
    ],
)
def test_a_line_means_what_the_command_means(ask: Ask, line: str, edits: str) -> None:
    """What is typed for a verb gives the edits that the command line takes, tag by tag."""
    assert told(edits_of(ask, line)) == edits


def test_trigger_words_keep_their_order() -> None:
    """Several trigger words stand at the front in the order they were typed."""
    assert apply_edits(b"cat", edits_of("trigger", "one, two")) == b"one, two, cat"


@pytest.mark.parametrize("ask", [ask for ask in FORMS if ask != "dedupe"])
def test_an_empty_line_says_nothing(ask: Ask) -> None:
    """Without a line there is no edit, and it is said what to write."""
    with pytest.raises(WrongUsage) as wrong:
        edits_of(ask, " ,") if ask in ("trigger", "add", "drop", "order") else edits_of(ask, "")
    assert wrong.value.hint


@pytest.mark.parametrize(
    ("ask", "line", "cursor", "typed"),
    [
        ("add", "cat, lon", 8, "lon"),
        ("add", "cat, lon", 2, "ca"),
        ("drop", "", 0, ""),
        ("rename", "long hair=bo", 12, "bo"),
        ("rename", "long, hair=bo", 4, "long"),
        ("replace", "a", 1, None),
    ],
)
def test_the_tag_under_the_cursor(ask: Ask, line: str, cursor: int, typed: str | None) -> None:
    """What is completed is what stands before the cursor since the last separator, or the sign between two names."""
    word = word_at(ask, line, cursor)
    assert (word.typed if word else None) == typed


@pytest.mark.parametrize("tag", ["cat", "saber \\(fate\\)", "a=b", "1@2", "what? *", "o_o"])
@pytest.mark.parametrize("ask", ["add", "drop", "trigger", "order", "rename"])
def test_a_completed_tag_is_meant_as_it_is(ask: Ask, tag: str) -> None:
    """A tag put into a line comes back from it as itself, whatever signs of the grammar are in it."""
    word = word_at(ask, "x", 1)
    assert word is not None
    line, cursor = completed(ask, "x", word, tag)
    assert cursor == len(line)
    (edit,) = edits_of(ask, line + ("=new" if ask == "rename" else ""))
    assert (edit.tags[0] if ask == "order" else edit.text) == tag
    assert not edit.wild
