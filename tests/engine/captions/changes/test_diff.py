"""What a candidate changes, and that nothing a person wrote goes with it."""

from __future__ import annotations

import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import Caption, parse, tag_key
from engine.captions.changes.diff import Candidate, Hunk, Merge, apply, diff, kept
from engine.captions.viewing.view import ViewedTag, text_of

MERGES = st.sampled_from(["append", "prepend", "fill", "replace"])
WORD = st.text("abcdefghij", min_size=1, max_size=5)
TAG = st.lists(WORD, min_size=1, max_size=2).map(" ".join)
PROSE = st.lists(
    st.sampled_from(
        ["a", "the", "cat", "dog", "sits", "on", "under", "big", "red", "sofa,", "bed.", "It", "is\n\nlying"]
    ),
    min_size=1,
).map(lambda words: "A " + " ".join(words) + " end.")
RAW = st.binary() | st.text(st.sampled_from("ab, .|\r\né;A")).map(str.encode) | PROSE.map(str.encode)


def tags(*names: str, merge: Merge = "append") -> Candidate:
    """Return a tagger's candidate."""
    return Candidate(1, "tags", tags=tuple(ViewedTag(name, 0.5, "general", name) for name in names), merge=merge)


def prose(text: str, merge: Merge = "fill") -> Candidate:
    """Return a captioner's candidate."""
    return Candidate(2, "prose", text=text, merge=merge)


def accepted(raw: bytes | None, candidate: Candidate, separator: str = ",") -> bytes | None:
    """Return what the file becomes when the hunks chosen on opening are accepted."""
    current = parse(raw, separator)
    return apply(current, [hunk for hunk in diff(current, candidate) if hunk.chosen])


def labels(raw: bytes | None, candidate: Candidate) -> list[str]:
    """Return the hunks' labels, those not chosen in brackets."""
    return [h.label if h.chosen else f"[{h.label}]" for h in diff(parse(raw), candidate)]


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        (None, b"b, c d"),
        (b"", b"b, c d"),
        (b"a", b"a, b, c d"),
        (b"a, b,", b"a, b, c d,"),
        (b"a,B", b"a,B,c d"),
        (b"a, C_D\n", b"a, C_D, b\n"),
        (b"\xef\xbb\xbfa\r\nx\r\n", b"\xef\xbb\xbfa\r\nx\r\nb\r\nc d\r\n"),
        (b"caf\xe9, a", b"caf\xe9, a, b, c d"),
        (b"1girl, solo. A girl stands here.\n", b"1girl, solo, b, c d. A girl stands here.\n"),
        (b"A girl stands here.\n", b"b, c d, A girl stands here.\n"),
        (b"a, a", b"a, a, b, c d"),
        (b"miku ||| a", b"miku ||| a, b, c d"),
        (b"b, c d", b"b, c d"),
    ],
)
def test_appended_tags(raw: bytes | None, after: bytes) -> None:
    """New tags go behind the last one in the file's own style, before prose; known ones are left out."""
    assert accepted(raw, tags("b", "c d")) == after


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        (b"a,x\n", b"b,c d,a,x\n"),
        (b"  a", b"  b, c d, a"),
        (b"A girl stands here.", b"b, c d, A girl stands here."),
        (b"miku ||| a", b"b, c d, miku ||| a"),
    ],
)
def test_prepended_tags(raw: bytes, after: bytes) -> None:
    """Under prepend new tags go before the first."""
    assert accepted(raw, tags("b", "c d", merge="prepend")) == after


def test_replacing_tags() -> None:
    """Under replace what the candidate lacks goes, and what it has comes to stand in its order and spelling."""
    candidate = tags("long hair", "smile", "b", merge="replace")
    assert labels(b"a, Long_Hair, b,c", candidate) == ["-a", "-c", "Long_Hair → long hair", "+smile"]
    assert accepted(b"a, Long_Hair, b,c", candidate) == b"long hair, smile, b"
    assert accepted(b"1girl. A girl stands here.\n", candidate) == b"long hair, smile, b\n"


