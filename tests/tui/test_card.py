"""The card: what is chosen across candidates, and what stays chosen when the frame is read anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.view import View
from tui.card import Card

if TYPE_CHECKING:
    from tests.tui.trial import Trial


def card_of(trial: Trial, key: str = "1.png") -> Card:
    """Return a card over an image as it is now."""
    return Card(trial.workspace.frame(trial.workspace.entry_of(key.encode()).id), 1)


def test_only_the_candidate_in_view_is_chosen_at_first(trial: Trial) -> None:
    """Another candidate contributes when it is shown, or when its hunks were chosen by hand."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", window=0.9, lamp=0.8)
    card = card_of(trial)
    assert card.result() == b"cat, sofa"
    card.look_at(1)
    assert card.result() == b"cat, window, lamp"
    card.toggle()
    card.look_at(0)
    assert card.result() == b"cat, sofa, lamp"


def test_choices_survive_a_newer_frame(trial: Trial) -> None:
    """After the caption changed outside, what was chosen stays chosen where it still exists."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, window=0.8, lamp=0.7)
    card = card_of(trial)
    card.move_cursor(1)
    card.toggle()
    (trial.root / "1.txt").write_bytes(b"cat, sofa")
    renewed = card.renewed(card_of(trial).frame)
    assert renewed.visit == card.visit
    assert renewed.result() == b"cat, sofa, lamp"


def test_stale_candidate_is_not_chosen_by_itself(trial: Trial) -> None:
    """A candidate made from another picture changes nothing unless the person chooses from it."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    trial.image("1.png").workspace.scan()
    (trial.root / "1.png").write_bytes((trial.root / "1.png").read_bytes() + b"\0")
    trial.workspace.scan()
    card = card_of(trial)
    assert card.candidate is not None
    assert card.candidate.stale
    assert card.result() == b"cat"
    card.toggle()
    assert card.result() == b"cat, sofa"


def test_cursor_goes_round(trial: Trial) -> None:
    """From the last hunk the next one is the first; a card without hunks has nowhere to go."""
    trial.image("1.png", "cat").image("2.png")
    trial.tags("1.png", sofa=0.9, window=0.8)
    card = card_of(trial)
    card.move_cursor(-1)
    assert card.cursor == 1
    bare = card_of(trial, "2.png")
    bare.move_cursor(1)
    bare.toggle()
    assert bare.result() is None


def test_choices_survive_a_threshold_that_goes_up_and_down(trial: Trial) -> None:
    """What was left out stays out when its tag is back, tags that are new are chosen, the cursor stays on its tag."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, window=0.8, lamp=0.2)
    image = trial.workspace.entry_of(b"1.png").id
    card = card_of(trial)
    card.toggle()
    card.move_cursor(1)
    high, low = (Card(trial.workspace.frame(image, {"tagger": View(threshold=to)}), 1).frame for to in (0.95, 0.1))
    nothing = card.renewed(high)
    assert nothing.result() == b"cat"
    back = nothing.renewed(low)
    assert back.result() == b"cat, window, lamp"
    swapped = Card(trial.workspace.frame(image, {"tagger": View(threshold=0.1, first=("lamp",))}), 1).frame
    assert card.renewed(swapped).hunks[card.renewed(swapped).cursor].new == "window"
