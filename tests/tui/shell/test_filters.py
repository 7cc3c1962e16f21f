"""`--filter` of the commands that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import paths, settings
from engine.review.drafts import Unwritten

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal


@pytest.fixture(autouse=True)
def proposals(shelf: Shelf) -> None:
    """Let a tagger speak about every image."""
    for name in ("a.png", "b.png", "sub/c.png"):
        shelf.propose(name, {"window": 0.9, "blurry": 0.7 if name == "b.png" else 0.1})


def test_accept_answers_only_what_fits(cutline: Terminal, shelf: Shelf) -> None:
    """The others stay pending."""
    said = cutline("accept", shelf.root, "--filter", "pending -score(blurry)>0.5 (tag:cat OR folder:sub)", "--json")
    assert said.json["images"] == 2
    assert [shelf.open().entries[shelf.id(name)].state for name in ("a.png", "b.png", "sub/c.png")] == [
        "accepted",
        "pending",
        "accepted",
    ]


def test_reject_counts_tokens_where_asked(cutline: Terminal, shelf: Shelf) -> None:
    """`tokens` is counted as the screen counts it."""
    said = cutline("reject", shelf.root, "--filter", "tokens>4", "--json")
    assert said.json["images"] == 1


@pytest.mark.parametrize(
    ("text", "images"), [("-tag:cat", 2), ("-tag:cat pending", 2), ("-(tag:cat OR folder:sub)", 1)]
)
def test_a_filter_may_begin_with_not(cutline: Terminal, shelf: Shelf, text: str, images: int) -> None:
    """A value that begins with `-` is no option, and an option behind it is no value."""
    assert cutline("accept", shelf.root, "--filter", text, "--json").json["images"] == images
    assert "there is no order `-dobut`" in cutline("review", shelf.root, "--sort", "-dobut").err
    assert "--filter: expected one argument" in cutline("accept", shelf.root, "--filter", "--json").err


def test_an_estimate_of_tokens_is_told(cutline: Terminal, shelf: Shelf) -> None:
    """As on the card, tokens of T5 are estimated where no tokenizer of it is configured."""
    said = cutline("reject", shelf.root, "--filter", "t5>9", "--json")
    assert said.json["images"] == 1
    assert "--filter: T5 tokens are an estimate" in said.err
    file = paths.config_dir() / settings.FILE_NAME
    file.parent.mkdir(parents=True)
    file.write_text('[tokens]\nt5 = "/nowhere/spiece.model"\n')
    assert "tokens.t5: there is no file" in cutline("accept", shelf.root, "--filter", "t5>1").err


def test_a_filter_and_a_glob_hold_together(cutline: Terminal, shelf: Shelf) -> None:
    """What fits one of them only is left alone."""
    said = cutline("accept", shelf.root, "--filter", "proposed:window", "--images", "?.png", "--json")
    assert said.json["images"] == 2


def test_an_empty_filter_is_none(cutline: Terminal, shelf: Shelf) -> None:
    """As a script gives it that has nothing to say."""
    assert cutline("accept", shelf.root, "--filter", "", "--json").json["images"] == 3


def test_a_filter_that_nothing_fits_is_an_error(cutline: Terminal, shelf: Shelf) -> None:
    """More often a slip than meant."""
    said = cutline("accept", shelf.root, "--filter", "tag:nothing")
    assert said.code == 2
    assert "no image fits the filter tag:nothing" in said.err


def test_a_name_that_is_not_whole_is_told_with_what_there_is(cutline: Terminal, shelf: Shelf) -> None:
    """A folder that begins so, a source that holds it."""
    said = cutline("reject", shelf.root, "--filter", "pending folder:su")
    assert "no image fits the filter pending folder:su (there is folder:sub)" in said.err
    assert "(there is source:tagger)" in cutline("reject", shelf.root, "--filter", "source:agg").err


def test_drafts_are_told_apart(cutline: Terminal, shelf: Shelf) -> None:
    """Whoever accepts in bulk can leave out what somebody is still writing."""
    shelf.desk.keep_draft(shelf.id("a.png"), Unwritten("typed", None))
    assert cutline("accept", shelf.root, "--filter", "NOT draft", "--json").json["images"] == 2


def test_a_mistake_is_shown_with_its_place(cutline: Terminal, shelf: Shelf) -> None:
    """In one line, before anything is opened."""
    said = cutline("accept", shelf.root / "nowhere", "--filter", "pending AND stat:x")
    assert said.code == 2
    assert said.err.startswith("cutline: --filter: there is no term `stat` at character 13 (did you mean state?")
    assert said.err.count("\n") == 1


def test_the_screen_refuses_an_unknown_order(cutline: Terminal, shelf: Shelf) -> None:
    """With the nearest."""
    said = cutline("review", shelf.root, "--sort", "dobut")
    assert said.code == 2
    assert "--sort: there is no order `dobut` (did you mean doubt?)" in said.err


def test_a_filter_kept_under_a_name(cutline: Terminal, shelf: Shelf) -> None:
    """`@name` stands for the filter of that name in the settings; one that is not there is named."""
    file = paths.config_dir() / settings.FILE_NAME
    file.parent.mkdir(parents=True)
    file.write_text('[filters]\nsharp = "-score(blurry)>0.5"\n')
    assert cutline("accept", shelf.root, "--filter", "@sharp folder:sub", "--json").json["images"] == 1
    refused = cutline("accept", shelf.root, "--filter", "@sharpest")
    assert refused.code == 2
    assert "no filter is kept as @sharpest" in refused.err
    assert "sharp" in refused.err