@pytest.mark.parametrize(
    ("raw", "new", "said"),
    [
        (b"a, b, c, d", ("b", "c", "a", "d"), ["↕a"]),
        (b"a, b, c, d", ("d", "a", "b", "c"), ["↕d"]),
        (b"a, b, c", ("c", "b", "a"), ["↕c", "↕b"]),
        (b"a, x, b", ("b", "a"), ["-x", "↕b"]),
        (b"A_1, b", ("b", "a 1", "c"), ["↕b", "A_1 → a 1", "+c"]),
        (b"a, b, a", ("a", "b"), ["-a"]),
    ],
)
def test_moved_tags(raw: bytes, new: tuple[str, ...], said: list[str]) -> None:
    """Under replace as few tags as possible are moved, each by a hunk of its own; a repeated one goes."""
    candidate = tags(*new, merge="replace")
    assert labels(raw, candidate) == said
    assert accepted(raw, candidate) == ", ".join(new).encode()


def test_one_move_of_several_is_good_on_its_own() -> None:
    """A moved tag leaves everything else where it was, in the file's own style."""
    current = parse(b"\xef\xbb\xbfa,b ,  c,\td,\r\n")
    (move, *_) = diff(current, tags("d", "c", "a", "b", merge="replace"))
    assert move.label == "↕d"
    assert apply(current, [move]) == b"\xef\xbb\xbfd,a,b ,  c,\r\n"


def test_renamed_tags() -> None:
    """Under replace another spelling of a tag is a new name, not one tag less and one more."""
    candidate = tags("gray hair", "t-shirt", "saber (fate)", "b", merge="replace")
    assert labels(b"grey hair, tshirt, saber, x", candidate) == [
        "-x",
        "grey hair → gray hair",
        "tshirt → t-shirt",
        "saber → saber (fate)",
        "+b",
    ]


def test_a_new_name_is_only_offered_where_nothing_goes() -> None:
    """Under append the tag is added; that it may stand for another one is offered, and chosen it adds nothing."""
    candidate = tags("gray hair", "Long hair")
    assert labels(b"grey hair, long_hair", candidate) == ["[grey hair → gray hair]", "+gray hair"]
    current = parse(b"grey hair, long_hair")
    assert apply(current, diff(current, candidate)) == b"gray hair, long_hair"


def test_weights_stay() -> None:
    """A weighted tag is the tag, however much it weighs, and keeps its weight under a new name and in a new place."""
    assert labels(b"(long hair:1.2), ((b))", tags("long hair", "b", "c")) == ["+c"]
    candidate = tags("b", "gray hair", merge="replace")
    assert labels(b"(grey_hair:1.2), ((b))", candidate) == ["↕((b))", "(grey_hair:1.2) → (gray hair:1.2)"]
    assert accepted(b"(grey_hair:1.2), ((b))", candidate) == b"((b)), (gray hair:1.2)"


@pytest.mark.parametrize(
    ("raw", "name", "merge", "said"),
    [
        (b"(9)", "(9)", "append", []),
        (b"(9)", "(9)", "replace", []),
        (b"(9)", r"\(9\)", "append", []),
        (b"(9)", r"\(9\)", "replace", [r"(9) → \(9\)"]),
        (b"9", "(9)", "append", []),
    ],
)
def test_a_name_in_brackets_that_is_there_is_not_offered(raw: bytes, name: str, merge: Merge, said: list[str]) -> None:
    """Brackets around a tag of the caption may be its name, escaped or not; what accepting would not write is no change."""
    assert labels(raw, tags(name, merge=merge)) == said


def test_kept_tags_have_their_scores() -> None:
    """What both the caption and the candidate say is told with the score, once, as the caption spells it."""
    candidate = Candidate(
        1, "tags", (ViewedTag("long hair", 0.9, "general", "long_hair"), ViewedTag("b", 0.5, "", "b"))
    )
    assert kept(parse(b"a, Long_Hair, long hair, b c"), candidate, ()) == (("Long_Hair", 0.9, "general"),)
    assert kept(parse(b"a"), prose("a"), ()) == ()


