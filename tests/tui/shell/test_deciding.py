"""`cutline accept` and `cutline reject`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from engine.captions.viewing.scores import TagScore
from engine.captions.viewing.view import View, text_of, view
from engine.tagging.accept import accept_proposals
from tests.engine.captions.views import some_scores, some_views
from tui.shell import deciding

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal


@pytest.fixture(autouse=True)
def proposals(shelf: Shelf) -> None:
    """Let a tagger speak about every image."""
    for name in ("a.png", "b.png", "sub/c.png"):
        shelf.propose(name, {"window": 0.9, "blurry": 0.5})


def test_accept_writes_every_candidate_as_one_group(cutline: Terminal, shelf: Shelf) -> None:
    """All captions get the tags proposed; one undo of the group takes all back."""
    said = cutline("accept", shelf.root, "--json")
    assert said.code == 0
    assert said.json == {"group": 1, "images": 3, "written": 3, "refused": [], "views": []}
    assert shelf.caption("a.png") == b"cat, sofa, window, blurry\n"
    assert shelf.caption("sub/c.png") == b"window, blurry"
    back = cutline("undo", shelf.root, "--group", "1", "--json")
    assert back.code == 0
    assert back.json == {"group": 2, "images": 3, "written": 3, "refused": [], "partly_undone": False, "views": []}
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.caption("sub/c.png") is None


def test_a_second_accept_has_nothing_to_do(cutline: Terminal, shelf: Shelf) -> None:
    """Once everything is decided, accepting again changes nothing and is no failure."""
    cutline("accept", shelf.root)
    said = cutline("accept", shelf.root, "--json")
    assert said.code == 0
    assert said.json == {"group": None, "images": 0, "written": 0, "refused": [], "views": []}
    assert "nothing to do" in cutline("accept", shelf.root).out


def test_tags_below_the_score_are_left(cutline: Terminal, shelf: Shelf) -> None:
    """`--min-score` keeps uncertain tags out of the captions."""
    cutline("accept", shelf.root, "--min-score", "0.8")
    assert shelf.caption("a.png") == b"cat, sofa, window\n"


def test_a_glob_limits_the_images(cutline: Terminal, shelf: Shelf) -> None:
    """`--images` leaves all others pending."""
    said = cutline("accept", shelf.root, "--images", "sub/*", "--json")
    assert said.json["images"] == 1
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_dry_run_shows_diffs_and_changes_nothing(cutline: Terminal, shelf: Shelf) -> None:
    """`--dry-run` prints what would be written; every candidate stays open."""
    said = cutline("accept", shelf.root, "--dry-run")
    assert said.code == 0
    assert "- cat, sofa\n+ cat, sofa, window, blurry\n" in said.out
    assert "sub/c.txt (new file)\n+ window, blurry\n" in said.out
    assert said.out.endswith("3 images would be accepted, 3 captions written\n")
    assert shelf.caption("a.png") == b"cat, sofa\n"
    fields = cutline("accept", shelf.root, "--dry-run", "--json").json
    assert (fields["group"], fields["images"], fields["written"]) == (None, 3, 0)
    assert fields["changes"][0] == {
        "image": "a.png",
        "caption_file": "a.txt",
        "before": "cat, sofa\n",
        "after": "cat, sofa, window, blurry\n",
    }


def test_several_sources_have_to_be_named(cutline: Terminal, shelf: Shelf) -> None:
    """Where candidates of two sources wait for one image, nothing is decided until a source is named."""
    shelf.propose("a.png", {"table": 0.9}, source="other")
    said = cutline("accept", shelf.root)
    assert said.code == 2
    assert "a.png: other, tagger" in said.err
    assert "--source" in said.err
    assert shelf.caption("b.png") == b"A dog runs over a wide green field."
    assert cutline("accept", shelf.root, "--source", "oth*", "--json").json["images"] == 1
    assert shelf.caption("a.png") == b"cat, sofa, table\n"
    assert cutline("accept", shelf.root, "--json").json["images"] == 3


def test_all_sources_can_be_taken_together(cutline: Terminal, shelf: Shelf) -> None:
    """A glob that fits several sources answers all their candidates in one decision an image."""
    shelf.propose("a.png", {"table": 0.9}, source="other")
    assert cutline("accept", shelf.root, "--source", "*", "--json").json == {
        "group": 1,
        "images": 3,
        "written": 3,
        "refused": [],
        "views": [],
    }
    assert shelf.caption("a.png") == b"cat, sofa, window, blurry, table\n"


def test_a_source_nobody_knows_is_named(cutline: Terminal, shelf: Shelf) -> None:
    """A misspelt source is wrong usage, with the nearest right one."""
    said = cutline("accept", shelf.root, "--source", "taggr")
    assert said.code == 2
    assert "did you mean tagger?" in said.err


def test_flagged_and_changed_images_are_left_alone(cutline: Terminal, shelf: Shelf) -> None:
    """What a person flagged, and pictures that changed since they were tagged, stay pending; that is said."""
    shelf.desk.mark(shelf.id("a.png"), "flag")
    (shelf.root / "b.png").write_bytes(b"another picture altogether")
    said = cutline("accept", shelf.root, "--json")
    assert said.code == 0
    assert said.json["images"] == 1
    assert "1 image (flagged)" in said.err
    assert "1 image (changed since it was tagged)" in said.err
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert cutline("reject", shelf.root, "--json").json["images"] == 0


def test_reject_decides_without_writing(cutline: Terminal, shelf: Shelf) -> None:
    """Rejecting answers every candidate and touches no caption."""
    said = cutline("reject", shelf.root, "--json")
    assert said.json == {"group": 1, "images": 3, "written": 0, "refused": []}
    assert shelf.caption("sub/c.png") is None
    assert cutline("stats", shelf.root, "--json").json["rejected"] == 3


def test_what_is_refused_is_named_and_the_rest_goes_on(cutline: Terminal, shelf: Shelf) -> None:
    """A caption that leads out of the dataset is refused; the others are written; the exit code says so."""
    (shelf.root / "a.txt").unlink()
    (shelf.root / "a.txt").symlink_to(shelf.root.parent / "elsewhere.txt")
    said = cutline("accept", shelf.root, "--json")
    assert said.code == 3
    assert (said.json["images"], said.json["refused"][0]["image"]) == (2, "a.png")
    reason = said.json["refused"][0]["reason"]
    assert "outside the dataset (replace the link by a file of its own" in reason
    assert f"a.png: {reason}\n" in said.err
    dry = cutline("reject", shelf.root, "--dry-run", "--json").json
    assert dry["refused"] == [{"image": "a.png", "reason": reason}]
    assert cutline("reject", shelf.root, "--json").json["refused"] == dry["refused"]
    assert not (shelf.root.parent / "elsewhere.txt").exists()


def test_an_interruption_says_what_was_decided(
    cutline: Terminal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between two images ends with 130 and the command that takes the first ones back."""
    real = accept_proposals

    def until_b(desk: object, image: int, *rest: object) -> object:
        if image == shelf.id("b.png"):
            raise KeyboardInterrupt
        return real(desk, image, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(deciding, "accept_proposals", until_b)
    said = cutline("accept", shelf.root)
    assert said.code == 130
    assert "interrupted: 1 image accepted" in said.err
    assert "--group 1" in said.err


def test_accepting_through_another_view(cutline: Terminal, shelf: Shelf) -> None:
    """A threshold given is in force from then on, is part of the step, and goes back with it."""
    before = shelf.desk.view_of("tagger")
    said = cutline("accept", shelf.root, "--threshold", "0.8", "--underscores", "keep", "--json")
    assert said.json == {"group": 1, "images": 3, "written": 3, "refused": [], "views": ["tagger"]}
    assert "what tagger proposes is seen through the new view from now on" in said.err
    assert shelf.caption("a.png") == b"cat, sofa, window\n"
    shelf.desk.refresh()
    assert shelf.desk.view_of("tagger") == View(threshold=0.8, underscores="keep")
    assert {row.group for row in shelf.desk.history() if row.kind in ("view", "accept")} == {1}
    assert cutline("undo", shelf.root, "--json").json["views"] == ["tagger"]
    assert shelf.caption("a.png") == b"cat, sofa\n"
    shelf.desk.refresh()
    assert shelf.desk.view_of("tagger") == before


def test_a_dry_run_looks_through_the_view_and_stores_nothing(cutline: Terminal, shelf: Shelf) -> None:
    """`--dry-run` shows what the view would write; the view in force, captions and journal stay."""
    said = cutline("accept", shelf.root, "--replace", "window,open window;blurry,", "--dry-run")
    assert "+ cat, sofa, open window\n" in said.out
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert list(shelf.desk.history()) == []
    assert (
        cutline("accept", shelf.root, "--dry-run", "--json").json["changes"][0]["after"]
        == "cat, sofa, window, blurry\n"
    )


def test_a_view_goes_to_the_sources_that_are_named(cutline: Terminal, shelf: Shelf) -> None:
    """Other sources keep theirs; with nothing to decide the view is put in force alone."""
    shelf.propose("a.png", {"window": 0.9, "table": 0.4}, source="other")
    assert cutline("accept", shelf.root, "--threshold", "0.1").code == 2  # two sources wait for a.png
    cutline("accept", shelf.root, "--source", "tag*", "--threshold", "0.6")
    shelf.desk.refresh()
    assert [shelf.desk.view_of(source).threshold for source in ("tagger", "other")] == [0.6, 0.35]
    said = cutline("accept", shelf.root, "--source", "tagger", "--threshold", "0.7")
    assert (said.code, said.out) == (0, "")
    assert "new view" in said.err
    assert "nothing to do" in cutline("accept", shelf.root, "--source", "tagger", "--threshold", "0.7").out
    shelf.desk.refresh()
    assert shelf.desk.view_of("tagger").threshold == 0.7


def test_a_view_is_nothing_for_prose(cutline: Terminal, shelf: Shelf) -> None:
    """A source that writes prose has no scores, so options of the view are wrong usage; `--source '*'` passes it over."""
    shelf.propose("sub/c.png", "A cat.", source="captioner", merge="replace")
    said = cutline("accept", shelf.root, "--source", "captioner", "--threshold", "0.5")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "captioner proposes no tags" in said.err
    assert cutline("accept", shelf.root, "--source", "*", "--threshold", "0.6", "--json").json["views"] == ["tagger"]


def test_a_threshold_below_what_was_kept_is_refused(cutline: Terminal, shelf: Shelf) -> None:
    """Scores below the floor are not there; the error says how to have them, and nothing is decided."""
    shelf.propose_scores("a.png", [TagScore("window", 0.9, "general")], source="floored", floor=0.2)
    for option in (["--threshold", "0.1"], ["--tag-threshold", "window=0.1"], ["--character-threshold", "0.19"]):
        said = cutline("accept", shelf.root, "--source", "floored", *option)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "below the lowest score kept, 0.2" in said.err
        assert f"cutline tag {shelf.root} --model floored --again" in said.err
    assert cutline("accept", shelf.root, "--source", "floored", "--threshold", "0.2").code == 0


def test_the_models_own_view_comes_back(cutline: Terminal, shelf: Shelf) -> None:
    """`--view default` begins with the thresholds of the catalogue; where the model is not known it says so."""
    shelf.propose("sub/c.png", {"dark": 0.6, "blurry": 0.4}, source="pixel_stats")
    cutline("accept", shelf.root, "--source", "pixel_stats", "--escape", "--threshold", "0.99", "--exclude-tags", "")
    cutline("accept", shelf.root, "--source", "pixel_stats", "--view", "default", "--order", "name")
    shelf.desk.refresh()
    assert shelf.desk.view_of("pixel_stats") == View(threshold=0.5, order="name")
    said = cutline("accept", shelf.root, "--source", "tagger", "--view", "default")
    assert said.code == 2
    assert "the own view of tagger is not known" in said.err


def test_what_has_no_effect_is_said(cutline: Terminal, shelf: Shelf) -> None:
    """Tags and categories the model never says are named with the nearest, and thresholds under MCut."""
    said = cutline(
        *("accept", shelf.root, "--dry-run", "--tag-threshold", "windw=0.4", "--tag-threshold", "blurry=0.4"),
        *("--category-threshold", "generl=0.4"),
    )
    assert "--tag-threshold: tagger never says `windw` (did you mean window?)\n" in said.err
    assert "tagger has no category `generl` (did you mean general?)\n" in said.err
    cutline("accept", shelf.root, "--mcut", "--images", "a.png")
    assert "--no-mcut" in cutline("accept", shelf.root, "--dry-run", "--threshold", "0.5").err
    assert "--no-mcut" not in cutline("accept", shelf.root, "--dry-run", "--threshold", "0.5", "--no-mcut").err


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_scores(), some_views())
def test_accept_writes_what_the_view_says(shelf: Shelf, scores: list[TagScore], view_in_force: View) -> None:
    """What is written, what the screen would show, and the pure function are one."""
    source = f"s{len(list(shelf.desk.history()))}"
    proposal = shelf.propose_scores("sub/c.png", scores, source=source)
    with shelf.desk.store.transaction() as db:
        shelf.desk.set_view(db, source, view_in_force)
    caption = shelf.root / "sub/c.txt"
    caption.unlink(missing_ok=True)
    (shown,) = [shown for shown in shelf.frame("sub/c.png").candidates if shown.proposal.id == proposal]
    expected = view(scores, view_in_force)
    assert shown.candidate.tags == expected
    accept_proposals(shelf.desk, shelf.id("sub/c.png"), frozenset({proposal}), None)
    assert (caption.read_text() if caption.exists() else "") == text_of(expected)


@pytest.mark.parametrize("raw", ["cat, sofa".encode("utf-16"), b"cat\0, sofa"])
def test_a_dry_run_promises_what_is_done(cutline: Terminal, shelf: Shelf, raw: bytes) -> None:
    """A caption that is not text is left out of the diff and named with the reason that accepting gives."""
    (shelf.root / "a.txt").write_bytes(raw)
    dry = cutline("accept", shelf.root, "--dry-run", "--json")
    assert [change["image"] for change in dry.json["changes"]] == ["b.png", "sub/c.png"]
    rejected = cutline("reject", shelf.root, "--dry-run", "--json").json
    assert (rejected["images"], rejected["refused"]) == (3, [])
    done = cutline("accept", shelf.root, "--json")
    assert "save it as UTF-8 first" in done.json["refused"][0]["reason"]
    assert (dry.code, dry.json["images"], dry.json["refused"]) == (3, 2, done.json["refused"])
    assert (done.code, done.json["images"], dry.err) == (3, 2, done.err)
    assert shelf.caption("a.png") == raw
