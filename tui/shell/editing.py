"""`cutline edit`: the same change to many captions, shown first, made with `--apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import settings
from engine.captions.caption import parse
from engine.captions.edits import apply_edit, parse_edit
from engine.dataset.images import caption_key
from engine.errors import CutlineError
from engine.tagging.ask import select
from tui.shell.diffs import Change
from tui.shell.opening import opened
from tui.shell.outcome import Interrupted, Outcome, undo_command
from tui.shell.output import count
from tui.shell.parser import add_images, add_json
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from engine.captions.edits import Edit
    from engine.review.states import Entry
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def edit_options(parser: Parser) -> None:
    """Declare what `edit` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument(
        "edits",
        metavar="EDIT",
        nargs="+",
        help=r"add:TAG[@first|@last], drop:TAG, rename:OLD=NEW or prefix:TEXT; \ escapes = and @",
    )
    parser.add_argument("--apply", action="store_true", help="make the changes; one step, which undo takes back")
    add_images(parser)
    add_json(parser)


def edit(args: Namespace, out: Output) -> int:
    """Show or make an edit of every caption."""
    in_force = settings.load()
    separator = in_force.captions.separator
    edits = [parse_edit(text, separator) for text in args.edits]
    result = Outcome()
    with opened(args.dir, out, with_settings=in_force) as workspace:
        changes = {entry.id: change for entry, change in _changes(workspace, args.images, edits, separator, result)}
        if not args.apply:
            result.images = len(changes)
            code = result.report_dry(out, "edited", list(changes.values()))
            if changes:
                out.note("nothing is changed yet: --apply makes these changes")
            return code
        if changes:
            result.group = workspace.new_group()
        try:
            with Progress(out, "editing", len(changes)) as progress:
                for image, change in changes.items():
                    _apply(workspace, image, change, edits, separator, result)
                    progress.advance()
        except KeyboardInterrupt as stop:
            if not result.images:
                raise
            back = f"take them back with: {undo_command(args.dir, result.group)}"
            raise Interrupted(f"interrupted: {count(result.images, 'image')} edited", back) from stop
        return result.report(out, "edited", args.dir)


def edited(before: bytes | None, edits: Sequence[Edit], separator: str) -> bytes | None:
    """Return what a caption file becomes after all edits, in their order."""
    for one in edits:
        before = apply_edit(parse(before, separator), one)
    return before


def _changes(
    workspace: Workspace, glob: str, edits: Sequence[Edit], separator: str, result: Outcome
) -> Iterator[tuple[Entry, Change]]:
    """Yield what the edits would change, each caption once, with the first image that has it."""
    seen: set[bytes] = set()
    for entry in select(workspace, glob):
        try:
            key = workspace.files.resolve(caption_key(entry.key, workspace.extension))
            if key in seen:  # a.jpg and a.png share a.txt
                continue
            seen.add(key)
            before = workspace.files.read(key)
        except CutlineError as refusal:
            result.refused.append((entry.key, str(refusal)))
            continue
        after = edited(before, edits, separator)
        if after != before:
            yield entry, Change(entry.key, key, before, after)


def _apply(
    workspace: Workspace, image: int, change: Change, edits: Sequence[Edit], separator: str, result: Outcome
) -> None:
    """Edit a caption as it is at this moment."""
    try:
        frame = workspace.frame(image)
        step = workspace.write(frame, edited(frame.raw, edits, separator), result.group)
    except CutlineError as refusal:
        result.refused.append((change.image, str(refusal)))
    else:
        result.images += 1
        result.written += step.wrote
