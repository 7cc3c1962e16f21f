"""Orders: their names, what they mean, and how one is written."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from engine.errors import WrongUsage
from engine.finding.language.words import Word
from engine.settings import nearest

if TYPE_CHECKING:
    from engine.finding.language.words import Need

ORDERS: dict[str, Word] = {
    "queue": Word("what waits first: pending, untouched, decided; skipped ones last", "entries"),
    "path": Word("the path, letter by letter", "entries"),
    "name": Word("the file's name, with numbers as numbers: img2 before img10", "entries"),
    "pending": Word("most open candidates first", "entries"),
    "newest": Word("the picture's file that changed last", "entries"),
    "random": Word("shuffled; random:SEED is the same each time", "entries"),
    "tokens": Word("most CLIP tokens first", "tokens"),
    "t5": Word("most T5 tokens first", "t5"),
    "doubt": Word("an open candidate's score closest to its threshold first", "proposed"),
    "disagreement": Word("models whose proposed tags have least in common first", "proposed"),
    "change": Word("where a candidate would add and take out most tags or words first", "proposed"),
}


class Order(msgspec.Struct, frozen=True):
    """In which order images come."""

    name: str = "queue"
    is_reversed: bool = False
    seed: str = ""
    """Of `random`."""

    @property
    def needs(self) -> Need:
        """What must be known to make it."""
        return ORDERS[self.name].needs

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{'-' * self.is_reversed}{self.name}{f':{self.seed}' if self.seed else ''}"


def parse_order(text: str) -> Order:
    """Read an order: its name, with `-` before it turned round.

    Raises:
        WrongUsage: There is no such order.
    """
    word = text.strip().lower()
    name, colon, seed = word.removeprefix("-").partition(":")
    if name not in ORDERS:
        raise WrongUsage(f"there is no order `{text}`", nearest(name, ORDERS))
    if colon and name != "random":
        raise WrongUsage(f"the order {name} takes nothing behind a colon", "only random does: random:7")
    return Order(name, word.startswith("-"), seed)


def natural(key: bytes) -> tuple[bytes, ...]:
    """Return by what images are sorted so that numbers in their files' names count as numbers; small as capital."""
    parts = _DIGITS.split(key[key.rfind(b"/") + 1 :].lower())
    for at in range(1, len(parts), 2):
        number = parts[at].lstrip(b"0")
        parts[at] = b"%03d" % len(number) + number
    return (b"\n".join(parts), key)


def digest(key: bytes) -> int:
    """Return a number of 64 bits that is a key's own, on every machine and in every session."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little")


def seed_number(seed: str) -> int:
    """Return the number of 64 bits that a seed stands for."""
    return digest(seed.encode(errors="surrogateescape"))


def shuffled(number: int) -> int:
    """Mix 64 bits well: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014."""
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & _64_BITS
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & _64_BITS
    return number ^ (number >> 31)


_64_BITS = (1 << 64) - 1
_DIGITS = re.compile(rb"([0-9]+)")
