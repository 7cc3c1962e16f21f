"""Asking models: batches that do not fit, pictures that fail alone, and what is said of them."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest

from engine.errors import Unreadable
from engine.jobs.asking import Asking, failure_of
from engine.jobs.backlog import Ready
from engine.jobs.calls import Calls
from engine.jobs.frames import Order, Outcome, Task
from engine.models.contract import Ask, Scored, Written
from engine.models.pictures import Picture
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.captions.viewing.scores import LabelTable

ORDER = Order(1, 0, "m", "cpu", {}, "", 0, urgent=False, tasks=())


class Model:
    """A model with so much room, which fails on the pictures it is told to."""

    calls: Literal["batches", "threads"] = "batches"

    def __init__(self, room: int, faulty: tuple[int, ...] = ()) -> None:
        """Note what it can do."""
        self.room, self.faulty = room, faulty
        self.batches: list[int] = []

    def labels(self) -> LabelTable | None:
        """Return none."""
        return None

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Write the number of each picture."""
        del ask
        self.batches.append(len(pictures))
        if len(pictures) > self.room:
            raise MemoryError
        numbers = [int(picture.pixels[0, 0, 0]) for picture in pictures]
        if set(numbers) & set(self.faulty):
            raise ValueError("a bad picture")
        return [Written(f"{number}") for number in numbers]

    def close(self) -> None:
        """Do nothing."""


class Models:
    """The one model that a worker holds, and others that can be unloaded."""

    def __init__(self, model: Model, room_made: int = 0) -> None:
        """Hold it.

        Args:
            model: The one.
            room_made: How much more room it has when others are unloaded.
        """
        self.held = SimpleNamespace(adapter=model, entry=SimpleNamespace(most_batch=64, patience_seconds=9), labels="")
        self._room_made = room_made
        self.dropped = 0

    @contextmanager
    def use(self, order: Order) -> Iterator[Any]:
        """Return it."""
        del order
        yield self.held

    def drop_others(self, name: str, device: str) -> None:
        """Unload the others."""
        assert (name, device) == ("m", "cpu")
        self.dropped += 1
        self.held.adapter.room += self._room_made


def batch(count: int) -> list[Ready]:
    """Decode pictures, each of the colour of its number."""
    return [
        Ready(
            ORDER,
            Task(number, b"/x"),
            Picture(np.full((1, 1, 3), number, np.uint8), None, (1, 1), "RGB", b"\xaa"),
            0.5,
        )
        for number in range(count)
    ]


class Answers:
    """An `Asking` and what it told."""

    def __init__(self, model: Model, room_made: int = 0) -> None:
        """Set up."""
        self.outcomes: dict[int, Outcome] = {}
        self.models = Models(model, room_made)
        self.after = 0
        held: Any = self.models  # as far as models are used here
        self.asking = Asking(held, Calls(), self._told, self._called)

    def _told(self, outcome: Outcome) -> None:
        assert outcome.place not in self.outcomes, "answered twice"
        self.outcomes[outcome.place] = outcome

    def _called(self) -> None:
        self.after += 1

    def codes(self) -> dict[int, str]:
        """Return the code of every failure."""
        return {place: outcome.error.code for place, outcome in self.outcomes.items() if outcome.error}


@pytest.mark.parametrize("room", [8, 4, 2, 1])
def test_batches_are_made_to_fit(room: int) -> None:
    """Whatever room there is every picture is answered once, and no batch is tried again at a size that failed."""
    model = Model(room)
    answers = Answers(model)
    answers.asking.ask(batch(60))
    assert {place: outcome.text for place, outcome in answers.outcomes.items()} == {n: f"{n}" for n in range(60)}
    too_large = [count for count in model.batches if count > room]
    assert too_large[0] == 2 * room
    assert len(too_large) <= 3
    assert answers.models.dropped == 0
    assert answers.after == len(model.batches)


def test_at_one_picture_other_models_make_room() -> None:
    """A single picture that does not fit is tried once more when other models are unloaded."""
    answers = Answers(Model(0), room_made=1)
    answers.asking.ask(batch(3))
    assert answers.models.dropped == 1
    assert answers.codes() == {}
    assert len(answers.outcomes) == 3


def test_a_picture_that_never_fits_fails_alone() -> None:
    """A picture that does not fit after that either fails as out of memory, and the next one is tried anew."""
    answers = Answers(Model(0))
    answers.asking.ask(batch(2))
    assert answers.codes() == {0: "out-of-memory", 1: "out-of-memory"}
    assert answers.models.dropped == 2


def test_one_bad_picture_does_not_spoil_its_batch() -> None:
    """When a batch raises each picture of it is asked about alone, and only the one at fault fails, with its digest."""
    answers = Answers(Model(64, faulty=(5,)))
    answers.asking.ask(batch(12))
    assert answers.codes() == {5: "adapter"}
    assert answers.outcomes[5].digest == "aa"
    assert {place for place, outcome in answers.outcomes.items() if outcome.text == f"{place}"} == {*range(12)} - {5}


@pytest.mark.parametrize("nonsense", [[], [None, None], [Scored(((-1, 7),)), Written("1")]])
def test_nonsense_from_a_model_fails_its_pictures(nonsense: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few answers, or none that are any, become failures; the thread lives on."""
    model = Model(64)
    answers = Answers(model)
    answers.asking.ask(batch(1))  # from now on two at a time
    monkeypatch.setattr(model, "answer", lambda _, __: nonsense)
    answers.outcomes.clear()
    answers.asking.ask(batch(2))
    assert set(answers.outcomes) == {0, 1}
    assert answers.codes()[0] == "adapter"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Unreadable("the picture is empty", "replace it"), "unreadable", "the picture is empty"),
        (MemoryError(), "out-of-memory", "m does not fit in memory with this picture"),
        (ValueError("two\n lines"), "adapter", "m failed: ValueError: two lines"),
        (KeyError(), "adapter", "m failed: KeyError"),
        (RuntimeError("x" * 9000), "adapter", "m failed: RuntimeError: " + "x" * 300),
    ],
)
def test_a_failure_is_one_line(error: Exception, code: str, message: str) -> None:
    """Whatever was raised becomes a code, one line of bounded length, and a hint."""
    failure = failure_of(error, "m")
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == (code, message)
    assert failure.hint
