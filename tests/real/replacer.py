"""Another program that keeps replacing captions atomically; run as `python -m tests.real.replacer FOLDER NAME...`.

It exchanges rather than renames, so that it can tell what it replaced: one line of JSON for each turn, with the
file's name, the text put there, and the text that came out. It goes on until its standard input is closed.
"""

from __future__ import annotations

import json
import os
import random
import select
import sys
from pathlib import Path

from engine.dataset.exchange import exchange

PAUSE_SECONDS = 0.01
"""The longest pause between two turns: a few times what a decision takes, so that the two meet often."""


def main(folder: Path, names: list[str]) -> None:
    """Put a text of its own into a random caption, again and again."""
    chance = random.Random(1)
    below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    turn = 0
    while not select.select([sys.stdin], [], [], chance.uniform(0, PAUSE_SECONDS))[0]:
        turn += 1
        name, text = chance.choice(names), f"outside {os.getpid()}-{turn}\n"
        own = folder / f".replacer-{turn}"
        own.write_text(text)
        exchange(below, own.name.encode(), name.encode())
        sys.stdout.write(json.dumps({"name": name, "put": text, "out": own.read_text()}) + "\n")
        own.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
