"""Two thousand images and many filters: the index finds what looking at each image finds, whatever happened before."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import LabelTable, pack
from engine.captions.viewing.view import View
from engine.finding.finder import Finder
from engine.finding.language.query import And, Mark, Node, Not, Number, Or, Query, Score, Text, query_text
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace
from tests.counts import count
from tests.engine.finding import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES = 2_000
WORDS = ("cat", "dog", "Long_Hair", "long hair", "very long hair", "Hat", "red sky", "1girl", "äöü", "straße", "a*b")
LABELS = ("cat", "dog", "long_hair", "very_long_hair", "hat", "blurry", "safe", "explicit")
TABLE = LabelTable(LABELS, ("general",) * 6 + ("rating",) * 2)
PROSE = ("A dog runs over a green field. It is red.", "The cat sleeps on the red hat.")
PATTERNS = ("cat", "dog", "long hair", "*hair", "h?t", "*a*", "red*", "äö?", "strasse", "blurry", "nothing", "?", "*")
VIEWS = (View(), View(threshold=0.6), View(top_k=2), View(implied="drop"), View(mcut=True), View(rating="last"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Many images with captions, candidates of three sources, decisions and marks."""
    chance, root = random.Random(4), tmp_path_factory.mktemp("many")
    _write(root, chance)
    desk = Workspace.open(root, Settings())
    desk.scan()
    _propose(desk, list(desk.entries), chance)
    desk.refresh()
    _decide(desk, 60, chance)
    yield desk
    desk.close()


def _write(root: Path, chance: random.Random) -> None:
    for number in range(IMAGES):
        image = root / chance.choice(("cats", "dogs/red")) / f"IMG{number}.png"
        image.parent.mkdir(parents=True, exist_ok=True)
        image.touch()
        tags = ", ".join(chance.sample(WORDS, chance.randrange(5)))
        if chance.random() < 0.9:
            image.with_suffix(".txt").write_text(
                chance.choice([tags, tags, tags, chance.choice(PROSE), f"{tags}, {PROSE[0]}"])
            )


def _propose(desk: Workspace, images: list[int], chance: random.Random) -> None:
    with desk.store.transaction() as db:
        table = label_row(db, "labels", TABLE)
        for image in images:
            entry = desk.entries[image]
            image_rows.store_digest(db, image, b"now", entry.size, entry.mtime_ns)
            for source in ("wd", "joy", "florence"):
                if chance.random() < 0.4:
                    continue
                digest = b"now" if chance.random() < 0.9 else b"old"
                labels = chance.sample(range(len(LABELS)), chance.randrange(len(LABELS)))
                scores = pack([(label, chance.randrange(3_000, 65_536)) for label in labels], 3_000)
                answer = RawAnswer("f", digest, table, scores, None, 0.1)
                if source == "florence":
                    answer = RawAnswer("f", digest, None, None, chance.choice(PROSE), 0.1)
                store_proposal(
                    db, image, store_answer(db, answer), Origin(source, "append", "s", view=desk.view_json(source))
                )


def _decide(desk: Workspace, images: int, chance: random.Random) -> None:
    for image in chance.sample(sorted(desk.entries), images):
        frame = desk.frame(image)
        what = chance.randrange(5)
        if what == 0 and frame.open:
            desk.reject(frame)
        elif what == 1:
            desk.mark(image, chance.choice(("flag", "skip")))
        elif what == 2:
            desk.edit(frame, chance.choice(WORDS))
        else:
            desk.accept(
                frame, {shown.proposal.id: shown.hunks for shown in frame.open if shown.candidate.kind == "tags"}
            )


def any_filter(chance: random.Random, depth: int = 2) -> Node:
    """Make a filter of any terms but those of pictures' sizes."""
    if depth and chance.random() < 0.6:
        parts = tuple(any_filter(chance, depth - 1) for _ in range(chance.randrange(2, 4)))
        joined: list[Node] = [Not(parts[0]), And(parts), Or(parts)]
        return chance.choice(joined)
    pattern = chance.choice(PATTERNS)
    op = chance.choice(("<", "<=", "=", "!=", ">=", ">"))
    terms: list[Node] = [
        Mark(chance.choice(["pending", "accepted", "rejected", "untouched", "flagged", "skipped", "decided-before"])),
        Mark(chance.choice(["changed", "stale", "unreadable"])),
        Text(chance.choice(["", "caption", "name", "path", "error"]), pattern),
        Text(chance.choice(["tag", "proposed"]), "straße" if pattern == "strasse" else pattern),
        Text("source", chance.choice(["wd", "*o*", "none"])),
        Text("folder", chance.choice(["cats", "dogs/red", "*/red", "c*"])),
        Number(chance.choice(["chars", "tags", "tokens"]), op, chance.randrange(30)),
        Score(pattern, chance.choice(["", "wd", "j*"]), op, chance.randrange(101) / 100),
    ]
    return chance.choice(terms)


@pytest.mark.full
@pytest.mark.timeout(300)
def test_the_index_finds_what_looking_finds(desk: Workspace) -> None:
    """For any filter, through any views, after decisions, undos, new proposals and edits outside."""
    chance, finder = random.Random(5), Finder(desk, lambda text: len(text.split()))
    for _ in range(count(sample=1, full=20)):
        for source in ("wd", "joy"):
            settings = chance.choice(VIEWS)
            desk.change_view(source, lambda _, to=settings: to)  # type: ignore[misc]  # a default binds it now
        _agrees(desk, finder, chance)
        _decide(desk, 15, chance)
        _propose(desk, chance.sample(sorted(desk.entries), 30), chance)
        desk.undo_last()
        desk.refresh()
        entry = chance.choice(list(desk.entries.values()))
        (desk.root / entry.key.decode()).with_suffix(".txt").write_text("äöü, written outside")
        finder.look_again()
        _agrees(desk, finder, chance)
    assert len(finder.find(None)) == IMAGES


def _agrees(desk: Workspace, finder: Finder, chance: random.Random) -> None:
    seen = {image: plain.see(desk, image) for image in desk.entries}
    for _ in range(60):
        node = any_filter(chance)
        expected = {image for image, one in seen.items() if plain.fits(node, one)}
        assert set(finder.find(Query("", node))) == expected, query_text(node)
