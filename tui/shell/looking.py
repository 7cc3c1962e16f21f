"""`cutline show`, `stats` and `history`: they look and change nothing."""

from __future__ import annotations

import fnmatch
import os
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

from engine import settings
from engine.errors import CutlineError
from engine.models import token_counters
from engine.review.statistics import count_captions, count_stale
from engine.tagging.request import select
from engine.wire.protocol import to_name
from tui import interrupts
from tui.shell import rows
from tui.shell.opening import entry_named, opened
from tui.shell.output import text_or_bytes
from tui.shell.parser import add_images, add_json, at_least

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from engine.captions.tokens.tokens import Limits, TokenBudget
    from engine.review.records import Image, JournalRow
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def history_options(parser: Parser) -> None:
    """Declare what `history` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument("--limit", metavar="N", type=at_least(1), help="only the newest N rows")
    add_images(parser)
    add_json(parser)


def history(args: Namespace, out: Output) -> int:
    """Print the journal, one step a line.

    Raises:
        WrongUsage: `--images` names none.
    """
    with opened(args.dir, out, scan=False) as workspace:
        row = None
        for row in _rows_asked(workspace, args):
            if out.json:
                out.document(rows.journal_fields(row))
            else:
                out.say_line(rows.journal_line(row, workspace.separator))
        if row is None and args.images:
            workspace.scan()  # an image that nobody looked at yet is there all the same
            select(workspace, args.images)
    return 0


def _rows_asked(workspace: Workspace, args: Namespace) -> Iterable[JournalRow]:
    if not (args.images or workspace.below):
        return workspace.history(newest=args.limit)
    found: Iterable[JournalRow] = filter(workspace.concerns, workspace.history())
    if args.images:
        pattern, start = os.fsencode(args.images), len(workspace.below)
        found = (row for row in found if row.image_key and fnmatch.fnmatchcase(row.image_key[start:], pattern))
    return deque(found, args.limit) if args.limit else found


def stats_options(parser: Parser) -> None:
    """Declare what `stats` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    add_json(parser)


def stats(args: Namespace, out: Output) -> int:
    """Count images by what is decided about them, and tags."""
    in_force = settings.load()
    with opened(args.dir, out, with_settings=in_force) as workspace:
        keys = (entry.key for entry in workspace.entries.values())
        captions = count_captions(workspace.files, keys, workspace.extension, in_force.captions.separator)
        stale = count_stale(workspace.store.db, workspace.entries, workspace.look_again)
        counts = msgspec.structs.replace(workspace.counts(), captioned=captions.captioned, stale=stale)
    fields = {**msgspec.to_builtins(counts), "tags": captions.tags}
    if out.json:
        out.document(fields)
    else:
        width = max(len(f"{number:,}") for number in fields.values())
        for name, number in fields.items():
            out.say(f"{name:<10} {number:>{width},}")
    return 0


def show_options(parser: Parser) -> None:
    """Declare what `show` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument("image", metavar="IMAGE", help="the image's path below DIR")
    add_json(parser)


def show(args: Namespace, out: Output) -> int:
    """Show what is known of one image."""
    in_force = settings.load()
    with opened(args.dir, out, with_settings=in_force) as workspace:
        entry = entry_named(workspace, args.image)
        with workspace.store.explained():
            proposals = list(rows.proposal_fields(workspace, workspace.look_again(entry.id)))
        code = 0
        try:
            frame = workspace.frame(entry.id)
            image, raw, text = frame.image, frame.raw, frame.caption.text
        except CutlineError as problem:  # no plain file, a link that leads out of the folder: the rest can be shown
            out.problem(problem)
            code = problem.exit_code
            image, raw, text = workspace.look_again(entry.id), None, ""
        fields = {**_picture(workspace, image), "caption": _caption(raw, text), "state": entry.state}
        budget = None if raw is None else token_counters.load(in_force).budget(text)
        fields["tokens"] = budget and budget._asdict()
        fields["proposals"] = proposals
        steps = list(workspace.history(entry.id))
    if out.json:
        out.document({**fields, "history": [rows.journal_fields(row) for row in steps]})
        return code
    why = f"unreadable ({entry.unreadable})" if entry.unreadable else "unreadable"
    size = f"{fields['width']}×{fields['height']} px" if fields["width"] else why
    out.say_line(f"{os.fsdecode(image.key)}  {size}  {entry.state}{'  flagged' if entry.flagged else ''}")
    out.say(text.rstrip("\r\n") if raw is not None else "(the caption cannot be read)" if code else "(no caption)")
    if budget is not None:
        out.say_line(_in_words(budget, token_counters.limits(in_force)))
    for proposal in proposals:
        _say_proposal(out, proposal)
    for row in steps:
        out.say_line(rows.journal_line(row, workspace.separator))
    return code


def _picture(workspace: Workspace, image: Image) -> dict[str, Any]:
    with interrupts.answered_by(interrupts.end):
        from engine.models.picture_size import upright_size  # noqa: PLC0415  (loads Pillow; only this command needs it)

    measured = upright_size(workspace.root / os.fsdecode(image.key))
    width, height = measured.size or (None, None)
    if measured.damage:
        workspace.note_unreadable({image.id: measured.damage})
    return {"image": to_name(image.key), "width": width, "height": height}


def _caption(raw: bytes | None, text: str) -> Any:
    """Return the caption as text without its BOM, None when absent; where it is not UTF-8, the file's bytes."""
    whole = text_or_bytes(raw)
    return text if isinstance(whole, str) else whole


def _in_words(budget: TokenBudget, limits: Limits) -> str:
    """Say what a caption takes of both text encoders."""
    guess, estimate = ("", "~"), ("", " (estimate)")
    parts = [
        f"{guess[not exact]}{count}/{limit} {name}{estimate[not exact]}{', over' if count > limit else ''}"
        for count, exact, limit, name in (
            (budget.clip, budget.clip_exact, limits.clip, "CLIP tokens"),
            (budget.t5, budget.t5_exact, limits.t5, "T5"),
        )
    ]
    return ", ".join(parts)


def _say_proposal(out: Output, proposal: dict[str, Any]) -> None:
    answer = proposal["decision"]["answer"] if proposal["decision"] else "open"
    marks = [word for word in ("superseded", "stale") if proposal[word]]
    out.say()
    out.say_line("  ".join([f"proposal {proposal['id']}", proposal["source"], answer, *marks]))
    if proposal["tags"] is None:
        out.say(f"  {proposal['text']}")
    for tag in proposal["tags"] or ():
        out.say_line(f"  {'+' if tag['in_view'] else ' '} {tag['score']:.3f}  {tag['tag']}")
