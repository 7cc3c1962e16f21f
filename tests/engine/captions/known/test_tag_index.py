"""Tags in arrays, found by how they begin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import tag_key
from engine.captions.known.tag_index import ALIAS, TAG, WORD, Known, TagIndex, TagList, keys_of

WORDS = st.lists(
    st.sampled_from(["long", "hair", "lo", "h", "blue", "(x)", "é", ":d", "hairband"]), min_size=1, max_size=4
)


def index_of(*tags: tuple[str, int, str]) -> TagIndex:
    """Return an index of tags with counts and aliases."""
    columns = TagList()
    for name, count, aliases in tags:
        columns.add(Known(name, "general", count), aliases)
    return TagIndex(columns)


@given(st.lists(st.text(alphabet="aB_ \\(x)é\u3000ß", max_size=6)))
def test_keys_of_many_are_those_of_each(names: list[str]) -> None:
    """The fast way over many names gives what the careful one gives for each."""
    assert keys_of(names) == [tag_key(name) for name in names]


@given(st.lists(WORDS, min_size=1, max_size=30, unique_by=lambda words: tag_key(" ".join(words))), st.data())
def test_every_beginning_is_found(names: list[list[str]], data: st.DataObject) -> None:
    """Exactly the tags are found of which the name or a word begins so, names first, then by count."""
    tags = [(" ".join(words), count, "") for count, words in enumerate(names)]
    index = index_of(*tags)
    name = tag_key(data.draw(st.sampled_from(tags))[0])
    typed = name[: data.draw(st.integers(1, len(name)))]
    begin = [(TAG, -count, tag) for tag, count, _ in tags if tag_key(tag).startswith(typed)]
    later = [(WORD, -count, tag) for tag, count, _ in tags if _has_word(tag_key(tag), typed)]
    wanted = [tag for _, _, tag in sorted(begin) + sorted(set(later) - {(WORD, count, tag) for _, count, tag in begin})]
    assert [index.known(hit.place).name for hit in index.beginning(typed, 100)] == wanted


def _has_word(key: str, typed: str) -> bool:
    starts = [at for at in range(1, len(key)) if key[at].isalnum() and not key[at - 1].isalnum()]
    return any(key.startswith(typed, at) for at in starts)


def test_an_alias_leads_to_its_tag() -> None:
    """A hit on an alias says which one it was; a hit on the name itself counts for more."""
    index = index_of(("long hair", 9, "longhair,/lh"), ("longsword", 5, "lh blade"))
    assert [(hit.kind, hit.alias) for hit in index.beginning("longh", 5)] == [(ALIAS, "longhair")]
    assert [(hit.place, hit.alias) for hit in index.beginning("/l", 5)] == [(0, "/lh")]
    assert [(hit.place, hit.kind, hit.alias) for hit in index.beginning("long", 5)] == [(0, TAG, ""), (1, TAG, "")]


def test_tags_alike_beyond_the_sorted_bytes_are_told_apart() -> None:
    """What is typed is compared to its end, however long names are alike."""
    index = index_of(*((f"looking at viewer from {side}", count, "") for count, side in enumerate(("above", "below"))))
    assert [index.known(hit.place).name for hit in index.beginning("looking at viewer from b", 5)] == [
        "looking at viewer from below"
    ]


def test_a_tag_is_found_by_its_key() -> None:
    """Only the whole key of a tag finds it; an alias is no key."""
    index = index_of(("Long_Hair", 9, "lh"), ("long", 2, ""))
    place = index.find("long hair")
    assert place is not None
    assert index.known(place).name == "Long_Hair"
    assert (index.find("long hai"), index.find("lh"), index.find("")) == (None, None, None)


def test_a_tag_is_found_by_all_of_its_key() -> None:
    """Keys that are alike for many letters are told apart: completing one tag must never write another."""
    index = index_of(("holding weapon in left hand", 3, ""), ("holding weapon in right hand", 2, ""))
    assert [index.find(f"holding weapon in {side} hand") for side in ("left", "right", "each")] == [0, 1, None]


def test_every_tag_may_have_a_category_of_its_own() -> None:
    """A list whose second column says something else of each tag, as a translation, is read like any other."""
    tags = TagList()
    for number in range(1 << 15 | 1):
        tags.add(Known(f"t{number}", f"word {number}", 0))
    assert TagIndex(tags).known(1 << 15).category == f"word {1 << 15}"


def test_without_tags_nothing_is_found() -> None:
    """An empty index answers."""
    index = index_of()
    assert (len(index), index.beginning("a", 5), index.beginning("", 5), index.find("a")) == (0, [], [], None)


def test_the_most_frequent_come_first() -> None:
    """Of more hits than are asked for the most frequent are returned, and a tag that fits twice once."""
    index = index_of(*((f"a{number} a{number}", number, f"alias{number}") for number in range(500)))
    found = [index.known(hit.place).count for hit in index.beginning("a", 12)]
    assert found == list(range(499, 487, -1))
