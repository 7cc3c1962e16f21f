"""Filters as text: what they mean, and where they are wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.finding.language import BadQuery, parse, query_text
from engine.finding.language.grammar import DEEPEST, LONGEST
from engine.finding.language.query import And, Mark, Node, Not, Number, Or, Score, Text
from tests.engine.finding.language.trees import TREES


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_a_tree_written_and_read_is_the_same(tree: Node) -> None:
    """Whatever a filter says, its text says it, too."""
    assert parse(query_text(tree)).node == tree


WORDS = "tag caption score ( ) - ' \" : > = 0.5 75 AND or not pending a* \\ @ , . ?".split()  # noqa: SIM905  (reads better)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from([*WORDS, " "]), max_size=14).map("".join)))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    """No text ends in anything but a tree or an error that points into it."""
    wrong = _fault(text)
    if wrong is None:
        node = parse(text).node
        assert parse(query_text(node)).node == node
    else:
        assert 0 <= wrong.at <= wrong.end <= len(text)
        assert f"at character {wrong.at + 1}" in wrong.message
        assert wrong.hint


def _fault(text: str) -> BadQuery | None:
    try:
        parse(text)
    except BadQuery as wrong:
        return wrong
    return None


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("cat", Text("", "cat")),
        ("Pending", Mark("pending")),
        ('"pending"', Text("", "pending")),
        ("pending,flagged", Or((Mark("pending"), Mark("flagged")))),
        ("state:pending,untouched", Or((Mark("pending"), Mark("untouched")))),
        ("flagged,state:pending", Or((Mark("flagged"), Mark("pending")))),
        ("decided_before", Text("", "decided_before")),
        ("flag:no", Not(Mark("flagged"))),
        ("is:stale", Mark("stale")),
        ("a b OR c", Or((And((Text("", "a"), Text("", "b"))), Text("", "c")))),
        ("not a and b", And((Not(Text("", "a")), Text("", "b")))),
        ("-a -(b or c)", And((Not(Text("", "a")), Not(Or((Text("", "b"), Text("", "c"))))))),
        ("NOT(a)", Not(Text("", "a"))),
        ("notes", Text("", "notes")),
        ("tag:saber_(fate)", Text("tag", "saber_(fate)")),
        (r"tag:saber_\(fate\)", Text("tag", "saber_(fate)")),
        ("(tag:a)", Text("tag", "a")),
        ("tag:'long hair'", Text("tag", "long hair")),
        ("girl's", Text("", "girl's")),
        (r"a\*b*", Text("", r"a\*b*")),
        ("tokens>75", Number("tokens", ">", 75)),
        ("tokens:>=75", Number("tokens", ">=", 75)),
        ("t5>100 T5:7", And((Number("t5", ">", 100), Number("t5", "=", 7)))),
        ("t5x>1", Text("", "t5x>1")),
        ("tags:3", Number("tags", "=", 3)),
        ("chars == 10", Number("chars", "=", 10)),
        ("aspect>1.5", Number("aspect", ">", 1.5)),
        ("aspect=16:9", Number("aspect", "=", 16 / 9, (16, 9))),
        ("score(cat)>.5", Score("cat", "", ">", 0.5)),
        ("score(long hair@wd*) <= 0.5", Score("long hair", "wd*", "<=", 0.5)),
        ("score(saber (fate))>0.5", Score("saber (fate)", "", ">", 0.5)),
        ('score("a@b"@"c")>0.5', Score("a@b", "c", ">", 0.5)),
        ("score(@_@)>0.5", Score("@_@", "", ">", 0.5)),
        (":3", Text("", ":3")),
        (">_<", Text("", ">_<")),
        ("a>b", Text("", "a>b")),
        ("1:1", Text("", "1:1")),
    ],
)
def test_what_is_written_means(text: str, tree: Node) -> None:
    """Words, quotes, brackets and comparisons mean what the documentation says."""
    assert parse(text).node == tree


@pytest.mark.parametrize(
    ("text", "at", "end", "says"),
    [
        ("", 0, 0, "nothing to look for"),
        ("(cat", 0, 1, "a parenthesis is not closed"),
        ("cat) dog", 3, 4, "never opened"),
        (")", 0, 1, "never opened"),
        (" ) cat", 1, 2, "never opened"),
        ("cat ()", 5, 6, "nothing between"),
        ("cat AND", 4, 7, "nothing follows AND"),
        ("cat (dog OR )", 9, 11, "nothing follows OR"),
        ("OR cat", 0, 2, "nothing stands before OR"),
        ("cat -", 4, 5, "nothing follows -"),
        ("cat NOT", 4, 7, "nothing follows NOT"),
        ('tag:"cat', 4, 5, "a quote is not closed"),
        ('"cat"s', 5, 6, "behind a quote"),
        ("a stat:pending", 2, 6, "no term `stat`"),
        ("state:pending,acepted", 6, 21, "`acepted` is nothing"),
        ("tag:", 0, 4, "nothing follows tag:"),
        ("token>75", 0, 5, "`token` has no number"),
        ("tokens>many", 7, 11, "`many` is no number"),
        ("tokens>", 7, 7, "tokens needs a number"),
        ("tokens>75px", 7, 11, "`75px` is no number"),
        ("tokens>1e9", 7, 10, "`1e9` is no number"),
        ("tokens>12345678901234567890", 7, 27, "is no number"),
        ("aspect=16:0", 7, 11, "two sides"),
        ("score(cat)", 0, 10, "compared with nothing"),
        ("score(cat>0.5", 0, 6, "score( is not closed"),
        ("score()>0.5", 0, 7, "needs a tag"),
        ("score(cat)>2", 11, 12, "at most 1"),
    ],
)
def test_an_error_points_at_what_is_wrong(text: str, at: int, end: int, says: str) -> None:
    """Each kind of mistake is named, with its place."""
    with pytest.raises(BadQuery, match="at character") as wrong:
        parse(text)
    assert (wrong.value.at, wrong.value.end) == (at, end)
    assert says in wrong.value.message
    assert wrong.value.exit_code == 2


def test_the_nearest_known_word_is_named() -> None:
    """A misspelt term is met with the right one."""
    with pytest.raises(BadQuery, match=r"did you mean caption\?"):
        parse("capton:cat")


@pytest.mark.parametrize(
    "text", ["(" * 5000, "-" * 3000 + "a", "not " * 900 + "a", "a" * (LONGEST + 1), "(" * DEEPEST + "(a"]
)
def test_what_is_too_much_is_refused(text: str) -> None:
    """Depth and length have limits, so that no text can exhaust the interpreter."""
    with pytest.raises(BadQuery, match=r"too deeply|longer than"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("pending -flagged error:trunc*", {"entries"}),
        ("folder:a or name:b", {"paths"}),
        ("cat", {"captions", "paths"}),
        ("tokens>1 width>1", {"tokens", "sizes"}),
        ("score(a)>0 source:b", {"candidates"}),
        ("proposed:a changed", {"proposed"}),
    ],
)
def test_a_filter_says_what_it_needs(text: str, needs: set[str]) -> None:
    """So that nothing is read for a question that does not ask for it."""
    assert parse(text).needs == needs
