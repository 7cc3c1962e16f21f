"""`cutline import --from scores-csv`: the scores in a file become proposals, as if a tagger had made them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from engine.captions.viewing.scores import FULL_SCALE
from engine.dataset.formats import scores_csv
from engine.errors import WrongUsage
from engine.review.records import Merge
from engine.tagging.import_scores import Gathered, Taken, Terms, gather, take_in
from engine.wire.protocol import to_name
from tui.shell.opening import opened, reached
from tui.shell.outcome import DONE, PARTLY, Interrupted
from tui.shell.output import count
from tui.shell.parser import one_of, score
from tui.shell.progress import Progress
from tui.shell.waiting_again import decided, say_waiting_again

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from engine.dataset.formats.scores_csv import ScoreRow
    from tui.shell.output import Output
    from tui.shell.parser import Parser

FORMATS = ("scores-csv",)
DEFAULT_MERGE: Merge = "append"
"""As taggers do."""
SPARSE_FROM = 0.1
"""A file with no score below this was made with a threshold, which is said."""
NAMED_IMAGES = 3
"""How many unknown images a note names; the rest is counted."""


def options(parser: Parser) -> None:
    """Declare what `import` takes for scores alone."""
    add, merges = parser.add_argument, get_args(Merge)
    add("--as", metavar="NAME", dest="source", help="scores: name of the layer; else FILE's, without its ending")
    add(
        "--merge",
        metavar="HOW",
        type=one_of(*merges),
        help=f"scores: how they meet the caption there is: {', '.join(merges)}; else {DEFAULT_MERGE}",
    )
    add(
        "--threshold",
        metavar="S",
        type=score,
        help="scores: propose tags whose score is at least S, 0 to 1; else as it is in force, or 0.35",
    )


def refuse_options(args: Namespace) -> None:
    """Refuse options that mean nothing for another format.

    Raises:
        WrongUsage: One was given.
    """
    for option, value in (("--as", args.source), ("--merge", args.merge), ("--threshold", args.threshold)):
        if value is not None:
            raise WrongUsage(f"{option} means nothing with --from {args.format}", "leave it out")


def bring_scores(args: Namespace, out: Output) -> int:
    """Read all of the file, then store it as proposals of one source."""
    if args.file is None:
        raise WrongUsage("FILE is missing", "name it: cutline import DIR --from scores-csv FILE")
    terms = Terms(_source(args), args.merge or DEFAULT_MERGE, args.threshold)
    file, taken = reached(args.file), Taken()
    with opened(args.dir, out) as workspace:
        with Progress(out, "reading", len(workspace.entries)) as progress:
            found = gather(workspace, _rows(file, args.file), progress.advance)
        before = decided(workspace)
        try:
            if found.said:
                with Progress(out, "importing", len(found.said)) as progress:
                    take_in(workspace, found, terms, taken, progress.advance)
        except KeyboardInterrupt as stop:
            if not taken.images:
                raise
            done = f"interrupted: scores of {taken.images:,} of {count(len(found.said), 'image')} stored"
            raise Interrupted(done, "run it again to go on") from stop
        threshold = workspace.view_of(terms.source).threshold
        _note(found, taken, args.file, out)
        _report(found, taken, terms.source, threshold, out)
        say_waiting_again(workspace, before, out)
    return PARTLY if found.unknown or taken.refused else DONE


def _source(args: Namespace) -> str:
    name = Path(args.file).stem if args.source is None else args.source
    if not name.strip() or not name.isprintable():
        raise WrongUsage("the layer needs a name that can be read", "give it one with --as NAME")
    return str(name)


def _rows(file: Path, name: str) -> Iterator[ScoreRow]:
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            yield from scores_csv.read(text, name)
    except OSError as error:
        raise WrongUsage(f"{name} cannot be read: {error.strerror}", "name a CSV file with scores") from error


def _note(found: Gathered, taken: Taken, file: str, out: Output) -> None:
    """Say what did not come, and what the file cannot tell."""
    for image, reason in taken.refused:
        out.note(f"{image.decode(errors='surrogateescape')}: {reason}")
    if found.unknown:
        names = [name.decode(errors="surrogateescape") for name in list(found.unknown)[:NAMED_IMAGES]]
        more = f" and {len(found.unknown) - NAMED_IMAGES:,} more" if len(found.unknown) > NAMED_IMAGES else ""
        out.note(f"left out: {count(len(found.unknown), 'image')} not in the dataset: {', '.join(names)}{more}")
    if taken.repeated:
        lines = count(taken.repeated, "line")
        out.note(f"{file} says a tag of an image more than once ({lines} too many): the highest score counts")
    lowest = found.lowest / FULL_SCALE
    if taken.proposed and lowest > SPARSE_FROM:
        out.note(f"{file} holds no score below {lowest:.2f}: a threshold below that proposes no more")


def _report(found: Gathered, taken: Taken, source: str, threshold: float, out: Output) -> None:
    if out.json:
        refused = [{"image": to_name(image), "reason": reason} for image, reason in taken.refused]
        unknown = [to_name(name) for name in found.unknown]
        numbers = {"images": taken.images, "proposed": taken.proposed, "unchanged": taken.unchanged}
        terms = {"source": source, "threshold": threshold, "view_changed": taken.view_changed}
        out.document({**terms, **numbers, "repeated": taken.repeated, "unknown": unknown, "refused": refused})
        return
    there = f"{count(taken.unchanged, 'image')} already there" if taken.unchanged else ""
    if taken.proposed:
        new = f"scores of {count(taken.proposed, 'image')} brought in as {source}, proposed from {threshold:g} on"
        out.say("; ".join(filter(None, (new, there))))
    else:
        out.say(f"nothing new in it{f': {there}' if there else ''}")
    if taken.view_changed:
        out.say(f"what {source} proposes is seen through the new view, from {threshold:g} on")
