"""Every term, every order, and following what changes."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.view import View
from engine.finding import patience
from engine.finding.finder import Finder, GivenUp
from engine.finding.language import parse
from engine.review import queue
from engine.review.drafts import Unwritten
from tests.engine.finding.conftest import ALL, BIG, IMG2, IMG10, NONE, ODD, B

if TYPE_CHECKING:
    from tests.engine.finding.conftest import Search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("cat", [IMG10, IMG2]),
        ('"long hair"', [IMG10, ODD]),
        ("STRASSE", [BIG]),
        ("straße", [BIG]),
        ("img1", [IMG10]),
        ("tag:cat", [IMG10, IMG2]),
        ("tag:long_hair", [IMG2, ODD]),
        ('tag:"* hair"', [IMG2, ODD]),
        ('tag:"saber (fate)"', [IMG2]),
        ("tag:saber_(fate)", [IMG2]),
        ("tag:hair", []),
        ("tag:?at", [IMG10, IMG2]),
        ("caption:d*field", [BIG]),
        ("caption:d?g", [BIG]),
        ("caption:*", ALL),
        ("name:big", [BIG]),
        ("name:cat", []),
        ("path:cat", [IMG10, IMG2]),
        ("name:img?.png", [IMG2]),
        ("folder:dog", [BIG, B]),
        ("folder:10_*", [IMG10, IMG2]),
        ("folder:cat", []),
        ("tags=0", [BIG, B, NONE]),
        ("tags>2", [IMG2, ODD]),
        ("chars=0", [B, NONE]),
        ("chars>=51", [BIG]),
        ("tokens>9", [BIG]),
        ("width=90", [IMG2]),
        ("width>163 height=90", [NONE, ODD]),
        ("aspect=16:9", [IMG10]),
        ("aspect<1", [IMG2]),
        ("aspect>=16:9", [IMG10, BIG, B, NONE, ODD]),
        ("aspect!=16:9 aspect>1", [BIG, B, NONE, ODD]),
        ("cat -tag:long_hair", [IMG10]),
        ("NOT (cat OR dog)", [B, NONE, ODD]),
        ("tag:cat and caption:dress or name:none", [IMG10, NONE]),
    ],
)
def test_a_filter_of_texts_and_numbers(read_only: Search, query: str, found: list[str]) -> None:
    """Captions, names, sizes and what they are joined by."""
    assert read_only.found(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pending", [IMG2, BIG, B]),
        ("accepted", [IMG10]),
        ("state:rejected,untouched", [NONE, ODD]),
        ("flagged", [ODD]),
        ("pending flag:no -skipped", [BIG, B]),
        ("is:decided-before", [BIG]),
        ("unreadable", [ODD]),
        ("error:any", [ODD]),
        ("error:trunc*bytes", [ODD]),
        ("error:missing", []),
        ("source:wd", [IMG10, IMG2, BIG, NONE]),
        ("source:*o*", [IMG10, IMG2, BIG, B]),
        ("score(blurry)>0.7", [IMG10, IMG2, BIG, NONE]),
        ("score(blurry@joy)>=0.5", [IMG2]),
        ("score(night)<0.3", [IMG10, IMG2, BIG]),
        ("score(d*)>0.5", [IMG2]),
        ("score(moon)>=0", []),
        ("proposed:blurry", [IMG2]),
        ("proposed:night", [IMG2, BIG]),
        ("proposed:*", [IMG2, BIG]),
        ("changed", []),
    ],
)
def test_a_filter_of_what_was_proposed_and_decided(decided_read_only: Search, query: str, found: list[str]) -> None:
    """States, marks, sources, scores, and what is proposed through the view in force."""
    assert decided_read_only.found(query) == [name for name in ALL if name in found]


def test_stale_is_what_was_made_from_another_picture(decided: Search) -> None:
    """Once a picture was read since it changed, its candidates are stale or not."""
    for name in (IMG2, B):
        decided.frame(name)
    assert decided.found("stale") == [NONE]


def test_a_draft_is_found_until_it_ends(search: Search) -> None:
    """Images with a text that was typed and not written; another cutline's is noticed, too."""
    assert search.found("draft") == []
    for name in (IMG2, NONE):
        search.desk.keep_draft(search.id(name), Unwritten("typed", None))
    assert search.found("draft") == [IMG2, NONE]
    assert search.found("is:draft -tag:cat") == [NONE]
    assert search.found("-draft folder:10_cat") == [IMG10]
    other = search.open()
    other.keep_draft(search.id(IMG2), None)
    other.close()
    assert search.found("draft") == [NONE]


