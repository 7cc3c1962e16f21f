"""Joining two changes of a caption: nothing that one side alone did is lost, and where both did something, it is said."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.captions.caption import parse, tag_key
from engine.captions.three_way.merge3 import Conflict, merge3

WINDOW = b"cat, sofa, window\n"
LONG = b"A white dog runs over a wide green field."

MERGED = {
    "a tag added outside stays": (WINDOW, b"cat, sofa\n", b"cat, sofa, window, red\n", b"cat, sofa, red\n"),
    "a tag removed outside stays away": (WINDOW, b"cat, sofa\n", b"sofa, window\n", b"sofa\n"),
    "a tag comes back to its place": (b"cat, sofa", b"cat, dog, sofa", b"cat, sofa, x", b"cat, dog, sofa, x"),
    "a trigger is taken off the front": (b"trigger, cat", b"cat", b"trigger, cat, red", b"cat, red"),
    "a spelling goes back": (b"long hair, b", b"long_hair, b", b"long hair, c", b"long_hair, c"),
    "an order goes back": (b"t, a, b", b"a, b, t", b"t, a, b, c", b"a, b, c, t"),
    "a double comes back": (b"a, b", b"a, b, a", b"a, b, c", b"a, b, a, c"),
    "lines stay lines": (b"a,\nb,\nc", b"a,\nc", b"a,\nb,\nc,\nd", b"a,\nc,\nd"),
    "line ends and the last comma stay": (b"a,b,c,\r\n", b"a,c,\r\n", b"a,b,c,d,\r\n", b"a,c,d,\r\n"),
    "a fence stays where it is": (b"x ||| a, b", b"x ||| a", b"x, y ||| a, b", b"x, y ||| a"),
    "their spacing stays": (b"a, b, c", b"a, b", b"a ,b ,c ,d", b"a ,b ,d"),
    "a BOM that came stays": (b"a, b", b"a", b"\xef\xbb\xbfa, b, c", b"\xef\xbb\xbfa, c"),
    "a created file that grew keeps what grew": (b"tree", None, b"tree, more", b"more"),
    "a created file without anything else goes": (b"tree, leaf", None, b"leaf, tree", None),
    "a created file with nothing left but a BOM goes": (b"tree", None, b"\xef\xbb\xbftree", None),
    "a file that was there again takes both": (None, b"a, b", b"c", b"c, a, b"),
    "bytes that are no UTF-8 are kept": (b"caf\xe9, b", b"caf\xe9", b"caf\xe9, b, c\xff", b"caf\xe9, c\xff"),
    "words at other places": (
        LONG,
        b"A dog runs over a wide green field.",
        b"A white dog runs over a wide red field.",
        b"A dog runs over a wide red field.",
    ),
    "a sentence behind one that goes": (
        b"A dog runs. It is brown.",
        b"A dog runs.",
        b"A dog runs. It is brown. The sky is blue.",
        b"A dog runs. The sky is blue.",
    ),
    "tags before prose": (b"red, cat. " + LONG, b"cat. " + LONG, b"red, cat, big. " + LONG, b"cat, big. " + LONG),
}

CONFLICTS = {
    "both spell a tag anew": (b"a, b", b"A, b", b"a_, b"),
    "one removes what the other spells anew": (b"long hair, b", b"b", b"long_hair, b"),
    "both order anew": (b"a, b, c", b"b, a, c", b"c, b, a"),
    "the file was removed": (b"a, b", b"a", None),
    "it was written anew": (b"new", LONG, b"someone else"),
    "it was emptied": (b"a, b", b"a", b"\n"),
    "the same words": (LONG, LONG.replace(b"white", b"black"), LONG.replace(b"white", b"brown")),
    "a word equal by chance between words that change": (
        b"A man sat by a small red and old house in the rain.",
        b"A man sat by a big blue and new hut in the rain.",
        b"A man sat by a small red or old house in the rain.",
    ),
    "a word of a sentence that goes": (LONG, None, LONG.replace(b"white", b"black")),
    "text in another encoding": (b"a, b", b"a", "a, b, c".encode("utf-16")),
}


@pytest.mark.parametrize("name", MERGED)
def test_what_both_did_is_there(name: str) -> None:
    """Both changes are in the joined caption, each written and spaced as it was."""
    base, mine, theirs, expected = MERGED[name]
    assert merge3(base, mine, theirs) == expected


@pytest.mark.parametrize("name", CONFLICTS)
def test_where_both_did_the_same_there_is_no_answer(name: str) -> None:
    """What cannot be joined is refused with a reason and with what to do."""
    base, mine, theirs = CONFLICTS[name]
    with pytest.raises(Conflict, match="edit it by hand"):
        merge3(base, mine, theirs)


def test_another_separator() -> None:
    """Tags that stand between semicolons are joined with semicolons."""
    assert merge3(b"a; b", b"a", b"a; b; c", ";") == b"a; c"


TAG = st.sampled_from(["cat", "Cat", "sofa", "long hair", "long_hair", "1girl", "a b c", "été", "b:1.2", "x"])
GAP = st.sampled_from([", ", ",", ",\n", " , ", " ||| "])
PROSE = st.sampled_from(["", "A dog runs over the field.", "A cat sits. It is red.", "The sky is blue, and wide."])
RAW = st.one_of(st.none(), st.binary(max_size=12), st.text("ab,.| \nA", max_size=16).map(str.encode))


@st.composite
def captions(draw: st.DrawFn) -> bytes:
    """Make tags with all kinds of things between them, then prose."""
    tags = draw(st.lists(TAG, max_size=6))
    text = "".join(tag + (draw(GAP) if place < len(tags) - 1 else "") for place, tag in enumerate(tags))
    prose = draw(PROSE)
    text += (". " if text and prose else "") + prose + draw(st.sampled_from(["", "\n", ",\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()


@given(RAW | captions(), RAW | captions())
def test_one_change_alone_is_taken_as_it_is(base: bytes | None, changed: bytes | None) -> None:
    """Where only one side did something, the result is that side's, byte for byte."""
    assert merge3(base, changed, base) == changed
    assert merge3(base, base, changed) == changed
    assert merge3(base, changed, changed) == changed


