"""What stands of steps that were taken back and brought again, however often."""

from __future__ import annotations

from engine.review.chains import Chains, Link


def chain(*undoes: int | None, void: tuple[int, ...] = ()) -> Chains:
    """Make steps 1, 2, ...: what each of them takes back, None for a decision."""
    links = [
        Link(
            number, "edit" if of is None else "undo", of, None, 1, "", b"a.txt", "withdrawn" if number in void else None
        )
        for number, of in enumerate(undoes, 1)
    ]
    return Chains(reversed(links))


def standing(known: Chains) -> list[int]:
    """Return the steps in force."""
    return [step for step in sorted(known.links) if known.stands(step)]


def test_a_step_stands_until_it_is_taken_back() -> None:
    """An undo holds a step back, and is what has to be taken back to bring it again."""
    known = chain(None, None, 1)
    assert standing(known) == [2, 3]
    assert (known.taker(1), known.taker(2)) == (3, None)
    assert (known.carrier(2), known.carrier(3)) == (2, 3)


def test_each_turn_of_a_chain_has_one_carrier() -> None:
    """After an undo, a redo, an undo, ... the newest step is always what has to be taken back next."""
    undoes: list[int | None] = [None]
    for turn in range(1, 50):
        undoes.append(turn)
        known = chain(*undoes)
        on = turn % 2 == 0
        assert known.stands(1) == on
        assert known.carrier(1 if on else known.taker(1) or 0) == turn + 1
        assert known.root(turn + 1).id == 1


def test_an_undo_that_came_to_nothing_takes_nothing_back() -> None:
    """A withdrawn undo is passed over, and so is a withdrawn redo."""
    assert standing(chain(None, 1, void=(2,))) == [1]
    assert chain(None, 1, void=(2,)).carrier(1) == 1
    assert standing(chain(None, 1, 2, void=(3,))) == [2]


def test_a_chain_as_it_was_before() -> None:
    """`before` leaves out what came later."""
    known = chain(None, 1, 2)
    assert known.stands(1)
    assert not known.before(3).stands(1)
    assert known.before(2).stands(1)
    assert not known.before(1).stands(1)