def test_a_folder_and_a_source_that_come_near_are_known(decided_read_only: Search) -> None:
    """Once a question read them."""
    query = parse("folder:10_ OR source:flo")
    assert decided_read_only.finder.find(query) == []
    assert decided_read_only.finder.near(query) == "folder:10_cat"
    assert decided_read_only.finder.near(parse("source:flo")) == "source:florence"


def test_another_view_makes_other_proposals(decided: Search) -> None:
    """What is proposed follows the view; `changed` finds decided images that would look otherwise, and only those."""
    assert decided.found("proposed:night") == [IMG2, BIG]
    decided.desk.change_view("wd", lambda _: View(threshold=0.1))
    assert decided.found("changed") == [IMG10]
    assert decided.found("proposed:night") == [IMG2, BIG]
    decided.desk.change_view("joy", lambda _: View(threshold=0.95))
    assert decided.found("proposed:night") == [IMG2]
    decided.desk.change_view("joy", lambda _: View(top_k=1))
    assert decided.found("proposed:dog") == [IMG2]
    assert decided.found("proposed:blurry score(blurry@joy)>0") == [IMG2]
    decided.desk.change_view("wd", lambda _: View())
    decided.desk.change_view("joy", lambda _: View())
    assert decided.found("changed") == []


def test_what_is_decided_and_undone_is_found_at_once(decided: Search) -> None:
    """Nobody has to say it: the finder sees it in the store."""
    assert decided.found("tag:blurry") == [IMG10, BIG]
    decided.accept(IMG2)
    assert decided.found("tag:blurry") == [IMG10, IMG2, BIG]
    assert decided.found("proposed:*") == [BIG]
    decided.desk.undo_last()
    assert decided.found("tag:blurry") == [IMG10, BIG]
    assert decided.found("proposed:*") == [IMG2, BIG]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("queue", [BIG, B, ODD, IMG10, NONE, IMG2]),
        ("-queue", [IMG2, IMG10, NONE, ODD, BIG, B]),
        ("path", ALL),
        ("-path", ALL[::-1]),
        ("name", [B, BIG, IMG2, IMG10, NONE, ODD]),
        ("pending", [IMG2, BIG, B, IMG10, NONE, ODD]),
        ("newest", [ODD, NONE, B, BIG, IMG10, IMG2]),
        ("tokens", [BIG, ODD, IMG10, IMG2, B, NONE]),
        ("-t5", [NONE, B, IMG2, IMG10, ODD, BIG]),
        ("doubt", [IMG2, BIG, IMG10, B, NONE, ODD]),
        ("-doubt", [BIG, IMG2, IMG10, B, NONE, ODD]),
        ("disagreement", [BIG, IMG2, IMG10, B, NONE, ODD]),
        ("change", [IMG2, B, BIG, IMG10, NONE, ODD]),
        ("-change", [BIG, IMG2, B, IMG10, NONE, ODD]),
    ],
)
def test_orders(decided_read_only: Search, order: str, found: list[str]) -> None:
    """Each order and its reverse; what has no rank stands last, by path."""
    assert decided_read_only.found("", order) == found


def test_a_picture_that_cannot_be_measured_is_known_as_unreadable(search: Search) -> None:
    """Who asks for sizes opens all pictures; what is found out is kept, once."""
    (search.root / B).write_bytes(b"not a png...")
    search.desk.scan()
    assert search.found("error:any") == []
    assert B not in search.found("width>0")
    assert search.found("error:*kind*") == search.found("unreadable") == [B]
    assert search.desk.counts().unreadable == 1
    before = search.desk.store.db.total_changes
    search.finder = Finder(search.desk)
    search.found("width>0")
    assert search.desk.store.db.total_changes == before


