"""The same model against the real review screen: random keys, and what programs and other sessions do meanwhile."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from engine.settings import Settings
from tests.counts import count
from tests.model.foretold import taken
from tests.model.nouns import Row, Seen, caption_of
from tests.model.world import NAMES, World
from tests.stories.sitting import Sitting
from tui.app import CutlineApp

if TYPE_CHECKING:
    from pathlib import Path

    from engine.review.records import Merge
    from tui.course.card import Card

SEQUENCES, KEYS = count(2, 20), count(25, 60)
CAPTIONS = (None, b"cat, dog", b"tree\n", b"\xef\xbb\xbflamp\r\n", b"", b"A dog runs over a wide green field.")
SAYS: tuple[tuple[str, Merge, tuple[str, ...] | str], ...] = (
    ("tagger", "append", ("cat", "lamp")),
    ("wide", "prepend", ("blue sky", "tree")),
    ("captioner", "fill", "A cat sits on the sofa."),
)
DECIDING = ("a", "a", "A", "x", "s", "f", "d", "u", "u", "ctrl+r")
FEWEST = 3
"""Photos that are left in the folder."""
LOOKING = ("j", "k", "space", "tab", "2", "g")


class Player:
    """Presses keys, and tells the model what each must have done."""

    def __init__(self, world: World, sitting: Sitting, chance: random.Random) -> None:
        """Sit down before an app that has the first session of a world."""
        self._world, self._sitting, self._chance = world, sitting, chance
        self._desk = sitting.app.turns.workspace

    async def play(self) -> None:
        """Do one thing, and compare."""
        pick = self._chance.random()
        if pick < 0.15:
            photo = self._world.photo(self._chance.randrange(99))
            self._world.outside(photo.caption, self._chance.choice(CAPTIONS))
            await self._sitting.settle()
        elif pick < 0.25:
            desk, photo = self._world.desk(1), self._world.photo(self._chance.randrange(99))
            frame, seen = self._world.look(desk, photo)
            self._world.decided(desk, "edit", seen, b"from elsewhere", (), desk.write(frame, b"from elsewhere"))
        elif pick < 0.5:
            await self._sitting.press(self._chance.choice(LOOKING))
        else:
            few = len(self._world.model.present()) <= FEWEST
            await self._decide(self._chance.choice([key for key in DECIDING if not (few and key == "d")]))
        self._world.check_files()

    async def _decide(self, key: str) -> None:
        turns = self._sitting.app.turns
        await self._sitting.until(lambda: not turns.guard.holds, "the guard lets go")
        card = turns.card
        model, session = self._world.model, self._desk.store.session
        rows = {"u": model.last_step, "ctrl+r": model.last_undo}.get(key, lambda _: [])(session)
        expected = None if card is None else self._expected(key, card)
        await self._sitting.press(key)
        fresh = self._world.dataset.fresh()
        if key in ("u", "ctrl+r"):
            made, _ = model.take_back(rows, session, {row.undoes or 0: row.after for row in fresh})
            self._world.match(made, fresh)
        elif fresh:  # else the key was held back, or there was nothing to do
            assert expected is not None
            if expected.caption is not None and isinstance(fresh[0].after, bytes | None):
                expected.after = fresh[0].after if expected.after == b"?" else expected.after
            model.commit([expected])
            self._world.match([expected], fresh)

    def _expected(self, key: str, card: Card) -> Row | None:
        """Return the row that a key must make, if it makes one."""
        model, session = self._world.model, self._desk.store.session
        photo = next(photo for photo in model.photos if photo.number == card.image)
        numbers = {shown.proposal.id for shown in card.frame.open}
        still_open = tuple(p for p in photo.newest() if p.number in numbers)
        seen = Seen(photo, card.frame.image.key.decode(), card.frame.raw, still_open)
        match key:
            case "a" | "A":
                what = card.decision(alone=key == "A")
                answers = tuple(p for p in still_open if p.number in what.chosen)
                guess = taken(seen, answers, what.frame, what.chosen)
                after = guess if isinstance(guess, bytes | None) else b"?"
                return model.decision(session, "accept" if answers else "approve", seen, after, answers)
            case "x":
                return model.decision(session, "reject", seen, seen.raw, still_open) if still_open else None
            case "d":
                return model.setting_aside(session, photo)
            case "s":
                return Row("skip", photo, session)
            case _:
                flagged = model.states(session)[photo.number][1]
                return Row("unflag" if flagged else "flag", photo, session)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEQUENCES))
async def test_keys_do_what_the_model_says(tmp_path: Path, seed: int) -> None:
    """Through the real screen each key makes the row that it must, or none, and each file holds what was shown."""
    chance = random.Random(seed)
    held = {caption_of(name): chance.choice(CAPTIONS) for name in NAMES}
    world = World(tmp_path, {name: raw for name, raw in held.items() if raw is not None})
    try:
        for photo in world.model.present():
            for source, merge, says in chance.sample(SAYS, chance.randrange(3)):
                world.propose(world.desk(0), photo, source, merge, says)
        app = CutlineApp(world.desk(0), Settings(), "none")
        async with app.run_test(size=(120, 40)) as pilot:
            sitting = Sitting(app, pilot)
            await sitting.settle()
            player = Player(world, sitting, chance)
            for _ in range(KEYS):
                await player.play()
        world.end()
    finally:
        world.clear()
