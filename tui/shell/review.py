"""`cutline review DIR`, or just `cutline DIR`: the review screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from engine import settings
from engine.errors import WrongUsage
from engine.review import queue
from tui import garbage, interrupts
from tui.shell.opening import reached
from tui.shell.output import is_terminal
from tui.shell.parser import one_of

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser


def review_options(parser: Parser) -> None:
    """Declare what `review` takes."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", default=".", help="the folder of images; else the one you are in"
    )
    parser.add_argument("--filter", metavar="Q", default="", help="only images that are: pending, flagged, ...; or a,b")
    parser.add_argument("--sort", metavar="KEY", default="queue", help="queue (what waits first) or path")
    parser.add_argument(
        "--preview",
        metavar="HOW",
        type=one_of("auto", "symbols", "none"),
        help="how pictures are drawn: auto, symbols, none",
    )


def review(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Open the review screen."""
    in_force = settings.load()
    queue.check(args.sort, args.filter)
    folder = reached(args.dir)
    if not on_terminal():
        raise WrongUsage("the review screen needs a terminal", f"without one, try: cutline stats {args.dir}")
    garbage.hold()
    with interrupts.answered_by(interrupts.end):
        from tui import app, lineup  # noqa: PLC0415  (loads Textual)

    preview = args.preview or in_force.screen.preview
    return app.run(folder, in_force, preview=preview, lineup=lineup.Lineup(args.sort, args.filter))


def on_terminal() -> bool:
    """Say whether there is a terminal to draw a screen on and to take keys from."""
    return all(is_terminal(stream) for stream in (sys.stdin, sys.stdout, sys.stderr))
