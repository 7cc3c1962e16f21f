"""`--filter Q` and `--sort KEY` of the commands, in the language of `engine.finding`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import settings
from engine.errors import WrongUsage
from engine.finding.language import BadQuery, parse_order
from engine.finding.language.saved import parse_saved
from engine.models import token_counters
from tui.shell.progress import Progress

if TYPE_CHECKING:
    from engine.captions.tokens.tokens import Tokens
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


def _counters(query: Query) -> Tokens | None:
    """Return what counts the tokens that a filter asks for; None where it asks for none."""
    if "t5" in query.needs:
        return token_counters.load(settings.load())
    return token_counters.load_without_t5() if "tokens" in query.needs else None


def fitting(workspace: Workspace, query: Query | None, out: Output) -> frozenset[ImageId] | None:
    """Return the images that fit a filter; None, where there is none, for all.

    Raises:
        WrongUsage: None fits.
        BadSetting: It asks for tokens of T5, and the tokenizer file in the settings cannot be used.
    """
    if query is None:
        return None
    from engine.finding.finder import Finder  # noqa: PLC0415  (loads numpy and Pillow)

    tokens = _counters(query)
    finder = Finder(workspace, *((tokens.clip.count, tokens.t5.count) if tokens is not None else ()))
    with Progress(out, "looking through", len(workspace.entries)) as progress:

        def show() -> bool:
            done, _ = finder.progress or (progress.done, 0)
            progress.advance(max(0, done - progress.done))
            return False

        found = frozenset(finder.find(query, stop=show))
    if tokens is not None and (words := token_counters.guessed(tokens, query.needs)):
        out.note(f"--filter: {words}")
    if not found:
        term = finder.near(query)
        hint = f"there is {term}" if term else "see what fits with: cutline review"
        raise WrongUsage(f"no image fits the filter {query.text}", hint)
    return found
