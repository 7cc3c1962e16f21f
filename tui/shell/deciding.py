"""`cutline accept` and `cutline reject`: decisions about many images without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.errors import CutlineError
from engine.tagging import bulk
from engine.tagging.accept import accept_proposals
from tui.shell.diffs import Change
from tui.shell.opening import key_of, opened
from tui.shell.outcome import Interrupted, Outcome, undo_command
from tui.shell.output import count
from tui.shell.parser import add_images, add_json, score
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from argparse import Namespace

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
    parser.add_argument("--dry-run", action="store_true", help="show what would happen and change nothing")
    add_json(parser)


def accept(args: Namespace, out: Output) -> int:
    """Accept what is chosen on opening, of every image that fits."""
    return _decide(args, out, "accept", args.min_score)


def reject(args: Namespace, out: Output) -> int:
    """Reject the candidates of every image that fits."""
    return _decide(args, out, "reject", 0.0)


def _decide(args: Namespace, out: Output, verb: Verb, min_score: float) -> int:
    with opened(args.dir, out) as workspace:
        chosen = bulk.choose(workspace, args.source, args.images)
        fresh, stale = _fresh(workspace, chosen)
        for number, why in ((chosen.flagged, "flagged"), (stale, "changed since it was tagged")):
            if number:
                out.note(f"left alone: {count(number, 'image')} ({why})")
        if args.dry_run:
            return _dry_run(workspace, out, fresh, verb, min_score)
        result = Outcome()
        try:
            _decide_all(workspace, out, fresh, verb, min_score, result)
        except KeyboardInterrupt as stop:
            if not result.images:
                raise
            back = f"take them back with: {undo_command(args.dir, result.group)}"
            raise Interrupted(f"interrupted: {count(result.images, 'image')} {verb}ed", back) from stop
        return result.report(out, f"{verb}ed", args.dir)


def _fresh(workspace: Workspace, chosen: bulk.Chosen) -> tuple[dict[int, frozenset[int]], int]:
    """Return the candidates without those of images that changed, and how many images that are."""
    fresh = {
        image: proposals
        for image, proposals in chosen.proposals.items()
        if not bulk.is_stale(workspace, image, proposals)
    }
    return fresh, len(chosen.proposals) - len(fresh)


def _dry_run(
    workspace: Workspace, out: Output, candidates: dict[int, frozenset[int]], verb: Verb, min_score: float
) -> int:
    result, changes = Outcome(), []
    for image, proposals in candidates.items():
        try:
            seen = bulk.preview(workspace, image, proposals, min_score)
        except CutlineError as refusal:
            result.refused.append((key_of(workspace, image), str(refusal)))
            continue
        if verb == "reject":
            result.images += 1
        elif seen is not None:
            result.images += 1
            if seen.after != seen.frame.raw:
                changes.append(Change(seen.frame.image.key, seen.frame.caption_key, seen.frame.raw, seen.after))
    return result.report_dry(out, f"{verb}ed", changes)


def _decide_all(
    workspace: Workspace,
    out: Output,
    candidates: dict[int, frozenset[int]],
    verb: Verb,
    min_score: float,
    result: Outcome,
) -> None:
    """Decide image by image, and count it in `result` at once, so that an interruption can say what was done."""
    if candidates:
        result.group = workspace.new_group()
    with Progress(out, f"{verb}ing", len(candidates)) as progress:
        for image, proposals in candidates.items():
            if verb == "accept":
                told = accept_proposals(workspace, image, proposals, result.group, min_score)
            else:
                told = bulk.reject_proposals(workspace, image, proposals, result.group)
            result.add(key_of(workspace, image), told)
            progress.advance()
