"""A scripted person who reviews: which keys they press on each image, and what must come of it.

What must come of it is reckoned here, from the words alone; nothing is asked of `engine` but to store what was proposed.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.real.tmux import Tmux

SOURCE = "tagger"
PER_FOLDER = 5_000
PER_SECOND = 30
"""Images a person wants to decide about each second: as fast as a held key repeats."""
BATCH_SECONDS = 0.1
"""So often keys are typed: a process for each of them would be slower than the person."""
TAGS = tuple(
    f"{first} {second}"
    for first in ("red", "long", "open", "white", "wooden", "old", "dark", "tiny")
    for second in ("hair", "window", "dress", "street", "table", "sky", "hat", "tree")
)
CAPTIONS = (None, "", "a cat {n}", "needle{n}, red hair, (smile:1.2)", "café {n}, 猫", "old street, no {n}")
"""What stands beside an image before; None for no file. Some hold a tag that is proposed, too."""


class Whole(NamedTuple):
    """What a person does about one image."""

    keys: tuple[str, ...]
    """By tmux's names for them."""
    steps: tuple[str, ...]
    """What the journal must say of it."""
    left_out: int | None = None
    """Which of the proposed tags is not taken, from 0; None when all are."""
    writes: bool = True


WAYS = {
    "accept": (Whole(("a",), ("accept",)), 60),
    "accept but the first": (Whole(("Space", "a"), ("accept",), 0), 12),
    "accept but the second": (Whole(("Tab", "Space", "a"), ("accept",), 1), 5),
    "reject": (Whole(("x",), ("reject",), writes=False), 15),
    "skip": (Whole(("s",), ("skip",), writes=False), 4),
    "accept, think again, reject": (Whole(("a", "u", "x"), ("accept", "undo", "reject"), writes=False), 4),
}
"""What a person does, and how often among a hundred."""


class Plan(NamedTuple):
    """One image, what is done about it, and what must come of it."""

    key: str
    number: int
    caption: str | None
    proposed: tuple[str, ...]
    """Best first."""
    way: Whole

    @property
    def expected(self) -> str | None:
        """The caption's text afterwards; None for no file."""
        if not self.way.writes:
            return self.caption
        there = [tag.strip() for tag in (self.caption or "").split(",") if tag.strip()]
        new = [tag for tag in self.proposed if tag not in there]
        if self.way.left_out is not None:
            del new[self.way.left_out]
        return ", ".join([*there, *new])


def plans(count: int, decided: int, seed: int = 1) -> list[Plan]:
    """Make up images, and what is done about the first of them.

    Args:
        count: Images of the dataset, in the order of the queue.
        decided: So many of them have a proposal, and are decided about.
        seed: Another one gives other images and keys.
    """
    chance = random.Random(seed)
    ways, weights = zip(*WAYS.values(), strict=True)
    made = []
    for number in range(count):
        caption = chance.choice(CAPTIONS)
        made.append(
            Plan(
                f"{number // PER_FOLDER:02}/{number:06}.png",
                number,
                caption if caption is None else caption.format(n=number),
                tuple(chance.sample(TAGS, chance.randint(3, 6))) if number < decided else (),
                WAYS["accept"][0] if number == decided - 1 else chance.choices(ways, weights)[0],
            )
        )
    return made


def lay_out(root: Path, made: Sequence[Plan]) -> None:
    """Write the images, their captions, and what is proposed for them."""
    root.mkdir(parents=True)
    picture = root.with_name(f"{root.name}.png")
    Image.new("RGB", (24, 16), (200, 80, 40)).save(picture)
    first = picture
    for plan in made:
        path = root / plan.key
        if plan.number % PER_FOLDER == 0:
            path.parent.mkdir()
            first = shutil.copyfile(picture, path)  # one a folder: a file has no more than 65,000 names
        else:
            os.link(first, path)
        if plan.caption is not None:
            path.with_suffix(".txt").write_bytes(plan.caption.encode())
    _propose(root, made, hashlib.sha256(picture.read_bytes()).digest())


def _propose(root: Path, made: Sequence[Plan], digest: bytes) -> None:
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    origin = Origin(SOURCE, "append", "tags", view=workspace.view_json(SOURCE))
    with workspace.store.transaction() as db:
        table = label_row(db, SOURCE, LabelTable(TAGS, ("general",) * len(TAGS)))
        for plan in made:
            if plan.proposed:
                entry = workspace.entry_of(plan.key.encode())
                scores = [(TAGS.index(tag), to_u16(0.95 - 0.1 * at)) for at, tag in enumerate(plan.proposed)]
                unsure = next(at for at, tag in enumerate(TAGS) if tag not in plan.proposed)
                answer = RawAnswer("bench", digest, table, pack([*scores, (unsure, to_u16(0.2))], 0), None, 0.01)
                image_rows.store_digest(db, entry.id, digest, entry.size, entry.mtime_ns)
                store_proposal(db, entry.id, store_answer(db, answer), origin)
    workspace.close()


class Sat(NamedTuple):
    """How a sitting went."""

    images: int
    keys: int
    seconds: float
    """From the first key to the last decision on the screen."""
    lag: float
    """Of these, after the last key."""

    @property
    def per_second(self) -> float:
        """Images done with, each second."""
        return self.images / self.seconds


def review(tmux: Tmux, made: Sequence[Plan], per_second: float = PER_SECOND, within: float = 300.0) -> Sat:
    """Press the keys in a review screen that shows the first image, and wait for the last decision.

    Args:
        tmux: Where the screen is.
        made: What is done about the images, in the order of the queue; no other image has proposals.
        per_second: Images decided about each second; as many as go in a batch where that is infinite.
        within: Seconds the last decision may take after the last key.
    """
    began = time.perf_counter()
    pressed = 0
    for due, keys in _batches(made, per_second):
        time.sleep(max(0.0, began + due - time.perf_counter()))
        tmux.type(*keys)
        pressed += len(keys)
    last = time.perf_counter()
    left = sum(plan.way.steps == ("skip",) for plan in made)
    tmux.until(lambda screen: f"● {left:,} " in screen.splitlines()[0], f"{left} images left", within)
    ended = time.perf_counter()
    return Sat(len(made), pressed, ended - began, ended - last)


def _batches(made: Sequence[Plan], per_second: float) -> Iterator[tuple[float, list[str]]]:
    """Yield the keys of some images, and when they are due, in seconds from the beginning."""
    each = max(1, round(per_second * BATCH_SECONDS)) if per_second < PER_SECOND * 10 else 100
    for start in range(0, len(made), each):
        yield start / per_second, [key for plan in made[start : start + each] for key in plan.way.keys]


def wrong(root: Path, made: Sequence[Plan]) -> list[str]:
    """Compare every caption file, byte by byte; return what is not as it must be, in words."""
    found = []
    for plan in made:
        path = (root / plan.key).with_suffix(".txt")
        there = path.read_bytes() if path.exists() else None
        expected = None if plan.expected is None else plan.expected.encode()
        if there != expected:
            found.append(f"{plan.key}, {plan.way.keys}: {there!r} in place of {expected!r}")
    return found


def steps(made: Sequence[Plan]) -> list[tuple[str, str]]:
    """Return what the journal must hold, oldest first: kind and image."""
    return [(kind, plan.key) for plan in made for kind in plan.way.steps]


def journal(root: Path) -> list[tuple[str, str]]:
    """Return what the journal holds, oldest first: kind and image."""
    workspace = Workspace.open(root, Settings())
    rows = [(row.kind, os.fsdecode(row.image_key or b"")) for row in workspace.history()]
    workspace.close()
    return rows
