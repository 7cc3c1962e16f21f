"""`cutline undo`: takes steps back, by number, by group, or everything since a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import WrongUsage
from engine.review.undo import newest_steps, rows_of_group, rows_since
from tui.shell.opening import key_of, opened
from tui.shell.outcome import DONE, Outcome
from tui.shell.parser import add_json, at_least

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


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
        done = workspace.undo(_rows(workspace, args))
        result = Outcome()
        result.images, result.written = len(set(done.images)), done.written
        result.refused = [(key_of(workspace, image), reason) for image, reason in done.refused]
    if out.json:
        result.group = done.group  # for a person it is of no use yet: nothing undoes an undo
    for source in done.sources:
        out.note(f"the last change of the view of {source} is taken back")
    if done.sources and not (out.json or done.images or done.refused):
        return DONE
    partly = bool(done.refused and (done.images or done.sources))
    return result.report(out, "taken back", args.dir, partly_undone=partly, views=list(done.sources))


def _rows(workspace: Workspace, args: Namespace) -> list[int]:
    db = workspace.store.db
    if args.group is not None:
        rows = rows_of_group(db, args.group)
        if not rows:
            raise WrongUsage(f"there is no group {args.group}", f"see: cutline history {args.dir}")
        return rows
    if args.to is not None:
        if db.execute("SELECT 1 FROM journal WHERE id = ?", (args.to,)).fetchone() is None:
            raise WrongUsage(f"there is no step {args.to}", f"see: cutline history {args.dir}")
        return rows_since(db, args.to)
    return newest_steps(db, args.steps or 1)
