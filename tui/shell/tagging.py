"""`cutline tag`: one model over a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from engine import settings
from engine.errors import CutlineError, WrongUsage
from engine.models import registry
from engine.review.records import Merge
from engine.tagging.oddities import oddities
from engine.tagging.request import Request
from tui.shell.asking import ask_and_follow, ask_and_leave
from tui.shell.opening import opened
from tui.shell.parser import add_images, add_json, one_of
from tui.shell.view_options import add_view_options, view_changes

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser


def tag_options(parser: Parser) -> None:
    """Declare what `tag` takes."""
    add = parser.add_argument
    add("dir", metavar="DIR", help="the folder of images")
    add("--model", metavar="M", required=True, help="the model's name in the catalogue, or its folder")
    merges = get_args(Merge)
    add("--merge", metavar="HOW", type=one_of(*merges), help=f"how it meets the caption there is: {', '.join(merges)}")
    add("--as", metavar="NAME", dest="source", type=layer, help="name of the layer; else the model's name")
    add("--again", action="store_true", help="ask also about images that have an answer")
    add("--accept", action="store_true", help="decide every result at once; one step, which undo takes back")
    add("--detach", action="store_true", help="return at once; the engine works on, also after a logout")
    add_images(parser)
    add("--device", metavar="D", help="where the model runs: auto, cpu, cuda:0, mps; else as the settings say")
    add_json(parser)
    add_view_options(parser)


def tag(args: Namespace, out: Output) -> int:
    """Ask a model, collect what it proposes, say what came of it."""
    in_force = settings.load()
    request = Request(
        model=model_meant(args.model),
        source=args.source or "",
        merge=args.merge,
        view=view_changes(args),
        device=args.device or in_force.engine.device,
        images=args.images,
        again=args.again,
        accept=args.accept,
    )
    with opened(args.dir, out, with_settings=in_force) as workspace:
        ask = ask_and_leave if args.detach else ask_and_follow
        tally = ask(workspace, request, out)
        source = tally.asked.source
        for line in oddities(workspace, source, workspace.view_of(source), request.view):
            out.note(line)
        return tally.report(out, args.dir)


def model_meant(name: str) -> str:
    """Return a model's name in the catalogue, or the absolute path of the folder that holds one.

    A name with a slash or a leading `.` or `~` is a folder; any other is one where the catalogue has no such model.

    Raises:
        WrongUsage: The folder that is meant is none.
    """
    folder = Path(name).expanduser()
    if os.sep in name or name.startswith((".", "~")):
        if not folder.is_dir():
            raise WrongUsage(f"there is no folder {name}", "name the folder that holds the model's files")
    elif not folder.is_dir() or _in_catalogue(name):
        return name
    return os.path.abspath(folder)  # noqa: PTH100  (links stay: the path is the model's name)


def _in_catalogue(name: str) -> bool:
    try:
        registry.find(name)
    except WrongUsage:
        return False
    except CutlineError:  # its file is wrong, which the engine says better
        return True
    return True


def layer(name: str) -> str:
    """Check the name of a layer.

    Raises:
        WrongUsage: It is empty, or no text.
    """
    if not name.strip() or not name.isprintable():
        raise WrongUsage("--as needs a name that can be read", "leave it out for the model's own name")
    return name
