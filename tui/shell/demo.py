"""`cutline demo`: sample photos, tagged by the built-in tagger, ready for review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths, settings
from engine.dataset.samples import SAMPLES, make_demo
from engine.errors import WrongUsage
from engine.tagging.request import Request
from tui import garbage
from tui.shell.asking import ask_and_follow
from tui.shell.opening import opened
from tui.shell.parser import add_json
from tui.shell.review import on_terminal

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser

MODEL = "pixel_stats"


def demo_options(parser: Parser) -> None:
    """Declare what `demo` takes."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", help="where the photos are put; else always the same cache folder"
    )
    parser.add_argument("--headless", action="store_true", help="do everything but open the screen")
    add_json(parser)


def demo(args: Namespace, out: Output) -> int:
    """Make the demo's folder, tag it, and review it where there is a terminal."""
    folder = Path(args.dir) if args.dir else paths.cache_dir() / "demo"
    _refuse_other_files(folder)
    make_demo(folder)
    in_force = settings.load()
    screen = on_terminal() and not (args.headless or out.json)
    with opened(str(folder), out, with_settings=in_force) as workspace:
        tally = ask_and_follow(workspace, Request(model=MODEL, device=in_force.engine.device), out)
        if not screen:
            return tally.report(out, str(folder), folder=str(folder))
        garbage.hold()
        from tui import app  # noqa: PLC0415  (loads Textual)

        return app.run(folder, in_force, preview=in_force.screen.preview, workspace=workspace)


def _refuse_other_files(folder: Path) -> None:
    """Refuse to mix the samples with somebody's own photos.

    Raises:
        WrongUsage: The folder holds files, and the demo was not made there.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    first = SAMPLES[0]  # make_demo copies them in order, so an unfinished demo has this one
    if not (folder / first.folder / Path(first.source).name).exists():
        raise WrongUsage(f"{folder} holds other files", "name a new folder for the demo, or leave it out")
