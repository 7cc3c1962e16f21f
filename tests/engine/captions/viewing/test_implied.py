"""Tags that others say already."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.implied import Implied

KEYS = ("hair", "long hair", "very long hair", "long", "very", "hair ornament", "cat", "dog", "animal", "being")
TABLES = st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(KEYS), max_size=3))


@pytest.mark.parametrize(
    ("keys", "implications", "dropped"),
    [
        (["long hair", "very long hair"], {}, {"long hair"}),
        (["very long hair", "hair"], {}, {"hair"}),
        (["very long hair", "long"], {}, set()),  # neither the beginning nor the end
        (["very long hair", "long hair", "long"], {}, {"long hair", "long"}),
        (["hair", "hairband"], {}, set()),  # words, not letters
        (["^ ^", "^"], {}, set()),  # one word with a mouth in it
        (["saber", "saber (fate)"], {}, {"saber"}),
        (["cat", "animal"], {"cat": ["animal"]}, {"animal"}),
        (["being", "cat"], {"Cat": ["Animal_"], "animal": ["being"]}, {"being"}),  # through one that is not proposed
        (["hair", "wig"], {"wig": ["long_hair"]}, {"hair"}),
        (["cat", "dog"], {"cat": ["dog"], "dog": ["cat"]}, {"dog"}),
        (["dog", "cat", "animal"], {"cat": ["dog"], "dog": ["cat", "animal"]}, {"cat", "animal"}),
        (["cat"], {"cat": ["cat"]}, set()),
        (["animal"], {"cat": ["animal"]}, set()),
    ],
)
def test_what_is_dropped(keys: list[str], implications: dict[str, list[str]], dropped: set[str]) -> None:
    """A tag goes when another one begins or ends with its words, or it follows from another; never for itself."""
    assert Implied(implications).said_already(keys) == dropped


@given(st.lists(st.sampled_from(KEYS), unique=True), TABLES)
def test_something_always_says_what_was_dropped(keys: list[str], table: dict[str, list[str]]) -> None:
    """Each tag that is dropped is said by one that stays; those that stay say none of each other."""
    implied = Implied(table)
    dropped = implied.said_already(keys)
    kept = [key for key in keys if key not in dropped]
    assert dropped <= set(keys)
    assert bool(kept) == bool(keys)
    assert implied.said_already(kept) == set()
    for key in dropped:
        assert any(key in implied.said_already([one, *(other for other in keys if other != one)]) for one in kept)


def test_long_chains_take_a_moment() -> None:
    """A table of thousands of steps is walked once, not once a tag and image."""
    implied = Implied({f"t{n}": [f"t{n + 1}"] for n in range(5_000)})
    began = time.thread_time()
    for _ in range(1_000):
        assert implied.said_already(["t0", "t4999", "t5000"]) == {"t4999", "t5000"}
    assert time.thread_time() - began < 2