def test_what_is_offered_anew_is_not_kept() -> None:
    """A tag that would be moved or spelt anew is a change, and told as one alone."""
    current, candidate = parse(b"(c, a, x:1.2), B"), tags("a", "b", "c", merge="replace")
    hunks = diff(current, candidate)
    assert [hunk.label for hunk in hunks] == ["-x", "B → b", "↕c"]
    assert [one.text for one in kept(current, candidate, hunks)] == ["a"]


def test_filling() -> None:
    """Under fill a blank caption is written; another is offered the replacement, with nothing chosen."""
    assert accepted(None, prose("A cat.")) == b"A cat."
    assert accepted(b" \n", prose("A cat.")) == b"A cat. \n"
    assert accepted(b", ,", tags("b", merge="fill")) == b"b, ,"
    assert labels(b"a, b", tags("b", "c", merge="fill")) == ["[-a]", "[+c]"]
    assert labels(b"a, b", prose("A cat sits here.")) == ["[-a, b]", "[+A cat sits here.]"]
    assert accepted(b"a, b", prose("A cat sits here.")) == b"a, b"


@pytest.mark.parametrize(
    ("raw", "merge", "after"),
    [
        (b"a, b,\n", "append", b"a, b, It sits.\n"),
        (b"a, b", "prepend", b"a, b, It sits."),
        (b"A cat stands here.\n", "append", b"A cat stands here. It sits.\n"),
        (b"A cat stands here.\n", "prepend", b"It sits. A cat stands here.\n"),
        (b"a cat standing on a sofa", "append", b"a cat standing on a sofa. It sits."),
        (b"1cat, solo. A cat stands here.", "prepend", b"1cat, solo. It sits. A cat stands here."),
        (b"Here is a cat. It  sits.", "append", b"Here is a cat. It  sits."),
        (b"1cat, solo,\r\n", "replace", b"It sits.\r\n"),
        (b"1cat, solo. A cat stands here.\n", "replace", b"It sits.\n"),
    ],
)
def test_prose_candidates(raw: bytes, merge: Merge, after: bytes) -> None:
    """Prose goes behind tags, beside prose as a sentence, or instead of all; text already there is not repeated."""
    assert accepted(raw, prose("It sits.", merge)) == after


def test_a_text_that_is_one_of_the_tags_is_not_added() -> None:
    """A captioner that says no more than a tag adds nothing, but may still replace the rest."""
    assert labels(b"solo, w00ly_world", prose("W00ly world", "append")) == []
    assert accepted(b"solo, w00ly_world", prose("W00ly world", "replace")) == b"W00ly world"
    assert labels(b"w00ly world\n", prose("w00ly world", "replace")) == []


def test_prose_is_changed_word_by_word() -> None:
    """Between two similar texts only the runs of words that differ are hunks, each good on its own."""
    raw = b"A black cat sits on the sofa, looking up. It is  old.\n"
    candidate = prose("A black cat sleeps on the sofa, looking up. It is  very old. Light falls in.", "replace")
    hunks = diff(parse(raw), candidate)
    assert [hunk.label for hunk in hunks] == ["sits → sleeps", "+very", "+Light falls in."]
    assert apply(parse(raw), hunks[:1]) == b"A black cat sleeps on the sofa, looking up. It is  old.\n"
    assert (
        apply(parse(raw), hunks[1:]) == b"A black cat sits on the sofa, looking up. It is  very old. Light falls in.\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("It sits.", "It sits. It is old. It sleeps.", ["+It is old.", "+It sleeps."]),
        ("It sits. It is old. It sleeps.", "It is old.", ["-It sits.", "-It sleeps."]),
        ("It sits. It is old.", "A sofa stands here. It is old.", ["It sits. → A sofa stands here."]),
        ("A red cat is here. It is old.", "A red dog is here. It is very old.", ["cat → dog", "+very"]),
        ("它坐在沙发上。它很老。", "它坐在沙发上。窗外下着雨。它很老。", ["+窗外下着雨。"]),
        ("One. Two. Three.", "Four. Five.", ["One. → Four.", "Two. → Five.", "-Three."]),
    ],
)
def test_no_change_straddles_two_sentences(old: str, new: str, said: list[str]) -> None:
    """A sentence that is wholly new or gone is one hunk; each other hunk stays within its sentence."""
    raw = f"The picture of a cat. {old}".encode()
    candidate = prose(f"The picture of a cat. {new}", "replace")
    assert labels(raw, candidate) == said
    assert accepted(raw, candidate) == f"The picture of a cat. {new}".encode()


