"""`cutline review DIR`, or just `cutline DIR`: the review screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine import settings
from engine.errors import WrongUsage
from engine.finding.language import Order
from engine.finding.language.sorting import ORDERS
from engine.review.place import dataset_of
from tui import garbage, interrupts
from tui.shell.filters import add_filter, an_order
from tui.shell.opening import reached
from tui.shell.output import is_terminal
from tui.shell.parser import at_least, one_of

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.settings import Settings
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def review_options(parser: Parser) -> None:
    """Declare what `review` takes."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", default=".", help="the folder of images; else the one you are in"
    )
    add_filter(parser)
    parser.add_argument(
        "--sort",
        metavar="KEY",
        type=an_order,
        help=f"{', '.join(ORDERS)}; a - before it turns it round",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=at_least(0),
        default=0,
        help="review only the next N images that wait for a decision; 0 for all",
    )
    parser.add_argument(
        "--preview",
        metavar="HOW",
        type=one_of("auto", "symbols", "none"),
        help="how pictures are drawn: auto, symbols, none",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="no screen: lines of text and typed commands, for screen readers, braille and terminals that can do little",
    )


def review(args: Namespace, out: Output) -> int:
    """Open the review screen, or review line by line."""
    in_force = settings.load()
    if args.plain:
        return _review_plainly(args, out, in_force)
    folder = reached(args.dir)
    if not folder.is_dir():
        dataset_of(folder)  # says what is wrong with it, which no terminal would mend
    if not on_terminal():
        raise WrongUsage("the review screen needs a terminal", f"without one: cutline review {args.dir} --plain")
    garbage.hold()
    with interrupts.answered_by(interrupts.end):
        from tui import app  # noqa: PLC0415  (loads Textual)
        from tui.course import lineup  # noqa: PLC0415  (loads Textual)

    preview = args.preview or in_force.screen.preview
    queue = lineup.Lineup(args.filter, args.sort or Order(), limit=args.limit)
    resumes = args.filter is None and args.sort is None
    return app.run(folder, in_force, preview=preview, lineup=queue, resumes=resumes)


def _review_plainly(args: Namespace, out: Output, in_force: Settings) -> int:
    """Review line by line; any stdin and stdout will do."""
    with interrupts.answered_by(interrupts.end):
        from tui.course import lineup  # noqa: PLC0415  (as is this)
        from tui.plain import review as plain  # noqa: PLC0415  (who wants the screen does not wait for it)

    queue = lineup.Lineup(args.filter, args.sort or Order(), limit=args.limit)
    return plain.run(reached(args.dir), in_force, out, queue)


def on_terminal() -> bool:
    """Say whether there is a terminal to draw a screen on and to take keys from."""
    return all(is_terminal(stream) for stream in (sys.stdin, sys.stdout, sys.stderr))
