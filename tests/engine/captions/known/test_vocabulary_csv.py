"""Tag lists in the CSV form of the A1111 tag completion."""

from __future__ import annotations

import pytest

from engine.captions.known.vocabulary_csv import read_known_tags

PLAIN = b'1girl,0,6000000,"girl,sole_female"\nlong_hair,0,4300000,"/lh,longhair"\nmiku,4,100,\n'


def _lines(raw: bytes) -> list[tuple[str, str, int, str]]:
    tags = read_known_tags(raw).tags
    return list(zip(tags.names, tags.categories, tags.counts, tags.aliases, strict=True))


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        b"name,category,count,aliases\n" + PLAIN,
        b"\n" + PLAIN + b"\n \n",
    ],
)
def test_a_list_is_read(raw: bytes) -> None:
    """Name, category, count and aliases come as they stand, with mark, header, empty lines and any line ends."""
    assert _lines(raw) == [
        ("1girl", "general", 6000000, "girl,sole_female"),
        ("long_hair", "general", 4300000, "/lh,longhair"),
        ("miku", "character", 100, ""),
    ]
    assert read_known_tags(raw).broken == 0


def test_a_line_may_end_early() -> None:
    """A plain list of tags is a list, too; a tag may be called name."""
    assert _lines(b"solo\nname,0,5\nsky,0\n") == [
        ("solo", "", 0, ""),
        ("name", "general", 5, ""),
        ("sky", "general", 0, ""),
    ]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 1, 3, 4, 5), ("general", "artist", "copyright", "character", "meta")),
        ((0, 1, 3, 4, 5, 7, 8), ("general", "artist", "copyright", "character", "species", "meta", "lore")),
        ((0, 5, 7, 12, 14), ("general", "meta", "general", "species", "meta")),
        ((0, 99), ("general", "")),
    ],
)
def test_categories_are_numbered_as_the_site_does(numbers: tuple[int, ...], words: tuple[str, ...]) -> None:
    """Danbooru's 5 is meta and e621's is species; in a list of both e621's numbers stand behind the others."""
    raw = "\n".join(f"tag{number},{number},1" for number in numbers).encode()
    assert [category for _, category, _, _ in _lines(raw)] == list(words)


def test_a_category_may_be_a_word() -> None:
    """Words are taken as they are, in small letters."""
    assert _lines(b"a,Character,1") == [("a", "character", 1, "")]


@pytest.mark.parametrize(
    "line",
    [
        b'"half a quote,0,1',
        b",0,1",
        b"a,0,many",
        b'"a, b",0,1',
        b"caf\xe9,0,1",
        b"x" * 200_000,
        b"a,0,-5",
        b"a,0," + b"9" * 20,
        b"a,0," + b"9" * 5_000,
    ],
)
def test_a_broken_line_is_counted_and_harms_no_other(line: bytes) -> None:
    """What is no tag is left out, and its place told; every other line is read."""
    found = read_known_tags(PLAIN + line + b"\n" + b"sky,0,7\n")
    assert (found.broken, found.first_broken) == (1, 4)
    assert found.tags.names == ["1girl", "long_hair", "miku", "sky"]


def test_a_category_too_long_for_a_number_is_a_word() -> None:
    """Digits without end are no category that any site has, and nothing fails on them."""
    assert _lines(b"a," + b"9" * 5_000) == [("a", "9" * 5_000, 0, "")]


def test_rubbish_is_no_list() -> None:
    """Nothing fails on bytes that are no text at all."""
    assert len(read_known_tags(bytes(range(256)) * 50).tags) < 300
    assert read_known_tags(b"").tags.names == []