def test_a_word_put_in_or_taken_out_takes_its_space_along() -> None:
    """An inserted or removed run leaves single spaces behind."""
    short, long = "A cat sits on the sofa.", "A cat sits quite still on the sofa."
    (put_in,) = diff(parse(short.encode()), prose(long, "replace"))
    (taken_out,) = diff(parse(long.encode()), prose(short, "replace"))
    assert (put_in.op, put_in.label) == ("add", "+quite still")
    assert (taken_out.op, taken_out.label) == ("remove", "-quite still")


def test_unlike_texts_are_one_replacement() -> None:
    """Two texts with little in common are not cut to confetti."""
    raw = b"A woman in a red dress stands in a street at night."
    assert len(diff(parse(raw), prose("Photograph of a man with a hat, in front of cars.", "replace"))) == 1


def test_chinese_is_compared_by_character() -> None:
    """Text without spaces is not one long word."""
    (hunk,) = diff(parse("一只黑猫坐在红色的沙发上。".encode()), prose("一只黑猫坐在蓝色的沙发上。", "replace"))
    assert (hunk.old, hunk.new) == ("红", "蓝")


def test_new_lines_of_a_text_follow_the_file() -> None:
    """A text of several lines takes on the file's line ends, and is no change where only those differ."""
    raw = b"A cat sits here.\r\nIt is old.\r\n"
    assert diff(parse(raw), prose("A cat sits here.\nIt is old.", "replace")) == ()
    assert accepted(raw, prose("A dog sits here.\nIt is old.", "replace")) == b"A dog sits here.\r\nIt is old.\r\n"


def test_a_candidate_that_says_nothing_changes_nothing() -> None:
    """A tagger whose view is empty does not empty a caption, nor does an empty text."""
    assert diff(parse(b"a, b"), tags(merge="replace")) == ()
    assert diff(parse(b"a, b"), prose(" \n", "replace")) == ()


def test_a_tag_that_holds_the_separator_is_several() -> None:
    """What would be read back as two tags is offered as two, and a newline in a tag does not end it."""
    assert labels(b"a", tags("a, b", "c\nd")) == ["+b", "+c d"]
    assert accepted(b"a; c", tags("a, b"), ";") == b"a; c; a, b"


def test_additions_carry_their_scores() -> None:
    """A hunk shows the score and category of the tag it adds; removals have none."""
    added, removed = diff(parse(b"a"), tags("b", merge="replace"))[::-1]
    assert (added.score, added.category) == (0.5, "general")
    assert (removed.score, removed.category) == (None, "")


def test_candidates_that_repeat_themselves_offer_each_tag_once() -> None:
    """Two spellings in one candidate are one hunk, in the first spelling."""
    assert labels(b"a", tags("Long_hair", "long hair")) == ["+Long_hair"]


def test_hunks_of_several_candidates_together() -> None:
    """A tagger's and a captioner's chosen hunks make one caption."""
    current = parse(b"a, b")
    together = [
        *diff(current, tags("c")),
        *diff(current, tags("C", "d")),
        *diff(current, prose("It sits here.", "append")),
    ]
    assert apply(current, together) == b"a, b, c, d, It sits here."


def standing(current: Caption, hunks: tuple[Hunk, ...]) -> list[str]:
    """Return the tags that no removal among the hunks covers."""
    gone = [(h.at, h.end) for h in hunks if h.op != "add"]
    return [t.text for t in current.tags if not any(at <= t.start and t.end <= end for at, end in gone)]


