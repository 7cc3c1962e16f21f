"""`cutline models pull` and `verify`: getting weights, and looking whether they are what they should be."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.errors import CutlineError, Unreadable, WrongUsage
from engine.models import checking, clip_vocabulary, pulling, registry, weights
from engine.models.amounts import size
from tui.shell.models import files_of, find
from tui.shell.output import count
from tui.shell.parser import add_json
from tui.shell.progress import Progress
from tui.shell.questions import can_ask, says_yes

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.models.entry import Entry, Weights
    from tui.shell.output import Output
    from tui.shell.parser import Parser

SHORT_COMMIT = 12


def pull_options(parser: Parser) -> None:
    """Declare what `models pull` takes."""
    parser.add_argument("names", metavar="NAME", nargs="+", help="a model of the catalogue")
    parser.add_argument("--update", action="store_true", help="follow the branch or tag to where it is now")
    parser.add_argument("--yes", action="store_true", help="do not ask about terms that restrict use")
    add_json(parser)


def pull(args: Namespace, out: Output) -> int:
    """Download weights, one model after another; what one of them lacks does not keep the others from coming."""
    entries = [find(name) for name in args.names]
    documents, failed = [], []
    for entry in entries:
        try:
            documents.append(_pull(entry, args, out))
        except CutlineError as error:
            if len(entries) == 1:
                raise
            out.problem(error)
            failed.append(entry.name)
        except KeyboardInterrupt:
            out.note(f"what came is kept; to go on: cutline models pull {entry.name}")
            raise
    if out.json:
        out.document({"models": documents, "failed": failed})
    if failed:
        return 3 if documents else 1
    return 0


def verify_options(parser: Parser) -> None:
    """Declare what `models verify` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="models, or folders of some; all that are downloaded")
    add_json(parser)


def verify(args: Namespace, out: Output) -> int:
    """Compare weights with their checksums; 1 when one is wrong or missing."""
    entries = [find(name) for name in args.names] or [
        entry for entry in (*registry.entries(), clip_vocabulary.ENTRY) if _has_any(entry)
    ]
    documents, bad = [], 0
    for entry in entries:
        found = _check(entry, out)
        documents.append(_document(entry, found))
        for one in found:
            out.say_line(f"{one.state:<9}  {entry.name}  {one.path}")
        if wrong := [one for one in found if one.state in {"wrong", "missing"}]:
            bad += len(wrong)
            out.note(f"cutline: {_complaint(entry, wrong)}")
    if not any(document["files"] for document in documents):
        out.note("no weights are here to look at")
    if out.json:
        out.document({"models": documents, "bad": bad})
    return 1 if bad else 0


def _pull(entry: Entry, args: Namespace, out: Output) -> dict[str, Any]:
    """Bring the weights of one model up to what its entry says, and return what JSON says of it."""
    table = entry.weights
    if table is None or table.folder:
        out.say_line(f"{entry.name} {'needs no download' if table is None else f'lies in {table.folder}'}")
        return _pulled(entry, 0)
    if weights.present(entry):
        for one in _check(entry, out):
            if one.state == "wrong" and one.place is not None:
                pulling.remove(one.place)
                out.note(f"{one.path} was damaged and is removed")
    planned = pulling.plan(entry, update=args.update)
    came = planned.left
    if planned.missing:
        _announce(planned, table, out)
        _ask_about_terms(entry, table, args, out)
    with Progress(out, f"downloading {entry.name}", came, "bytes") as progress:
        pulling.pull(planned, progress)
    out.say_line(f"{entry.name} {'is downloaded' if planned.missing else 'is here already'}")
    _compare_with_the_engine(entry, out)
    return _pulled(entry, came)


def _announce(planned: pulling.Plan, table: Weights, out: Output) -> None:
    """Say what comes from where, and under which licence."""
    name = planned.entry.name
    goes_on = f", {size(planned.here)} of it are here" if planned.here else ""
    out.note(f"{name}: {count(len(planned.missing), 'file')}, {size(planned.left + planned.here)}{goes_on}")
    out.note(f"  from {table.repo} at {planned.commit[:SHORT_COMMIT]} into {weights.hub_cache()}")
    out.note(f"  licence: {planned.entry.licence}")


def _ask_about_terms(entry: Entry, table: Weights, args: Namespace, out: Output) -> None:
    """Ask before something is downloaded whose terms restrict its use.

    Raises:
        WrongUsage: Nobody is there to ask, or the answer is no.
    """
    if not table.terms:
        return
    out.note(f"  terms: {table.terms}")
    if args.yes:
        return
    hint = f"say so: cutline models pull {entry.name} --yes"
    if not can_ask(out):
        raise WrongUsage(f"{entry.name} comes under terms that restrict its use, and nobody is there to ask", hint)
    if not says_yes(out, "download it under these terms?"):
        raise Declined(f"{entry.name} was not downloaded")


class Declined(CutlineError):
    """Nothing: the person said no."""


def _compare_with_the_engine(entry: Entry, out: Output) -> None:
    """Say so where the engine that runs looks for weights in another place than this shell does."""
    from engine.wire import lifecycle  # noqa: PLC0415  (slow, and `verify` does without)

    with suppress(CutlineError):
        client = lifecycle.find()
        if client is None:
            return
        with client:
            known = {model.name: model.downloaded for model in client.models().models}
        if known.get(entry.name) is False:
            out.note(
                f"the engine that runs does not see {entry.name}: it was started with another HF_HOME"
                " (run: cutline engine stop)"
            )


def _check(entry: Entry, out: Output) -> tuple[checking.Checked, ...]:
    try:
        with Progress(out, f"checking {entry.name}", checking.total_bytes(entry), "bytes") as progress:
            return checking.check(entry, progress.advance)
    except OSError as error:
        raise Unreadable(f"{error.filename} cannot be read: {error.strerror}", "give permission to read it") from error


def _complaint(entry: Entry, wrong: list[checking.Checked]) -> str:
    """Say what is wrong with a model's weights, and what to do."""
    what = ", ".join(f"{one.path} is {'missing' if one.state == 'missing' else 'damaged'}" for one in wrong)
    if entry.weights and entry.weights.folder:
        return f"{entry.weights.folder}: {what} (get it again from where you have it)"
    return f"{entry.name}: {what} (run: cutline models pull {entry.name})"


def _has_any(entry: Entry) -> bool:
    return any(weights.places(entry).values())


def _document(entry: Entry, found: tuple[checking.Checked, ...]) -> dict[str, Any]:
    files = [{**one._asdict(), "place": str(one.place) if one.place else None} for one in found]
    return {"name": entry.name, "commit": weights.commit_of(entry), "files": files}


def _pulled(entry: Entry, came: int) -> dict[str, Any]:
    return {
        "name": entry.name,
        "commit": weights.commit_of(entry),
        "downloaded_bytes": came,
        "files": files_of(entry),
    }
