"""Known tags, and completing what is typed."""

from __future__ import annotations

from collections import Counter

from engine.captions.known.tag_index import Known, TagList
from engine.captions.known.vocabulary import KnownIndex, Vocabulary, count_tags

BOORU = (
    ("long_hair", "general", 4_000_000, "longhair,/lh"),
    ("hatsune_miku", "character", 90_000, "miku"),
    ("saber_(fate)", "character", 30_000, "artoria"),
    ("long_sleeves", "general", 1_500_000, ""),
    (">_<", "general", 50_000, "xd face"),
)


def listed(*rows: tuple[str, str, int, str]) -> TagList:
    """Return a list of known tags."""
    tags = TagList()
    for name, category, count, aliases in rows:
        tags.add(Known(name, category, count), aliases)
    return tags


def vocabulary(own: dict[str, int] | None = None) -> Vocabulary:
    """Return what this dataset and a list know."""
    return Vocabulary(own or {}, KnownIndex([listed(*BOORU)]))


def completions(typed: str, own: dict[str, int] | None = None) -> list[str]:
    """Return the tags that complete what is typed."""
    return [one.tag for one in vocabulary(own).complete(typed)]


def test_the_dataset_comes_first_in_each_kind_of_hit() -> None:
    """A beginning counts for more than a later word, that for more than an alias; within each this dataset's lead."""
    own = {"long coat": 2, "very long hair": 9}
    assert completions("long", own) == ["long coat", "long hair", "long sleeves", "very long hair"]


def test_an_alias_completes_to_its_tag() -> None:
    """The tag is suggested, with the alias that was typed."""
    (one,) = vocabulary().complete("/l")
    assert (one.tag, one.alias, one.category, one.count, one.source) == (
        "long hair",
        "/lh",
        "general",
        4_000_000,
        "list",
    )
    (one,) = vocabulary({"Hatsune Miku": 3}).complete("mik")[:1]
    assert (one.tag, one.alias) == ("Hatsune Miku", "")  # a word of the tag itself


def test_an_alias_of_a_tag_of_this_dataset_leads_to_its_spelling() -> None:
    """The dataset's own spelling and count win, the category comes from the list."""
    (one,) = vocabulary({"Saber (Fate)": 3}).complete("artoria")
    assert (one.tag, one.alias, one.category, one.count, one.source) == (
        "Saber (Fate)",
        "artoria",
        "character",
        3,
        "dataset",
    )


def test_tags_are_spelled_as_the_dataset_spells_its_tags() -> None:
    """Spaces unless most of its tags have underscores; escapes where it has them; faces stay faces."""
    assert completions("saber") == ["saber (fate)"]
    assert completions("saber", {"blue_eyes": 5, "red hair": 1}) == ["saber_(fate)"]
    assert completions("saber", {r"miku \(x\)": 5}) == [r"saber \(fate\)"]
    assert completions("xd") == [">_<"]
    assert completions(">_") == [">_<"]


def test_how_it_is_typed_does_not_matter() -> None:
    """Capitals, underscores and escapes in what is typed are those of the key."""
    for typed in ("Long_h", "LONG H", "long  h"):
        assert completions(typed) == ["long hair"]
    assert completions(r"saber \(f") == ["saber (fate)"]
    assert completions("saber \\") == ["saber (fate)"]


def test_a_space_ends_a_word() -> None:
    """Behind `long ` no `longsword` is meant."""
    assert completions("long ", {"longsword": 9}) == ["long hair", "long sleeves"]


def test_what_nearly_fits() -> None:
    """A slip is forgiven in tags of the dataset and of lists, the nearest first."""
    both = vocabulary({"long coat": 2})
    assert both.fuzzy("lnog h")[0].tag == "long hair"
    assert {one.tag for one in both.fuzzy("lnog")} == {"long coat", "long hair", "long sleeves"}
    assert both.fuzzy("lnog")[0].tag == "long coat"
    assert both.fuzzy("lnog", stop=lambda: True) == []


def test_nothing_typed_gives_the_most_frequent() -> None:
    """Where a list is asked for before anything is typed, it holds what this dataset uses most."""
    assert completions("", {"solo": 5, "sky": 9})[:3] == ["sky", "solo", "long hair"]


def test_lists_are_joined() -> None:
    """A tag of several lists is one: the first one's spelling, any category, the highest count, all aliases."""
    first = listed(("Long Hair", "", 5, ""), ("solo", "", 1, "alone"))
    joined = Vocabulary({}, KnownIndex([first, listed(*BOORU), listed(("solo", "general", 0, "single"))]))
    (hair, *_) = joined.complete("long h")
    assert (hair.tag, hair.category, hair.count) == ("Long Hair", "general", 4_000_000)
    assert [joined.complete(alias)[0].tag for alias in ("alone", "single")] == ["solo", "solo"]


def test_tags_of_captions_are_counted() -> None:
    """Weights are left out; prose, missing files, networks and broken bytes are no tags."""
    captions = [
        b"solo, (long hair:1.2)",
        b"long hair\n",
        None,
        b"A cat sits on the mat.",
        b"<lora:x:1>, caf\xe9, a\x1b[2J",
    ]
    assert count_tags(captions) == Counter({"solo": 1, "long hair": 2})


def test_the_most_usual_spelling_of_the_dataset_wins() -> None:
    """One tag in two spellings is one, with the counts of both."""
    (one,) = Vocabulary({"Long Hair": 2, "long_hair": 3}).complete("long")
    assert (one.tag, one.count) == ("long_hair", 5)
