"""`cutline accept` and `cutline reject`: decisions about many images without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.errors import CutlineError
from engine.review.decisions import refuse_unwritable
from engine.tagging import bulk
from engine.tagging.accept import accept_proposals
from engine.tagging.oddities import oddities
from engine.tagging.views import Changes, put_in_force, views_for
from tui.shell.diffs import Change
from tui.shell.filters import add_filter, fitting
from tui.shell.opening import key_of, opened
from tui.shell.outcome import DONE, Interrupted, Outcome, undo_command
from tui.shell.output import count
from tui.shell.parser import add_images, add_json, score
from tui.shell.progress import Progress
from tui.shell.view_options import add_view_options, view_changes

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.captions.viewing.view import View
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser

Verb = Literal["accept", "reject"]


def accept_options(parser: Parser) -> None:
    """Declare what `accept` takes."""
    reject_options(parser)
    parser.add_argument(
        "--min-score", metavar="S", type=score, default=0.0, help="leave tags whose score is below S, 0 to 1"
    )
    add_view_options(parser)


def reject_options(parser: Parser) -> None:
    """Declare what `reject` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument(
        "--source",
        metavar="GLOB",
        action="append",
        default=[],
        help="only candidates of this source; may be given again; needed where several wait for one image",
    )
    add_images(parser)
    add_filter(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would happen and change nothing")
    add_json(parser)


def accept(args: Namespace, out: Output) -> int:
    """Accept what is chosen on opening, of every image that fits, seen through the view that the options make."""
    return _decide(args, out, "accept", args.min_score, view_changes(args))


def reject(args: Namespace, out: Output) -> int:
    """Reject the candidates of every image that fits."""
    return _decide(args, out, "reject", 0.0, Changes())


class _Work(NamedTuple):
    """What is to be decided, and how."""

    verb: Verb
    candidates: dict[int, frozenset[int]]
    """Open candidates by image."""
    min_score: float
    views: dict[str, View]
    """By source: what the candidates are looked through from now on, where that is another view than before."""


def _decide(args: Namespace, out: Output, verb: Verb, min_score: float, changes: Changes) -> int:
    with opened(args.dir, out) as workspace:
        chosen = bulk.choose(workspace, args.source, args.images, fitting(workspace, args.filter, out))
        fresh, stale = _fresh(workspace, chosen)
        for number, why in ((chosen.flagged, "flagged"), (stale, "changed since it was tagged")):
            if number:
                out.note(f"left alone: {count(number, 'image')} ({why})")
        views = views_for(workspace, chosen.sources, changes) if changes else {}
        for line in (
            line for source, settings in views.items() for line in oddities(workspace, source, settings, changes)
        ):
            out.note(line)
        moved = {source: settings for source, settings in views.items() if workspace.view_of(source) != settings}
        work = _Work(verb, fresh, min_score, moved)
        if args.dry_run:
            return _dry_run(workspace, out, work)
        result = Outcome()
        try:
            _decide_all(workspace, out, work, result)
        except KeyboardInterrupt as stop:
            if not result.images:
                raise
            back = f"take them back with: {undo_command(args.dir, result.group)}"
            raise Interrupted(f"interrupted: {count(result.images, 'image')} {verb}ed", back) from stop
        return _report(args, out, work, result)


def _report(args: Namespace, out: Output, work: _Work, result: Outcome) -> int:
    for source in work.views:
        out.note(f"what {source} proposes is seen through the new view from now on")
    if work.verb == "reject":
        return result.report(out, "rejected", args.dir)
    if work.views and not (out.json or result.images or result.refused):
        return DONE
    group = result.group if result.images or work.views else None
    return result.report(out, "accepted", args.dir, group=group, views=list(work.views))


def _fresh(workspace: Workspace, chosen: bulk.Chosen) -> tuple[dict[int, frozenset[int]], int]:
    """Return the candidates without those of images that changed, and how many images that are."""
    fresh = {
        image: proposals
        for image, proposals in chosen.proposals.items()
        if not bulk.is_stale(workspace, image, proposals)
    }
    return fresh, len(chosen.proposals) - len(fresh)


def _dry_run(workspace: Workspace, out: Output, work: _Work) -> int:
    result, changes = Outcome(), []
    for image, proposals in work.candidates.items():
        try:
            seen = bulk.preview(workspace, image, proposals, work.min_score, work.views)
            if seen is not None and work.verb == "accept":
                refuse_unwritable(seen.frame, seen.after)
        except CutlineError as refusal:
            result.refused.append((key_of(workspace, image), str(refusal)))
            continue
        if work.verb == "reject":
            result.images += 1
        elif seen is not None:
            result.images += 1
            if seen.after != seen.frame.raw:
                changes.append(Change(seen.frame.image.key, seen.frame.caption_key, seen.frame.raw, seen.after))
    return result.report_dry(out, f"{work.verb}ed", changes)


def _decide_all(workspace: Workspace, out: Output, work: _Work, result: Outcome) -> None:
    """Decide image by image, and count it in `result` at once, so that an interruption can say what was done."""
    if work.candidates or work.views:
        result.group = put_in_force(workspace, work.views)
    with Progress(out, f"{work.verb}ing", len(work.candidates)) as progress:
        for image, proposals in work.candidates.items():
            if work.verb == "accept":
                told = accept_proposals(workspace, image, proposals, result.group, work.min_score)
            else:
                told = bulk.reject_proposals(workspace, image, proposals, result.group)
            result.add(key_of(workspace, image), told)
            progress.advance()
