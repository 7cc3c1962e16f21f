"""`cutline edit`: the same change to many captions, shown first, made with `--apply`."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from engine import editing, settings
from engine.captions.editing.edits import ESCAPES, FORMS, parse_edit
from engine.dataset.images import caption_key
from engine.errors import CutlineError
from engine.tagging.request import select
from tui.shell.diffs import Change
from tui.shell.filters import add_filter, fitting
from tui.shell.opening import entry_named, key_of, opened
from tui.shell.outcome import Interrupted, Outcome, undo_command
from tui.shell.output import count
from tui.shell.parser import add_images, add_json
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from engine.review.decide import Draft
    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def edit_options(parser: Parser) -> None:
    """Declare what `edit` takes."""
    width = max(len(form) for form, _ in FORMS.values())
    verbs = "\n".join(f"  {form:{width}}  {what}" for form, what in FORMS.values())
    parser.epilog = f"edits:\n{verbs}\n\n  In them {ESCAPES}.\n\n{parser.epilog}"
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument("edits", metavar="EDIT", nargs="+", help="what to change, see below; several are done in turn")
    parser.add_argument("--apply", action="store_true", help="make the changes; one step, which undo takes back")
    add_images(parser)
    add_filter(parser)
    parser.add_argument(
        "--except",
        metavar="IMAGE",
        dest="left_out",
        action="append",
        default=[],
        help="leave this image's caption as it is; may be given again",
    )
    add_json(parser)


def edit(args: Namespace, out: Output) -> int:
    """Show or make an edit of every caption."""
    in_force = settings.load()
    edits = [parse_edit(text, in_force.captions.separator) for text in args.edits]
    with opened(args.dir, out, with_settings=in_force) as workspace:
        fits = fitting(workspace, args.filter, out)
        images = [entry.id for entry in select(workspace, args.images) if fits is None or entry.id in fits]
        with Progress(out, "looking at", len(images)) as progress:
            found = editing.plan(workspace, images, edits, on_progress=_shown_in(progress))
        _leave_out(workspace, found, args.left_out)
        result = Outcome()
        result.refused += _named(workspace, found.refused)
        if not args.apply:
            result.images = len(found.changes)
            code = result.report_dry(out, "edited", [_as_change(workspace, draft) for draft in found.changes])
            if found.changes:
                out.note("nothing is changed yet: --apply makes these changes, --except IMAGE leaves one out")
            return code
        with Progress(out, "editing", len(found.changes)) as progress:
            done = editing.apply(workspace, found.changes, edits=edits, on_progress=_shown_in(progress))
        result.refused += _named(workspace, done.refused)
        result.group, result.images, result.written = done.group, len(done.images), done.written
        if done.stopped:
            back = f"take them back with: {undo_command(args.dir, done.group)}" if done.images else ""
            raise Interrupted(f"interrupted: {count(len(done.images), 'image')} edited", back)
        return result.report(out, "edited", args.dir)


def _leave_out(workspace: Workspace, found: editing.Plan, names: Sequence[str]) -> None:
    """Take images out of a plan; each may be named by its caption, too, as the diff names it.

    Raises:
        WrongUsage: A name fits no image.
    """
    if not names:
        return
    owners = {entry.id: caption_key(entry.key, workspace.extension) for entry in workspace.entries.values()}
    captions = {*owners.values(), *(change.caption for change in found.changes)}
    left: set[bytes] = set()
    for name in names:
        key = os.path.normpath(os.fsencode(name))
        named = next((key for key in (workspace.below + key, key) if key in captions), None)
        caption = named or owners[entry_named(workspace, name).id]
        left.add(caption)
        with suppress(CutlineError):  # such a link is refused by itself
            left.add(workspace.files.resolve(caption))
    found.changes = [change for change in found.changes if change.caption not in left]
    found.refused = [one for one in found.refused if owners.get(one[0]) not in left]


def _shown_in(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, _: progress.advance(done - progress.done)


def _named(workspace: Workspace, refused: Sequence[tuple[ImageId, str]]) -> list[tuple[bytes, str]]:
    return [(key_of(workspace, image), reason) for image, reason in refused]


def _as_change(workspace: Workspace, draft: Draft) -> Change:
    return Change(key_of(workspace, draft.image), draft.caption, draft.before, draft.after)
