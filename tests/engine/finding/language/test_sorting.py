"""Orders as text, and the numbers that some of them sort by."""

from __future__ import annotations

import pytest

from engine.errors import WrongUsage
from engine.finding.language import Order, parse_order
from engine.finding.language.sorting import ORDERS, digest, natural, seed_number, shuffled


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_every_order_is_read_both_ways_round(name: str) -> None:
    """Its name alone, and with a minus; written again it is the same."""
    assert parse_order(name) == Order(name)
    assert parse_order(f"-{name}") == Order(name, is_reversed=True)
    assert parse_order(f"-{name}").text == f"-{name}"


def test_random_has_a_seed() -> None:
    """And nothing else has."""
    assert parse_order("random:Seven") == Order("random", seed="seven")
    assert parse_order("random:7").text == "random:7"
    with pytest.raises(WrongUsage, match="nothing behind a colon"):
        parse_order("name:7")


def test_an_unknown_order_is_met_with_the_nearest() -> None:
    """One line says what was meant."""
    with pytest.raises(WrongUsage, match=r"did you mean tokens\?"):
        parse_order("-tokns")


def test_numbers_in_names_count_as_numbers() -> None:
    """`img2` comes before `img10`, whatever the case, the zeros and the folder."""
    keys = [b"a/img10.jpg", b"z/IMG2.jpg", b"b/img007.jpg", b"c/img.jpg", b"img7b.jpg", b"img1\xff.jpg"]
    assert sorted(keys, key=natural) == [
        b"img1\xff.jpg",
        b"z/IMG2.jpg",
        b"b/img007.jpg",
        b"img7b.jpg",
        b"a/img10.jpg",
        b"c/img.jpg",
    ]


def test_shuffling_is_the_same_on_every_machine() -> None:
    """The numbers are written down here."""
    assert digest(b"a.png") == 6266261796961190882
    assert shuffled(digest(b"a.png") ^ seed_number("7")) == 4326205071339109464
