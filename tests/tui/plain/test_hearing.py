"""What is read out: everything at first, then as little as tells what is different."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.course.test_card import card_of
from tui.plain import hearing, speak

if TYPE_CHECKING:
    from tests.tui.trial import Trial
    from tui.course.card import Card


def heard(trial: Trial, card: Card) -> hearing.Heard:
    """Return what there is to hear of a card."""
    return hearing.heard(card, trial.workspace.entries[card.image])


def news(trial: Trial, before: hearing.Heard, card: Card) -> list[str]:
    """Return what is said of a card that was heard of."""
    return hearing.news(before, card, trial.workspace.entries[card.image])


def test_nothing_is_new_of_what_was_heard(trial: Trial) -> None:
    """The same card says nothing."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    card = card_of(trial)
    assert news(trial, heard(trial, card), card) == []


def test_a_choice_says_the_change_and_the_result(trial: Trial) -> None:
    """One change is one line; many are a number, and a long result is not read again."""
    trial.image("1.png", "cat")
    trial.named_tags("1.png", {f"a rather long tag {n}": 0.9 for n in range(30)})
    card = card_of(trial)
    before = heard(trial, card)
    card.choose(frozenset({0}))
    assert news(trial, before, card) == ["1 of 30 changes chosen.", "Result: cat, a rather long tag 0"]
    before = heard(trial, card)
    card.choose(frozenset(range(30)) - {1})
    before = heard(trial, card)
    card.choose(frozenset(range(30)))
    said = news(trial, before, card)
    assert said[0] == "2 chosen: add a rather long tag 1, 0.90"
    assert said[1].startswith("The result has ")
    assert len(said) == 2


def test_long_lists_are_read_in_parts(trial: Trial) -> None:
    """Twenty changes at once; the rest is named with the command that reads it."""
    trial.image("1.png", "cat")
    trial.named_tags("1.png", {f"tag {n}": 0.9 for n in range(45)})
    card = card_of(trial)
    assert speak.changes(card)[-1] == "and 25 more: changes 21 reads on."
    assert speak.changes(card, 40)[-1].startswith("45 chosen: add tag ")
    assert len(speak.changes(card, 20)) == 21


def test_a_new_caption_is_read_whole(trial: Trial) -> None:
    """A caption that is another one brings caption, candidates, changes and result."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    card = card_of(trial)
    before = heard(trial, card)
    (trial.root / "1.txt").write_bytes(b"two\nlines\n")
    renewed = card.renewed(card_of(trial).frame)
    assert hearing.is_changed(before, renewed)
    assert not hearing.is_new(before, renewed)
    said = news(trial, before, renewed)
    assert said[:3] == ["Caption, 2 lines:", "  two", "  lines"]
    assert said[-1].startswith("  ") or said[-1].startswith("Result")


def test_a_move_among_changes_reads_the_one_at_the_cursor(trial: Trial) -> None:
    """The change under the cursor is read alone; a mark is said alone."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, lamp=0.8)
    card = card_of(trial)
    before = heard(trial, card)
    card.move_cursor(1)
    assert news(trial, before, card) == ["2 chosen: add lamp, 0.80"]
    before = heard(trial, card)
    trial.workspace.mark(card.image, "flag")
    assert news(trial, before, card) == ["Now pending, flagged."]


def test_every_kind_of_change_has_its_words(trial: Trial) -> None:
    """Words stand for the signs of the screen: add, remove, replace, move, who agrees."""
    trial.image("1.png", "cat, dog, bird")
    trial.tags("1.png", source="one", merge="replace", bird=0.9, sofa=0.8, cat=0.7)
    trial.tags("1.png", source="two", sofa=0.6)
    said = speak.changes(card_of(trial))
    assert "1 chosen: remove dog, 0 of 2 propose it" in said
    assert any(line.endswith("move bird, 0.90, 1 of 2 propose it") for line in said)
    assert any(line.endswith("add sofa, 0.80, 2 of 2 propose it") for line in said)


def test_no_caption_no_proposal_and_an_empty_result(trial: Trial) -> None:
    """What is not there is said in words."""
    trial.image("1.png")
    trial.image("2.png", "")
    assert speak.body(card_of(trial)) == [
        "No caption yet.",
        "Nothing is proposed for this image.",
        "Accepting leaves the caption as it is.",
    ]
    assert speak.caption(card_of(trial, "2.png")) == ["The caption is empty."]
