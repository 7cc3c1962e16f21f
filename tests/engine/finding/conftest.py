"""A shelf with captions, candidates and decisions of every kind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.finding.finder import Finder
from engine.finding.language import parse, parse_order
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAPTIONS: dict[str, bytes | None] = {
    "10_cat/img2.png": b"cat, Long_Hair, saber \\(fate\\)\n",
    "10_cat/img10.png": b"cat, long hair dress",
    "dog/Big.JPG": "A dog, seen in the Straße, runs over a green field.".encode(),
    "dog/b.png": b"",
    "none.png": None,
    "odd\xe9.png": b"caf\xe9, \x01, LONG HAIR, very long hair",
}


IMG2, IMG10, BIG, B, NONE, ODD = CAPTIONS
ALL = sorted(CAPTIONS, key=os.fsencode)


class Search(Shelf):
    """A shelf that is searched."""

    def __init__(self, root: Path, captions: dict[str, bytes | None]) -> None:
        """Make images of known sizes, one of them lying on its side, and a finder."""
        super().__init__(root, captions)
        for number, name in enumerate(captions):
            exif = Image.Exif()
            exif[0x0112] = 6 if number == 0 else 1
            Image.new("RGB", (160 + number, 90)).save(root / name, exif=exif)
            os.utime(root / name, (1_000_000 + number, 1_000_000 + number))
        self.desk.scan()
        self.finder = Finder(self.desk, lambda text: len(text.split()), lambda text: len(text.split()) + 1)

    def found(self, query: str = "", order: str = "path") -> list[str]:
        """Return the names of the images that fit, in order."""
        images = self.finder.find(parse(query) if query else None, parse_order(order))
        return [os.fsdecode(self.desk.entries[image].key) for image in images]


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    """Six images: tags, tags, prose, an empty caption, none, and one with odd bytes."""
    search = Search(tmp_path / "set", CAPTIONS)
    yield search
    search.desk.close()


@pytest.fixture
def decided(search: Search) -> Search:
    """The same, where two taggers and a captioner spoke and some images were decided, flagged and skipped."""
    return decide(search)


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """Six images that no test changes."""
    search = Search(tmp_path_factory.mktemp("read") / "set", CAPTIONS)
    yield search
    search.desk.close()


@pytest.fixture(scope="module")
def decided_read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """The same, with candidates and decisions, that no test changes."""
    search = decide(Search(tmp_path_factory.mktemp("decided") / "set", CAPTIONS))
    yield search
    search.desk.close()


def decide(search: Search) -> Search:
    """Let two taggers and a captioner speak, and decide, flag and skip some images."""
    for name in (IMG2, IMG10, BIG):
        search.propose(name, {"blurry": 0.8, "cat": 0.6, "night": 0.2}, "wd")
    search.propose(IMG2, {"blurry": 0.5, "dog": 0.9, "night": 0.36}, "joy")
    search.propose(IMG10, {"blurry": 0.1, "cat": 0.9}, "joy")
    search.propose(B, "a dog sleeps", "florence", "fill")
    search.propose(NONE, {"blurry": 0.9}, "wd", stale=True)
    search.accept(BIG)
    search.propose(BIG, {"night": 0.7}, "joy")
    search.accept(IMG10)
    search.desk.reject(search.frame(NONE))
    search.desk.mark(search.id(ODD), "flag")
    search.desk.mark(search.id(IMG2), "skip")
    search.desk.roster.set_unreadable(search.id(ODD), "image file is truncated (3 bytes)")
    return search
