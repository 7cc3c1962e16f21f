"""Weights around tags, and tags that stand twice."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse
from engine.captions.weights import duplicates, split_weight, unpaired

LONG = 5_000
"""Signs in a text that somebody made to be slow."""


@pytest.mark.parametrize(
    ("text", "prefix", "name", "suffix"),
    [
        ("long hair", "", "long hair", ""),
        ("(long hair:1.2)", "(", "long hair", ":1.2)"),
        ("((x))", "((", "x", "))"),
        ("[x]", "[", "x", "]"),
        ("{x}", "{", "x", "}"),
        ("{[(x:.5)]}", "{[(", "x", ":.5)]}"),
        ("( long hair : 1.1 )", "( ", "long hair", " : 1.1 )"),
        ("((a:1.2):1.3)", "((", "a", ":1.2):1.3)"),
        ("<lora:style:0.8>", "<lora:style:0.8>", "", ""),
        ("saber (fate)", "", "saber (fate)", ""),
        ("(saber (fate):1.2)", "(", "saber (fate)", ":1.2)"),
        (r"saber \(fate\)", "", r"saber \(fate\)", ""),
        (r"\(x\)", "", r"\(x\)", ""),
        ("(long hair", "(", "long hair", ""),
        ("blue eyes:1.2)", "", "blue eyes", ":1.2)"),
        ("re:zero", "", "re:zero", ""),
        (":)", "", ":)", ""),
        ("(o)_(o)", "", "(o)_(o)", ""),
        ("<3", "", "<3", ""),
        ("()", "", "()", ""),
        ("", "", "", ""),
    ],
)
def test_a_weight_is_told_from_the_tag(text: str, prefix: str, name: str, suffix: str) -> None:
    """Brackets and numbers of prompts are weights; escaped brackets, brackets of names and faces are none."""
    assert tuple(split_weight(text)) == (name, prefix, suffix)


@given(st.text(alphabet="ab (){}[]:.12\\<>é_", max_size=24))
def test_no_sign_is_lost(text: str) -> None:
    """The three parts together are the text they came from, whatever it is."""
    parts = split_weight(text)
    assert parts.prefix + parts.name + parts.suffix == text
    start, end = unpaired(text)
    assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(
    ("text", "core"),
    [("(long hair", "long hair"), ("solo:1.2)", "solo"), ("(solo:1.2)", "(solo:1.2)"), ("[[a]", "[a]"), (":(", ":(")],
)
def test_a_bracket_around_several_tags_belongs_to_none(text: str, core: str) -> None:
    """A half of a bracket is left out, a whole one stays with its tag."""
    start, end = unpaired(text)
    assert text[start:end] == core


def test_the_same_tag_in_other_clothes_stands_twice() -> None:
    """Capitals, underscores, escapes and weights make no other tag; a network that is loaded twice is none."""
    text = rb"long hair, solo, (Long_Hair:1.2), saber \(fate\), saber_(fate), <lora:a:1>, <lora:a:1>, [solo], solo"
    assert duplicates(parse(text)) == ((0, 2), (1, 7, 8), (3, 4))
    assert duplicates(parse(b"long hair, hair")) == ()


@pytest.mark.parametrize(
    "text", ["(" * LONG + "x" + ")" * LONG, ")" * LONG, "x" + ":1" * LONG + ")", "\\" * LONG + "("]
)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    """Thousands of brackets cost what their length costs, not its square."""
    began = time.process_time()
    split_weight(text)
    assert time.process_time() - began < 1
