"""Tests of token budgets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.tokens.byte_pairs import BytePairs
from engine.captions.tokens.tokens import ClipCounter, TextCounter, Tokens
from tests.engine.captions.clip_pairs import pairs_text

ANY_TEXT = st.text(st.characters(max_codepoint=0x1FFFF), max_size=40)


@pytest.fixture(scope="module")
def exact() -> ClipCounter:
    """Count with the real vocabulary."""
    return ClipCounter(BytePairs(pairs_text()))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a photo of a cat", 5),
        ("", 0),
        ("  \n\t ", 0),
        ("A  Photo\nof a CAT ", 5),
        ("red hair", 2),
        ("red_hair", 3),
        ("1girl, solo, long hair", 7),
        ("cat,dog , bird", 5),
        ("3.14", 4),
        ("don't", 2),
        ("a <|endoftext|> b", 3),
        ("a\x1cb", 3),
        ("caf\u00e9", 1),
        ("cafe\u0301", 1),
        ("\udcff", 1),
    ],
)
def test_known_texts_take_what_clip_takes(exact: ClipCounter, text: str, tokens: int) -> None:
    """Blanks and capitals cost nothing, a comma, an underscore and each digit one token."""
    assert exact.count(text) == tokens


def test_blocks_end_where_their_last_token_does(exact: ClipCounter) -> None:
    """Each block of 75 tokens ends behind its last word, and the last block has no mark behind it."""
    text = " ".join(["cat"] * 160)
    blocks = exact.blocks(text)
    assert (blocks.tokens, blocks.exact, blocks.ends) == (160, True, (75 * 4 - 1, 150 * 4 - 1))
    assert exact.blocks(" ".join(["cat"] * 150)).ends == (75 * 4 - 1,)
    assert exact.blocks(" ".join(["cat"] * 75)).ends == ()
    assert exact.blocks("", 1) == (0, True, ())


def test_a_block_may_end_inside_a_word(exact: ClipCounter) -> None:
    """The trainer cuts after a token, also where a word goes on: there the mark stands."""
    text = "cat " * 73 + "Antidisestablishmentarianism cat"
    (end,) = exact.blocks(text).ends
    assert text[:end].endswith("Antidise")


def test_a_word_of_many_blocks_has_all_its_marks(exact: ClipCounter) -> None:
    """Text without blanks is cut as often as any other."""
    blocks = exact.blocks("7" * 200)
    assert blocks.ends == (75, 150)


@given(ANY_TEXT, ANY_TEXT)
def test_counts_add_up_over_words(exact: ClipCounter, one: str, other: str) -> None:
    """Two texts with a blank between them take what both take."""
    assert exact.count(f"{one} {other}") == exact.count(one) + exact.count(other)


@given(st.lists(ANY_TEXT, max_size=5).map(" ".join), st.integers(1, 6))
@pytest.mark.parametrize("known", [True, False])
def test_ends_rise_and_cut_the_text_into_blocks(exact: ClipCounter, known: bool, text: str, size: int) -> None:  # noqa: FBT001
    """There is an end for each full block that another token follows; ends rise within the text."""
    blocks = (exact if known else ClipCounter()).blocks(text, size)
    assert len(blocks.ends) == max(0, (blocks.tokens - 1) // size)
    assert list(blocks.ends) == sorted(blocks.ends)
    assert all(0 <= end <= len(text) for end in blocks.ends)


@given(st.lists(st.text("abcdefg ,.0", min_size=1, max_size=8), min_size=1, max_size=20).map(" ".join))
def test_what_stands_before_an_end_is_a_full_block(exact: ClipCounter, text: str) -> None:
    """Where a block ends between words, the text before it takes exactly the blocks up to there."""
    for number, end in enumerate(exact.blocks(text, 3).ends, 1):
        if not text[end : end + 1].strip():
            assert exact.count(text[:end]) == 3 * number


def test_without_a_vocabulary_all_is_an_estimate() -> None:
    """Nothing pretends to be exact, and an estimate is not far off."""
    tokens = Tokens()
    budget = tokens.budget("a photo of a cat on a sofa, 1girl, red hair")
    assert (budget.clip_exact, budget.t5_exact, tokens.blocks("a").exact) == (False, False, False)
    assert 12 <= budget.clip <= 16
    assert budget.clip < budget.t5


def test_t5_is_estimated_from_clip(exact: ClipCounter) -> None:
    """With CLIP's vocabulary alone the one count is exact, the other marked."""
    assert Tokens(exact).budget("a photo of a cat") == (5, True, 7, False)


@pytest.mark.parametrize("text", ["a b a", "a  b\na", "", "\u3000a b", "a \x01"])
def test_texts_are_counted_by_words_only_where_that_is_the_same(text: str) -> None:
    """Plain words are asked for once each; what a tokenizer may change is given to it whole."""
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return len(text.split())

    counter = TextCounter(count)
    assert counter.count(text) == counter.count(text) == len(text.split()) + 1
    plain = text.isascii() and "\x01" not in text
    assert asked == (sorted(set(text.split())) if plain else [text, text])


def test_many_threads_count_the_same(exact: ClipCounter) -> None:
    """Words that several threads meet first at once are counted right."""
    texts = [f"word{number % 50} {number}" for number in range(400)]
    fresh = Tokens(ClipCounter(BytePairs(pairs_text())))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fresh.clip.count, texts)) == [exact.count(text) for text in texts]


def test_words_are_forgotten_before_they_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """More different words than are kept are still counted right."""
    monkeypatch.setattr("engine.captions.tokens.tokens._KNOWN_WORDS", 3)
    counter = ClipCounter()
    assert [counter.count(f"w{number}") for number in range(10)] == [2] * 10