def test_a_shuffle_is_kept_by_its_seed(search: Search) -> None:
    """Another finder shuffles alike, another seed otherwise."""
    first = search.found("", "random:1")
    assert sorted(first) == sorted(ALL)
    search.finder = Finder(search.desk)
    assert search.found("", "random:1") == first
    ids = queue.order(search.desk.entries.values(), "random:1")
    assert [os.fsdecode(search.desk.entries[image].key) for image in ids] == first
    assert search.found("", "-random:1") == first[::-1]
    assert len({tuple(search.found("", f"random:{seed}")) for seed in range(9)}) > 3


def test_other_programs_writing_is_noticed_when_asked(search: Search) -> None:
    """A caption changed, made or removed outside is found after `look_again`."""
    assert search.found("tag:cat") == [IMG10, IMG2]
    (search.root / IMG2).with_suffix(".txt").write_bytes(b"bird")
    (search.root / NONE).with_suffix(".txt").write_bytes(b"cat")
    (search.root / IMG10).with_suffix(".txt").unlink()
    assert search.found("tag:cat") == [IMG10, IMG2]
    search.finder.look_again()
    assert search.found("tag:cat") == [NONE]
    assert search.found("tag:bird tokens=1") == [IMG2]


def test_images_that_share_a_caption_change_together(search: Search) -> None:
    """`a.jpg` and `a.png` have one caption: a decision about one is seen at the other."""
    (search.root / "10_cat/img2.jpg").write_bytes((search.root / IMG2).read_bytes())
    search.desk.scan()
    assert search.found("tag:cat") == [IMG10, "10_cat/img2.jpg", IMG2]
    search.desk.edit(search.frame(IMG2), "bird")
    assert search.found("tag:bird") == ["10_cat/img2.jpg", IMG2]


def test_images_come_go_and_move(search: Search) -> None:
    """New ones are found, vanished ones are not, one that was replaced is measured again."""
    assert search.found("width>0") == ALL
    (search.root / IMG2).unlink()
    new = (search.root / IMG10).with_name("new.png")
    (search.root / IMG10).rename(new)
    new.with_suffix(".txt").write_bytes(b"moved")
    (search.root / B).write_bytes(b"no picture any more")
    search.desk.scan()
    assert search.found() == ["10_cat/new.png", BIG, B, NONE, ODD]
    assert search.found("caption:moved") == ["10_cat/new.png"]
    assert search.found("name:img10 or tag:cat") == []
    assert search.found("width>0", "name") == [BIG, "10_cat/new.png", NONE, ODD]


def test_a_question_is_given_up_and_goes_on_later(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody waits for ends soon; the next question is answered in full."""
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.0)
    seen: list[tuple[int, int]] = []

    def is_reading() -> bool:
        seen.extend(progress for progress in [search.finder.progress] if progress)
        return bool(seen)

    with pytest.raises(GivenUp):
        search.finder.find(parse("tokens>1 width>1 score(cat)>0 changed"), stop=is_reading)
    assert seen == [(0, 6)]
    assert search.finder.progress is None
    assert search.found("tokens>9") == [BIG]


def test_a_newer_question_waits_for_an_older_one_to_give_up(search: Search) -> None:
    """Two threads may ask; one is answered at a time, and neither is answered wrongly."""
    held, newer = threading.Event(), threading.Event()

    def is_old() -> bool:
        held.set()
        return newer.wait(10)

    def old() -> None:
        with pytest.raises(GivenUp):
            search.finder.find(parse("cat"), stop=is_old)

    asking = threading.Thread(target=old)
    asking.start()
    assert held.wait(10)
    newer.set()
    assert search.found("cat") == [IMG10, IMG2]
    asking.join(10)
    assert not asking.is_alive()


def test_another_caption_extension_means_other_captions(search: Search) -> None:
    """Where the dataset's extension changes, all captions are read anew."""
    assert search.found("tag:cat") == [IMG10, IMG2]
    (search.root / NONE).with_suffix(".tags").write_bytes(b"cat")
    search.desk._extension = ".tags"
    assert search.found("tag:cat") == [NONE]
