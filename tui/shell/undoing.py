"""`cutline undo` and `redo`: take steps back and bring them again, by number, by group, or everything since a step."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from engine.review import chosen_steps
from engine.review.image_rows import steps_within
from tui.shell.opening import key_of, opened
from tui.shell.outcome import DONE, Outcome
from tui.shell.parser import add_json, at_least
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.review.undo import Undone
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser

NAMED_IMAGES = 5
"""Images whose step stays that are named one by one."""


def undo_options(parser: Parser) -> None:
    """Declare what `undo` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--steps", metavar="N", type=at_least(1), help="the last N steps; 1 when nothing is named")
    which.add_argument("--group", metavar="G", type=at_least(1), help="one bulk step, by its number in the history")
    which.add_argument("--to", metavar="ID", type=at_least(1), help="step ID and everything after it")
    add_json(parser)


def undo(args: Namespace, out: Output) -> int:
    """Take steps back."""
    with opened(args.dir, out) as workspace:
        return _run(workspace, _rows(workspace, args), args, out)


def redo_options(parser: Parser) -> None:
    """Declare what `redo` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--steps", metavar="N", type=at_least(1), help="the last N undos, whatever was done since")
    which.add_argument("--group", metavar="G", type=at_least(1), help="one undo, by its group's number in the history")
    add_json(parser)


def redo(args: Namespace, out: Output) -> int:
    """Bring again what was taken back."""
    with opened(args.dir, out) as workspace:
        db = workspace.store.db
        if args.group is not None:
            _group(workspace, args)
            rows = chosen_steps.undos_of_group(db, args.group)
        elif args.steps is not None:
            rows = chosen_steps.newest_undos(db, args.steps)
        else:
            rows = chosen_steps.last_undo(db)
            if not rows and chosen_steps.newest_undos(db, 1):
                out.note("steps were taken since the last undo; it comes back with --steps 1")
        return _run(workspace, rows, args, out)


def _rows(workspace: Workspace, args: Namespace) -> list[int]:
    db = workspace.store.db
    if args.group is not None:
        rows = _group(workspace, args)
        if not chosen_steps.has_steps(db, args.group):
            hint = f"bring again what it took back: cutline redo {args.dir} --group {args.group}"
            raise WrongUsage(f"group {args.group} is an undo", hint)
        return rows
    if args.to is not None:
        if db.execute("SELECT 1 FROM journal WHERE id = ?", (args.to,)).fetchone() is None:
            raise WrongUsage(f"there is no step {args.to}", f"see: cutline history {args.dir}")
        return chosen_steps.rows_since(db, args.to)
    return chosen_steps.newest_steps(db, args.steps or 1, workspace.below)


def _group(workspace: Workspace, args: Namespace) -> list[int]:
    rows = chosen_steps.rows_of_group(workspace.store.db, args.group)
    if not rows:
        raise WrongUsage(f"there is no group {args.group}", f"see: cutline history {args.dir}")
    return rows


def _run(workspace: Workspace, rows: list[int], args: Namespace, out: Output) -> int:
    """Take back the rows that are about the folder that is open, and say what came of it."""
    rows = steps_within(workspace.store.db, rows, workspace.below)
    # Only the undo knows how many: some rows came to nothing, and steps are not images (a view is one, too).
    with Progress(out, "undoing", 0, "steps") as progress:

        def on_progress(done: int, total: int) -> None:
            progress.expect(total)
            progress.advance(done - progress.done)

        done = workspace.undo(rows, on_progress=on_progress)
    result = _Back(args.dir)
    result.images, result.written = len(set(done.images)), done.written
    result.refused = [(key_of(workspace, image), reason) for image, reason in done.refused]
    if out.json:
        result.group = done.group
    elif done.merged:
        out.note(f"{len(done.merged)} of the captions had been changed since, and keep that change, too")
    return _report(out, result, done, args.dir)


def _report(out: Output, result: Outcome, done: Undone, folder: str) -> int:
    what = "brought again" if done.again else "taken back"
    for source in done.sources:
        out.note(f"the last change of the view of {source} is {what}")
    if "extension" in done.kinds:
        out.note(f"the last change of what captions end in is {what}")
    if not (out.json or done.images or done.refused) and done.kinds:
        return DONE
    return result.report(out, what, folder, partly_undone=done.partly, views=list(done.sources))


class _Back(Outcome):
    """What came of taking steps back; of many images whose step stays the first are named, and all in JSON."""

    def __init__(self, folder: str) -> None:
        """Start with nothing done.

        Args:
            folder: As the person named it.
        """
        super().__init__()
        self._folder = folder

    def print_refused(self, out: Output) -> None:
        """Name the first images whose step stays, and why; say how to learn more of the others."""
        refused = self.refused
        self.refused = refused[:NAMED_IMAGES]
        super().print_refused(out)
        self.refused = refused
        if len(refused) > NAMED_IMAGES:
            history = f"cutline history {shlex.quote(self._folder)} --images"
            out.note(
                f"and {len(refused) - NAMED_IMAGES:,} more: {history} GLOB shows their steps; --json names them all"
            )
