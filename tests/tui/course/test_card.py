"""The card: what is chosen across candidates, and what stays chosen when the frame is read anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.viewing.view import View
from tui.course.card import Card

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


def labels_of(card: Card) -> list[str]:
    """Return the labels of what is chosen in view."""
    return [hunk.label for i, hunk in enumerate(card.hunks) if i in card.chosen(card.shown)]


def written(card: Card, trial: Trial, key: str = "1.png") -> bytes | None:
    """Accept a card as the screen does; return the bytes of the file."""
    what = card.decision()
    trial.workspace.accept(what.frame, what.chosen, what.only, hunks=what.hunks)
    return trial.caption(key)


def verdicts(trial: Trial) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the last step said of each candidate."""
    return [(verdict.answer, verdict.hunks) for verdict in list(trial.workspace.history())[-1].verdicts]


def test_a_change_that_is_split_is_taken_in_part(trial: Trial) -> None:
    """Parts are chosen as the whole was; the verdict lists those taken, and what is shown is what is written."""
    trial.image("1.png", "A cat is here.")
    trial.prose("1.png", "A cat is here. It sits, and it sleeps.")
    card = card_of(trial)
    assert card.work()
    assert labels_of(card) == ["+It sits,", "+and it sleeps."]
    card.move_cursor(1)
    card.toggle()
    assert card.work()
    assert labels_of(card) == ["+It sits,"]
    card.cursor = 3
    card.toggle()
    assert card.result() == written(card, trial) == b"A cat is here. It sits, sleeps."
    assert verdicts(trial) == [("partly", ("+It sits,", "+sleeps."))]


def test_a_change_that_is_split_and_taken_whole_is_taken(trial: Trial) -> None:
    """Splitting alone changes nothing of what is written or said."""
    trial.image("1.png", "a, grey hair")
    trial.tags("1.png", merge="replace", a=0.9, gray_hair=0.8)
    card = card_of(trial)
    assert labels_of(card) == ["grey hair → gray hair"]
    card.work()
    assert labels_of(card) == ["-grey hair", "+gray hair"]
    assert written(card, trial) == b"a, gray hair"
    assert verdicts(trial)[0][0] == "taken"


def test_a_change_that_is_written_anew_is_partly_taken(trial: Trial) -> None:
    """What a person wrote is marked as theirs in the verdict, and chosen."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, lamp=0.8)
    card = card_of(trial)
    card.toggle()
    assert card.work("red sofa, bed")
    assert card.result() == b"cat, red sofa, bed, lamp"
    card.move_cursor(2)
    card.work("")
    assert card.result() == written(card, trial) == b"cat, red sofa, bed"
    assert verdicts(trial) == [("partly", ("+red sofa (edited)", "+bed (edited)"))]


def test_splits_and_texts_survive_a_newer_frame(trial: Trial) -> None:
    """After the caption changed outside, what was split and written anew is so again."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, lamp=0.8)
    card = card_of(trial)
    card.work("red sofa, bed")
    card.move_cursor(1)
    card.toggle()
    (trial.root / "1.txt").write_bytes(b"cat, dog")
    renewed = card.renewed(card_of(trial).frame)
    assert renewed.result() == b"cat, dog, red sofa, lamp"
    assert renewed.hunks[renewed.cursor].label == "+bed (edited)"
    assert renewed.renewed(card_of(trial).frame).result() == b"cat, dog, red sofa, lamp"


def test_what_was_answered_is_shown_as_it_was_proposed(trial: Trial) -> None:
    """A change that was written anew, and accepted so, is not listed as left out."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    card = card_of(trial)
    card.work("red sofa")
    trial.workspace.accept(card.frame, card.decision().chosen, hunks=card.decision().hunks)
    renewed = card.renewed(card_of(trial).frame)
    assert [hunk.label for hunk in renewed.hunks] == ["+sofa"]
    assert renewed.chosen(0) == frozenset()


def test_what_was_typed_and_not_taken_counts_where_it_is_asked_for(trial: Trial) -> None:
    """It comes along to a newer frame, is no choice, and is taken only when nothing may be lost; a blend that holds it, too."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.8)
    card = card_of(trial)
    assert card.take_typed() == b"cat"
    card.face(0).type("+sofa", "sofa")
    assert not card.touched
    card.face(0).type("+sofa", "red sofa")
    renewed = card.renewed(card_of(trial).frame)
    assert renewed.result() == b"cat, sofa"
    assert renewed.take_typed() == b"cat, red sofa"
    blend = blended(trial, "∪")
    blend.face(2).type("+lamp", "big lamp")
    blend.look_at(0)
    assert blend.take_typed() == b"cat, sofa, big lamp"


def test_of_two_ways_to_write_a_tag_one_is_chosen(trial: Trial) -> None:
    """A tag is added, or it is the new name of another one: choosing one leaves the other out, and takes it."""
    trial.image("1.png", "grey hair")
    trial.tags("1.png", gray_hair=0.9)
    card = card_of(trial)
    assert labels_of(card) == ["+gray hair"]
    card.toggle()
    assert labels_of(card) == ["grey hair → gray hair"]
    assert card.result() == written(card, trial) == b"gray hair"
    assert verdicts(trial) == [("taken", ("grey hair → gray hair",))]


