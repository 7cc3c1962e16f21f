"""Several candidates as one, and what they agree on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse, tag_key
from engine.captions.changes.agreement import Agreement
from engine.captions.changes.diff import Candidate, Merge, apply, diff
from engine.captions.changes.merging import Blend, Blended, blend, blends
from engine.captions.viewing.view import ViewedTag

NAMES = st.lists(st.sampled_from(["a", "b", "c d", "C_D", "e", "f"]), unique_by=tag_key)


def tags(*names: str, merge: Merge = "append", score: float = 0.5) -> Candidate:
    """Return a tagger's candidate."""
    return Candidate(1, "tags", tuple(ViewedTag(name, score, "general", name) for name in names), merge=merge)


def blended(raw: bytes, candidates: list[Candidate], name: str) -> Blended:
    """Return the blend of that name of all candidates."""
    current = parse(raw)
    way = next(way for way in blends(candidates, range(len(candidates))) if way.name == name)
    return blend(current, candidates, [diff(current, one) for one in candidates], way)


def written(raw: bytes, candidates: list[Candidate], name: str) -> bytes | None:
    """Return the file after everything in a blend was accepted."""
    return apply(parse(raw), blended(raw, candidates, name).hunks)


def test_the_ways_there_are() -> None:
    """Tags of two or more candidates can be united or cut, and each be put together with each sentence."""
    prose = Candidate(2, "prose", text="It sits.")
    assert blends([tags("a"), prose], (0, 1)) == (Blend("1+2", (0, 1)),)
    assert [way.name for way in blends([tags("a"), tags("b"), prose], range(3))] == ["∪", "∩", "1+3", "2+3"]
    assert [way.name for way in blends([tags("a")] * 3, range(3))] == ["∪", "∩2", "∩"]
    assert blends([tags("a"), tags("b")], (1,)) == ()


def test_tags_of_all_and_of_most() -> None:
    """All tags once, in the first spelling; those of at least two; those of all."""
    candidates = [tags("b", "c d"), tags("C_D", "e", score=0.9), tags("c d", "b")]
    assert written(b"a", candidates, "∪") == b"a, b, c d, e"
    assert written(b"a", candidates, "∩2") == b"a, b, c d"
    assert written(b"a", candidates, "∩") == b"a, c d"
    (hunk,) = blended(b"a", candidates, "∩").hunks
    assert hunk.score == 0.9


def test_whose_each_change_is() -> None:
    """A change belongs to all who propose it; what the blend lacks of a candidate is told."""
    found = blended(b"a", [tags("b", "c d"), tags("C_D", "e")], "∪")
    assert [sorted(who) for who in found.owners] == [[0], [0, 1], [1]]
    assert found.left == {0: (), 1: ()}
    found = blended(b"a", [tags("b", "c d"), tags("C_D", "e")], "∩")
    assert [hunk.label for hunk in found.left[0]] == ["+b"]


def test_a_tag_that_one_would_remove_stays_where_another_proposes_it() -> None:
    """Candidates that replace remove together what the blend lacks, and no more."""
    candidates = [tags("a", merge="replace"), tags("b", merge="replace")]
    assert written(b"a, b, x", candidates, "∪") == b"a, b"
    candidates[1] = tags("b")
    assert written(b"a, x", candidates, "∪") == b"a, x, b"


def test_tags_of_one_and_the_sentence_of_another() -> None:
    """Both are chosen, and neither takes the other away."""
    candidates = [tags("b", merge="replace"), Candidate(2, "prose", text="A cat sits here.", merge="replace")]
    assert written(b"a, x", candidates, "1+2") == b"b, A cat sits here."
    assert written(b"a. A dog sits here.", candidates, "1+2") == b"b. A cat sits here."
    found = blended(b"a. A dog sits here.", candidates, "1+2")
    assert all(hunk.chosen for hunk in found.hunks)
    assert [hunk.label for hunk in found.left[0]] == ["-A dog sits here."]
    assert [hunk.label for hunk in found.left[1]] == ["-a"]


@given(st.lists(NAMES, min_size=2, max_size=4), NAMES, st.sampled_from(["append", "replace"]))
def test_a_blend_holds_what_enough_propose(proposed: list[list[str]], old: list[str], merge: Merge) -> None:
    """Whatever is proposed, the blend adds exactly the tags with enough voices."""
    raw = ", ".join(old).encode()
    candidates = [tags(*names, merge=merge) for names in proposed]
    for way in blends(candidates, range(len(candidates))):
        voices = [{tag_key(name) for name in names} for names in proposed]
        enough = {key for names in voices for key in names if sum(key in one for one in voices) >= way.least}
        after = parse(written(raw, candidates, way.name))
        found = {tag_key(tag.text) for tag in after.tags}
        kept = {tag_key(name) for name in old}
        assert found == (enough if merge == "replace" and enough else kept | enough)


def test_agreement() -> None:
    """Voices are counted whatever the spelling, candidates of prose have none."""
    agreement = Agreement([tags("Long_Hair"), tags("long hair", "b", score=0.75), Candidate(3, "prose", text="b")], ",")
    assert agreement.mark("long hair") == "2/2"
    assert agreement.mark("b") == "1/2"
    assert agreement.scores("b") == (None, 0.75)
    assert Agreement([tags("a")], ",").mark("a") == ""