@given(RAW | captions(), RAW | captions(), RAW | captions())
def test_no_tag_is_lost_and_none_comes_back(base: bytes | None, mine: bytes | None, theirs: bytes | None) -> None:
    """A tag is there exactly where no side removed it, or one added it; whatever the bytes are."""
    merged = _merged(base, mine, theirs)
    was, now, there, found = (_keys(raw) for raw in (base, mine, theirs, merged))
    assert _counted(found) == _counted((was & now & there) | (now - was) | (there - was))


@given(captions(), captions(), captions())
def test_no_word_of_prose_is_lost_that_only_one_side_touched(base: bytes, mine: bytes, theirs: bytes) -> None:
    """A word that both left alone is there, and so is every word that one put in."""
    merged = _merged(base, mine, theirs)
    was, now, there, found = (_words(raw) for raw in (base, mine, theirs, merged))
    assert (was & now & there) | (now - was) | (there - was) <= found


@given(st.lists(TAG, min_size=1, max_size=6, unique_by=tag_key), st.data())
def test_the_file_keeps_what_stands_between_its_tags(tags: list[str], data: st.DataObject) -> None:
    """Taking a tag back that was put behind leaves the rest of a file that was spaced anew, byte for byte."""
    gaps = data.draw(st.lists(GAP, min_size=len(tags), max_size=len(tags)))
    spaced = "".join(tag + gap for tag, gap in zip(tags, gaps, strict=True)) + "zebra"
    before, after = ", ".join(tags), ", ".join([*tags, "put behind"])
    merged = merge3(after.encode(), before.encode(), f"{spaced}, put behind\n".encode())
    assert merged == f"{spaced}\n".encode()


def _merged(base: bytes | None, mine: bytes | None, theirs: bytes | None) -> bytes | None:
    try:
        return merge3(base, mine, theirs)
    except Conflict:
        assume(False)
        raise


def _keys(raw: bytes | None) -> set[tuple[str, int]]:
    """Return the tags, each with how many of its like stand before it."""
    seen: Counter[str] = Counter()
    found = set()
    for tag in parse(raw).tags:
        key = tag_key(tag.text)
        found.add((key, seen[key]))
        seen[key] += 1
    return found


def _counted(keys: set[tuple[str, int]]) -> Counter[str]:
    return Counter(key for key, _ in keys)


def _words(raw: bytes | None) -> set[str]:
    caption = parse(raw)
    return set() if caption.prose is None else set(caption.text[slice(*caption.prose)].split())
