"""`cutline config captions`: what a dataset's caption files end in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine.dataset.images import caption_key
from tui.shell.opening import opened
from tui.shell.outcome import DONE
from tui.shell.output import count
from tui.shell.parser import add_json

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def captions_options(parser: Parser) -> None:
    """Declare what `config captions` takes."""
    parser.add_argument("dir", metavar="DIR", help="the folder of images")
    parser.add_argument(
        "extension",
        metavar=".EXT",
        nargs="?",
        default="",
        help="look for captions in files that end so from now on, in the whole dataset; no file is renamed",
    )
    add_json(parser)


def captions(args: Namespace, out: Output) -> int:
    """Say, or change, in which files captions are looked for."""
    with opened(args.dir, out) as workspace:
        changed = bool(args.extension) and workspace.change_extension(args.extension)
        found, images, extension = _found(workspace), len(workspace.entries), workspace.extension
    if out.json:
        out.document({"extension": extension, "changed": changed, "images": images, "files": dict(found)})
        return DONE
    out.say(f"captions end in {extension}{' from now on' if changed else ''}")
    out.say(f"{found[extension]:,} of {count(images, 'image')} have such a file")
    for other, number in found.items():
        if other != extension:
            out.note(f"{count(number, 'image')} with a {other} file: it is not read")
    return DONE


def _found(workspace: Workspace) -> Counter[str]:
    """Count the images that have a file of each ending a caption may have."""
    return Counter(
        extension
        for entry in workspace.entries.values()
        for extension in workspace.files.extensions
        if workspace.files.exists(caption_key(entry.key, extension))
    )
