"""`cutline import`: brings in what another review store of this dataset knows, or scores that a file holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from engine.errors import Refused, WrongUsage
from engine.review.bring_in import bring_in
from engine.review.other_store import put_away, reading
from engine.review.place import kept_store
from engine.wire.protocol import to_name
from tui.shell import importing_scores
from tui.shell.opening import opened, reached
from tui.shell.outcome import DONE, PARTLY, undo_command
from tui.shell.output import count
from tui.shell.parser import add_json, one_of
from tui.shell.waiting_again import decided, say_waiting_again

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from engine.review.bring_in import Brought
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def import_options(parser: Parser) -> None:
    """Declare what `import` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument(
        "--from",
        dest="format",
        metavar="FORMAT",
        type=one_of("store", *importing_scores.FORMATS),
        required=True,
        help="store: a review store, as it lies in .cutline/review.db; "
        "scores-csv: a line for each tag of each image, with the columns image, tag, category, score",
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="what to read; else the store kept while DIR was read-only"
    )
    importing_scores.options(parser)
    add_json(parser)


def import_(args: Namespace, out: Output) -> int:
    """Bring in what the format says."""
    if args.format in importing_scores.FORMATS:
        return importing_scores.bring_scores(args, out)
    importing_scores.refuse_options(args)
    return _bring_store(args, out)


def _bring_store(args: Namespace, out: Output) -> int:
    """Bring a store in, and put the one that was kept away."""
    with opened(args.dir, out) as workspace:
        file = reached(args.file) if args.file else _kept(workspace, args.dir)
        if _is_same(file, workspace.store.place.store):
            raise Refused(f"{file} is the store in use", "there is nothing to bring in")
        with reading(file) as other:
            jobs = other.open_jobs()
            before = decided(workspace)
            brought = bring_in(workspace.store, workspace.files, other)
        workspace.refresh()
        # Somebody else's file stays where it is.
        away = put_away(file) if _is_same(file, kept_store(workspace.root)) else None
        for image, reason in brought.refused:
            out.note(f"{image.decode(errors='surrogateescape')}: {reason}")
        if jobs:
            out.note(f"results of {count(jobs, 'job')} had not come into it yet: ask again with cutline tag")
        _report(brought, away, args.dir, out)
        say_waiting_again(workspace, before, out)
    return PARTLY if brought.refused else DONE


def _kept(workspace: Workspace, folder: str) -> Path:
    kept = kept_store(workspace.root)
    if not kept.exists():
        raise WrongUsage(f"no store was kept for {folder}", "name one: cutline import DIR --from store FILE")
    return kept


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _report(brought: Brought, away: Path | None, folder: str, out: Output) -> None:
    if out.json:
        refused = [{"image": to_name(image), "reason": reason} for image, reason in brought.refused]
        fields = {**msgspec.structs.asdict(brought), "refused": refused}
        out.document({**fields, "put_away": None if away is None else to_name(os.fsencode(away))})
        return
    numbers = [(brought.proposals, "proposal"), (brought.decisions, "decision"), (brought.marks, "flag")]
    came = [count(number, noun) for number, noun in (*numbers, (brought.views, "view")) if number]
    if came:
        back = f"; take it back with: {undo_command(folder, brought.group)}" if brought.group else ""
        out.say(f"{', '.join(came)} of {count(brought.images, 'image')} brought in{back}")
    else:
        out.say("nothing new in it")
    if away is not None:
        out.note(f"the store that was kept is now {away}")
