"""A process that decides without pause until somebody kills it; run as `python -m tests.real.victim FOLDER SEED`.

After each step that came back it prints what is now promised, as one line of JSON: the step's kind and journal row,
the caption it concerns and the bytes that are in it, in hex (null: no file).
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import ChangedOutside, CutlineError
from engine.review.decide import Draft
from engine.review.frames import chosen_on_opening
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.review.records import ImageId


def main(folder: Path, seed: int, steps: int = 1_000_000) -> None:
    """Accept, edit, reject, undo and redo at random; every caption is created, replaced and removed again and again."""
    chance = random.Random(seed)
    workspace = Workspace.open(folder, Settings())
    workspace.scan()
    _say(kind="ready")
    for number in range(steps):
        image = chance.choice(list(workspace.entries))
        try:
            _step(workspace, image, chance, number)
        except CutlineError as refusal:
            _say(kind="refused", why=str(refusal))


def _step(workspace: Workspace, image: ImageId, chance: random.Random, number: int) -> None:
    frame = workspace.frame(image)
    match chance.choice(["accept", "edit", "edit", "reject", "many", "undo", "undo", "redo"]):
        case "many":
            _edit_all(workspace, chance, number)
            return
        case "redo":
            workspace.redo_last()
            return
        case "accept":
            step = workspace.accept(frame, chosen_on_opening(frame))
        case "edit":
            step = workspace.edit(
                frame, f"text {number} of {workspace.store.session[:6]}, " + "x" * chance.randrange(9000)
            )
        case "reject" if frame.open:
            step = workspace.reject(frame)
        case _:
            workspace.undo_last()
            return
    promised = None if step.after is None else step.after.hex()
    _say(kind="done", row=step.id, caption=frame.caption_key.decode(), holds=promised)


def _edit_all(workspace: Workspace, chance: random.Random, number: int) -> None:
    """Write every caption in one batch, one of them against what it does not hold: that one alone is refused."""
    group, drafts = workspace.new_group(), []
    for image in workspace.entries:
        frame = workspace.frame(image)
        after = f"bulk {number}, ".encode() + b"y" * chance.randrange(9000)
        drafts.append(Draft("edit", image, frame.caption_key, frame.raw, after, group=group))
    wrong = msgspec.structs.replace(drafts[-1], before=b"what it never held")
    *steps, refused = workspace.decide_many([*drafts[:-1], wrong])
    assert isinstance(refused, ChangedOutside)
    for draft, step in zip(drafts, steps, strict=False):
        if isinstance(step, CutlineError):
            _say(kind="refused", why=str(step))
            continue
        _say(kind="done", row=step.id, caption=draft.caption.decode(), holds=(step.after or b"").hex())


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *map(int, sys.argv[3:]))
