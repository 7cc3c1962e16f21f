"""`cutline export`: writes what a tagger said into a file for other programs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from engine import settings
from engine.dataset.formats import scores_csv
from engine.dataset.formats.whole_file import free_place, written_whole
from engine.errors import NotWritable, WrongUsage
from engine.tagging.export_scores import stored_scores, tagger
from engine.wire.protocol import to_name
from tui.shell.opening import opened, reached
from tui.shell.outcome import DONE
from tui.shell.output import count, is_terminal, silence_stdout
from tui.shell.parser import add_json, one_of
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser

STDOUT = "-"


def export_options(parser: Parser) -> None:
    """Declare what `export` takes."""
    add = parser.add_argument
    add("dir", metavar="DIR", help="the folder of images")
    add(
        "--to",
        dest="format",
        metavar="FORMAT",
        type=one_of("scores-csv"),
        required=True,
        help="scores-csv: image, tag, category, score; one line for each tag of each image",
    )
    add("out", metavar="OUT", help="the file to write; - for stdout")
    add("--source", metavar="NAME", default="", help="the tagger; needed where several have said something")
    add("--force", action="store_true", help="replace OUT if it is there")
    add_json(parser)


def export(args: Namespace, out: Output) -> int:
    """Write all stored tags of one tagger, whatever its thresholds."""
    to_stdout = args.out == STDOUT
    if to_stdout and args.json:
        raise WrongUsage("--json and the file cannot both go to stdout", "name a file instead of -")
    in_force = settings.load()
    with opened(args.dir, out, with_settings=in_force) as workspace:
        source = tagger(workspace, args.source)
        place: Path | None = None
        if not to_stdout:
            place = free_place(reached(args.out), in_force.captions.extra_extensions, replace=args.force)
        bare = to_stdout and is_terminal(sys.stdout)  # a bar would stand among the lines
        progress = None if bare else Progress(out, "exporting", len(workspace.entries))
        target = _stdout() if place is None else written_whole(place, replace=args.force)
        with progress or nullcontext(), target as file:
            images, tags, stale = _write(workspace, source, file, progress)
    if stale:
        out.note(f"{count(stale, 'image')} changed since {source} saw them; exported is what it said then")
    if place is not None and out.json:
        name = to_name(os.fsencode(place))
        out.document({"images": images, "tags": tags, "stale": stale, "source": source, "file": name})
    else:
        done = f"{count(tags, 'tag')} of {count(images, 'image')} by {source} written"
        (out.note if to_stdout else out.say)(done if to_stdout else f"{done} to {args.out}")
    return DONE


def _write(workspace: Workspace, source: str, file: BinaryIO, progress: Progress | None) -> tuple[int, int, int]:
    """Write line after line; return how many images, how many tags, and how many of the images are stale."""
    images = tags = stale = 0
    file.write(scores_csv.HEADER)
    for scored in stored_scores(workspace, source):
        if scored.scores is not None:
            file.write(scores_csv.lines(scored.key, scored.scores))
            images, tags, stale = images + 1, tags + len(scored.scores), stale + scored.stale
        if progress is not None:
            progress.advance()
    return images, tags, stale


@contextmanager
def _stdout() -> Iterator[BinaryIO]:
    """Lend stdout for bytes.

    Raises:
        NotWritable: It is closed, or its disk is full.
    """
    if sys.stdout is None:
        raise NotWritable("cannot write the scores: stdout is closed", "name a file instead of -")
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stdout()
        raise NotWritable(f"cannot write the scores: {error.strerror}", "look where stdout leads") from error