@given(RAW, st.lists(TAG), st.sampled_from(["append", "prepend"]))
def test_additions_keep_every_byte(raw: bytes, names: list[str], merge: Merge) -> None:
    """Whatever the file holds, appending and prepending tags only insert, at one place."""
    current = parse(raw)
    hunks = diff(current, tags(*names, merge=merge))
    hunks = tuple(hunk for hunk in hunks if hunk.chosen)
    assert all(hunk.op == "add" for hunk in hunks)
    after = apply(current, hunks)
    assert after is not None
    at = hunks[0].at if hunks else 0
    head = len(current.text[:at].encode("utf-8", "surrogateescape")) + 3 * current.bom
    assert after.startswith(raw[:head])
    assert after.endswith(raw[head:])


@given(RAW, PROSE, st.sampled_from(["append", "prepend"]))
def test_added_prose_keeps_every_byte(raw: bytes, text: str, merge: Merge) -> None:
    """Whatever the file holds, added prose leaves all of it in one piece before and one behind."""
    current = parse(raw)
    after = apply(current, diff(current, prose(text, merge)))
    assert after is not None
    assert any(after.startswith(raw[:i]) and after.endswith(raw[i:]) for i in range(len(raw) + 1))


@given(st.lists(TAG), st.lists(TAG, min_size=1), st.sampled_from([",", ", ", "\n", ",\r\n"]), MERGES)
def test_replacing_gives_the_candidates_tags(old: list[str], new: list[str], gap: str, merge: Merge) -> None:
    """With every hunk of a replacement the file has the candidate's tags; a blank one is the candidate's text."""
    current = parse(gap.join(old).encode())
    candidate = tags(*new, merge=merge)
    after = apply(current, diff(current, candidate))
    keys = {tag_key(name) for name in new}
    if merge in ("append", "prepend"):
        keys |= {tag_key(name) for name in old}
    found = [tag.text for tag in parse(after).tags]
    assert {tag_key(tag) for tag in found} == keys
    if merge in ("replace", "fill"):
        assert found == list(dict.fromkeys(new))
    if not old:
        assert after == text_of(dict.fromkeys(candidate.tags)).encode()


@given(PROSE | st.lists(TAG, min_size=1).map(", ".join) | st.just(""), PROSE, st.sampled_from(["\n", "", "\r\n"]))
def test_replacing_gives_the_candidates_text(old: str, new: str, end: str) -> None:
    """With every hunk of a replacement the file has the candidate's text and the newline it ended with."""
    current = parse((old + end).encode())
    after = apply(current, diff(current, prose(new, "replace")))
    assert after == (new.replace("\n", current.newline) + end).encode()


@given(st.lists(TAG, min_size=1), st.lists(TAG), PROSE, MERGES, st.data())
def test_a_tag_disappears_only_by_a_hunk(
    old: list[str], new: list[str], text: str, merge: Merge, data: st.DataObject
) -> None:
    """Any choice among the hunks of two candidates leaves every tag that no chosen removal names, in order."""
    current = parse(", ".join(old).encode())
    hunks = [*diff(current, tags(*new, merge=merge)), *diff(current, prose(text, merge))]
    chosen = tuple(data.draw(st.lists(st.sampled_from(hunks), unique_by=id))) if hunks else ()
    after = parse(apply(current, chosen))
    rest = iter([tag.text for tag in after.tags])
    assert all(tag in rest for tag in standing(current, chosen))


@given(PROSE, PROSE)
def test_any_choice_of_prose_hunks_takes_only_what_it_names(old: str, new: str) -> None:
    """Each pair of hunks changes its own two places and not a byte between."""
    current = parse(old.encode())
    hunks = diff(current, prose(new, "replace")) if current.kind == "prose" else ()
    for one, other in combinations(hunks, 2):
        text = current.text
        expected = text[: one.at] + one.new + text[one.end : other.at] + other.new + text[other.end :]
        if (one.at, one.end) != (other.at, other.end):
            assert apply(current, (other, one)) == expected.encode()
        assert apply(current, (one, other)) == expected.encode()


