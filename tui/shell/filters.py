"""`--filter Q` and `--sort KEY` of the commands, in the language of `engine.finding`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import settings
from engine.errors import WrongUsage
from engine.finding.language import BadQuery, parse_order
from engine.finding.language.saved import parse_saved
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from engine.finding.language import Order, Query
    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def add_filter(parser: Parser) -> None:
    """Add `--filter`."""
    parser.add_argument(
        "--filter",
        metavar="Q",
        type=a_filter,
        help="only images that fit, e.g. 'pending AND tag:cat' (docs/filters.md)",
    )


def a_filter(text: str) -> Query | None:
    """Read a filter; None for one that is left empty, which means all images.

    Raises:
        WrongUsage: It cannot be understood; with the place.
    """
    try:
        return parse_saved(text, settings.load().filters if "@" in text else {}) if text.strip() else None
    except BadQuery as wrong:
        raise WrongUsage(f"--filter: {wrong.message}", wrong.hint) from wrong


def an_order(text: str) -> Order:
    """Read an order.

    Raises:
        WrongUsage: There is no such one.
    """
    try:
        return parse_order(text)
    except WrongUsage as wrong:
        raise WrongUsage(f"--sort: {wrong.message}", wrong.hint) from wrong


def fitting(workspace: Workspace, query: Query | None, out: Output) -> frozenset[ImageId] | None:
    """Return the images that fit a filter; None, where there is none, for all.

    Raises:
        WrongUsage: None fits.
    """
    if query is None:
        return None
    from engine.finding.finder import Finder  # noqa: PLC0415  (loads numpy and Pillow)

    counter = None
    if "tokens" in query.needs:
        from engine.models.token_counters import counter as clip_counter  # noqa: PLC0415  (reads the vocabulary)

        counter = clip_counter()
    finder = Finder(workspace, counter)
    with Progress(out, "looking through", len(workspace.entries)) as progress:

        def show() -> bool:
            done, _ = finder.progress or (progress.done, 0)
            progress.advance(max(0, done - progress.done))
            return False

        found = frozenset(finder.find(query, stop=show))
    if not found:
        term = finder.near(query)
        hint = f"there is {term}" if term else "see what fits with: cutline review"
        raise WrongUsage(f"no image fits the filter {query.text}", hint)
    return found
