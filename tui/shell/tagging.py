"""`cutline tag`: one model over a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from engine import settings
from engine.errors import WrongUsage
from engine.review.records import Merge
from engine.tagging.ask import Request
from tui.shell.asking import ask_and_follow, ask_and_leave
from tui.shell.opening import opened
from tui.shell.parser import add_images, add_json, at_least, given, one_of, score

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser


def tag_options(parser: Parser) -> None:
    """Declare what `tag` takes."""
    add = parser.add_argument
    add("dir", metavar="DIR", help="the folder of images")
    add("--model", metavar="M", required=True, help="the model's name in the catalogue")
    add("--threshold", metavar="S", type=score, help="propose tags whose score is at least S, 0 to 1")
    add("--top-k", metavar="K", type=at_least(0), help="propose at most the K best tags; 0 for all")
    add("--include-tags", metavar="FILE", dest="include", type=tag_list, help="propose only tags in FILE, one a line")
    add("--exclude-tags", metavar="FILE", dest="exclude", type=tag_list, help="never propose tags in FILE, one a line")
    merges = get_args(Merge)
    add("--merge", metavar="HOW", type=one_of(*merges), help=f"how it meets the caption there is: {', '.join(merges)}")
    add("--as", metavar="NAME", dest="source", type=layer, help="name of the layer; else the model's name")
    add("--again", action="store_true", help="ask also about images that have an answer")
    add("--accept", action="store_true", help="decide every result at once; one step, which undo takes back")
    add("--detach", action="store_true", help="return at once; the engine works on, also after a logout")
    add_images(parser)
    add("--device", metavar="D", help="where the model runs: auto, cpu, cuda:0, mps; else as the settings say")
    add_json(parser)


def tag(args: Namespace, out: Output) -> int:
    """Ask a model, collect what it proposes, say what came of it."""
    in_force = settings.load()
    request = Request(
        model=args.model,
        source=args.source or "",
        merge=args.merge,
        view=_view(args),
        device=args.device or in_force.engine.device,
        images=args.images,
        again=args.again,
        accept=args.accept,
    )
    with opened(args.dir, out, with_settings=in_force) as workspace:
        ask = ask_and_leave if args.detach else ask_and_follow
        return ask(workspace, request, out).report(out, args.dir)


def tag_list(path: str) -> tuple[str, ...]:
    """Read a list of tags, one a line.

    Raises:
        WrongUsage: The file cannot be read, or holds no tag.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}", "name a text file with one tag a line") from error
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{path} is not UTF-8 text", "save it as UTF-8, one tag a line") from error
    tags = tuple(line.strip() for line in lines if line.strip())
    if not tags:
        raise WrongUsage(f"{path} holds no tag", "write one tag a line")
    return tags


def layer(name: str) -> str:
    """Check the name of a layer.

    Raises:
        WrongUsage: It is empty, or no text.
    """
    if not name.strip() or not name.isprintable():
        raise WrongUsage("--as needs a name that can be read", "leave it out for the model's own name")
    return name


def _view(args: Namespace) -> dict[str, Any]:
    return given(args, "threshold", "top_k", "include", "exclude")