@given(st.lists(TAG, min_size=2, unique=True), st.lists(TAG, min_size=1, unique=True), st.data())
def test_any_choice_of_tag_hunks_leaves_a_well_formed_list(old: list[str], new: list[str], data: st.DataObject) -> None:
    """Whatever is chosen: exactly the tags that were chosen or not taken away, each once, in the file's style."""
    current = parse(b"\xef\xbb\xbf" + ",".join(old).encode() + b",\r\n")
    hunks = diff(current, tags(*new, merge="replace"))
    chosen = [hunk for hunk in hunks if data.draw(st.booleans())]
    after = apply(current, chosen)
    gone = {h.old for h in chosen if h.op in ("remove", "replace")}
    expected = [tag for tag in old if tag not in gone] + [h.new for h in chosen if h.op in ("add", "replace")]
    assert after is not None
    found = [tag.text for tag in parse(after).tags]
    assert sorted(found) == sorted(expected)
    closing = "," if expected else ""
    assert after == b"\xef\xbb\xbf" + ",".join(found).encode() + f"{closing}\r\n".encode()
    untouched = [tag for tag in old if tag not in {h.old for h in chosen}]
    assert [tag for tag in found if tag in untouched] == untouched


@given(
    st.lists(st.tuples(TAG, st.sampled_from([", ", ",", "\n", " ||| ", ",, "])), min_size=1), st.lists(TAG), st.data()
)
def test_any_choice_keeps_fences(pieces: list[tuple[str, str]], new: list[str], data: st.DataObject) -> None:
    """As long as a tag stands on both sides of where a fence was, one is there."""
    current = parse("".join(tag + gap for tag, gap in pieces[:-1]).encode() + pieces[-1][0].encode())
    hunks = diff(current, tags(*new, merge="replace"))
    moves = [hunk for hunk in hunks if hunk.op == "move"]
    chosen = [hunk for hunk in hunks if hunk not in moves and data.draw(st.booleans())]
    after = apply(current, chosen)
    gone = {hunk.at for hunk in chosen if hunk.op == "remove"}
    left = [i for i, tag in enumerate(current.tags) if tag.start not in gone]
    wanted = sum("|||" in "".join(gap for _, gap in pieces[one:other]) for one, other in pairwise(left))
    assert (after or b"").count(b"|||") >= wanted


@given(
    st.lists(st.sampled_from(["A cat sits.", "It is old.", "Old!", "A dog", "坐。", "Yes.\n", "is, it"])),
    PROSE,
    st.data(),
)
def test_any_choice_of_sentences_is_well_formed(old: list[str], new: str, data: st.DataObject) -> None:
    """All of a replacement gives the new text, none the old bytes, and any choice neither begins nor ends with space."""
    raw = ("A cat. " + " ".join(old)).strip().encode()
    current = parse(raw)
    text = f"A cat. {new} {data.draw(st.sampled_from(['', 'It is old.', 'A cat sits. A cat sits.']))}".strip()
    hunks = diff(current, prose(text, "replace"))
    assert apply(current, ()) == raw
    assert apply(current, hunks) == text.encode()
    after = apply(current, [hunk for hunk in hunks if data.draw(st.booleans())])
    assert after is not None
    assert after == after.strip()


@pytest.mark.parametrize("word", ["cat{} ", "猫{}狗"])
def test_long_texts_are_compared_at_once(word: str) -> None:
    """Five thousand characters with a change in every sentence take a few milliseconds, in any script."""
    stop = "。" if "猫" in word else ". "
    sentence = [word.format(number % 7) for number in range(5000 // len(word))]
    old = "".join(text + (stop if number % 12 == 11 else "") for number, text in enumerate(sentence))
    new = "".join(
        f"{text}{stop}" if number % 12 == 11 else text if number % 5 else "new " for number, text in enumerate(sentence)
    )
    current = parse(f"A cat is here. {old}".encode())
    times = []
    for number in range(5):
        begun = time.thread_time()  # what others do on the machine does not count
        diff(current, prose(f"A cat is here. {new} {number}", "replace"))
        times.append(time.thread_time() - begun)
    assert min(times) < 0.05