def blended(trial: Trial, name: str) -> Card:
    """Return a card with a blend in view."""
    card = card_of(trial)
    card.look_at(len(card.frame.candidates) + [way.name for way in card.blends].index(name))
    return card


def test_a_blend_answers_each_of_its_candidates(trial: Trial) -> None:
    """Each verdict lists what was taken of what that candidate proposed; a change that two propose is in both."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9, window=0.8)
    trial.tags("1.png", source="two", window=0.9, lamp=0.8)
    trial.prose("1.png", "A cat sits here.", merge="append")
    card = blended(trial, "∩")
    assert labels_of(card) == ["+window"]
    assert card.result() == b"cat, window"
    card = blended(trial, "∪")
    card.toggle()
    assert card.result() == written(card, trial) == b"cat, window, lamp"
    assert verdicts(trial) == [("partly", ("+window",)), ("taken", ("+window", "+lamp")), ("left", ())]


def test_tags_of_one_with_the_sentence_of_another(trial: Trial) -> None:
    """Both are written, and the candidate that is not in the blend is left."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.8)
    trial.prose("1.png", "A cat sits here.", merge="fill")
    card = blended(trial, "2+3")
    assert card.result() == written(card, trial) == b"cat, lamp, A cat sits here."
    assert verdicts(trial) == [("left", ()), ("taken", ("+lamp",)), ("partly", ("+A cat sits here.",))]


def test_a_blend_counts_while_it_is_in_view(trial: Trial) -> None:
    """Its members' own choices rest meanwhile, those of others count, and back at a candidate the blend is nothing."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.8)
    card = blended(trial, "∪")
    assert card.result() == b"cat, sofa, lamp"
    card.toggle()
    assert card.result() == b"cat, lamp"
    card.look_at(0)
    assert card.result() == b"cat, sofa"
    card.look_at(2)
    assert card.renewed(card_of(trial).frame).result() == b"cat, lamp"


def test_a_blend_opens_with_what_was_done_to_its_candidates(trial: Trial) -> None:
    """Left out, split or written anew in a candidate is so in the blend; there and back again nothing of it is lost."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", smile=0.9, solo=0.8, long_hair=0.7)
    trial.tags("1.png", source="two", rug=0.9, lamp=0.8)
    trial.prose("1.png", "A cat. It sits.", merge="append")
    card = card_of(trial)
    card.toggle()
    card.move_cursor(1)
    card.work("handmade")
    card.look_at(3)
    assert card.result() == b"cat, handmade, long hair, rug, lamp"
    card.cursor = [hunk.label for hunk in card.hunks].index("+rug")
    card.toggle()
    card.look_at(0)
    card.cursor = 2
    card.toggle()
    for renewed in (card, card.renewed(card_of(trial).frame)):
        renewed.look_at(3)
        assert renewed.result() == b"cat, handmade, lamp"
    card.cursor = [hunk.label for hunk in card.hunks].index("+rug")
    card.toggle()
    card.look_at(5)
    assert card.blend is not None
    assert (card.blend.name, card.result()) == ("1+3", b"cat, handmade, A cat. It sits.")
    card.look_at(3)
    assert card.result() == written(card, trial) == b"cat, handmade, rug, lamp"
    assert verdicts(trial) == [("partly", ("+handmade (edited)",)), ("taken", ("+rug", "+lamp")), ("left", ())]


def test_left_out_of_one_and_chosen_by_hand_in_another_is_chosen(trial: Trial) -> None:
    """A tag is left out of the blend in whichever way it is spelled, unless the person chose it of another candidate."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", Smile=0.9)
    trial.tags("1.png", source="two", smile=0.8, lamp=0.7)
    card = card_of(trial)
    card.look_at(1)
    card.toggle()
    card.look_at(2)
    assert card.result() == b"cat, lamp"
    card.look_at(0)
    card.choose(frozenset({0}))
    card.look_at(2)
    assert card.result() == b"cat, Smile, lamp"


def test_text_that_a_blend_has_no_place_for_is_named(trial: Trial) -> None:
    """What only one candidate says is not in the intersection: what the person wrote of it does not go unsaid."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", solo=0.9, lamp=0.8)
    trial.tags("1.png", source="two", lamp=0.8)
    card = card_of(trial)
    card.work("handmade")
    card.look_at(2)
    assert card.face(2).left_behind == ()
    card.look_at(3)
    assert card.result() == b"cat, lamp"
    assert card.face(3).left_behind == ("+handmade (edited)",)


def test_accepting_a_blend_alone_answers_its_members(trial: Trial) -> None:
    """`A` on a blend writes it and answers only the candidates it is made of."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.8)
    trial.prose("1.png", "A cat sits here.", merge="append")
    what = blended(trial, "∪").decision(alone=True)
    trial.workspace.accept(what.frame, what.chosen, what.only, hunks=what.hunks)
    assert trial.caption("1.png") == b"cat, sofa, lamp"
    assert [one.answer for one in card_of(trial).frame.candidates] == ["taken", "taken", None]


def test_stale_candidates_are_not_blended(trial: Trial) -> None:
    """What was said of another picture is not mixed in."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.8)
    assert [way.name for way in card_of(trial).blends] == ["∪", "∩"]
    (trial.root / "1.png").write_bytes((trial.root / "1.png").read_bytes() + b"\0")
    trial.workspace.scan()
    assert card_of(trial).blends == ()
